#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A C door to simdjson's DOM. No exception passes it.

#ifdef __cplusplus
extern "C" {
#define ILK_NOEXCEPT noexcept
#else
#define ILK_NOEXCEPT
#endif

/// Arrays and objects in one another that a document may have: nothing that ilk reads needs more.
#define ILK_JSON_MAX_DEPTH 128

/// A simdjson DOM parser with a padded buffer that it reuses from line to line. Not for several threads at once.
typedef struct ilk_json_parser ilk_json_parser;

/// A value in the document that a parser read last; valid until it reads the next.
typedef struct ilk_json {
    const void *document;
    size_t index;
} ilk_json;

typedef enum ilk_json_kind {
    ilk_json_null,
    ilk_json_bool,
    ilk_json_int,
    ilk_json_uint,  ///< only for numbers over INT64_MAX
    ilk_json_double,
    ilk_json_string,
    ilk_json_array,
    ilk_json_object
} ilk_json_kind;

ilk_json_parser *ilk_json_parser_create(void);
void ilk_json_parser_destroy(ilk_json_parser *parser);

/// Parses `count` bytes, which are copied. Returns 0 and sets `root`, or an error number for `ilk_json_error`.
int ilk_json_parse(ilk_json_parser *parser, const void *bytes, size_t count, ilk_json *root);

/// What an error number means.
const char *ilk_json_error(int error);

/// Whether an error number says that a number is malformed or over its range.
bool ilk_json_is_number_error(int error);

/// Whether an error number says that the document is nested too deeply.
bool ilk_json_is_depth_error(int error);

/// Whether an error number says that there was no memory.
bool ilk_json_is_memory_error(int error);

ilk_json_kind ilk_json_kind_of(ilk_json value);

// Each of these reads a value of its own kind; of another kind it returns zero.
bool ilk_json_bool_of(ilk_json value);
int64_t ilk_json_int_of(ilk_json value);
uint64_t ilk_json_uint_of(ilk_json value);
/// Any number, rounded to double.
double ilk_json_double_of(ilk_json value);
/// UTF-8, valid as long as the value, with its length in `count`; may contain NUL.
const char *ilk_json_string_of(ilk_json value, size_t *count);

/// A place among the elements of an array or the members of an object.
typedef struct ilk_json_cursor {
    const void *document;
    size_t index;
    size_t end;
} ilk_json_cursor;

ilk_json_cursor ilk_json_elements(ilk_json array);
/// Moves on to the next element; false at the end.
bool ilk_json_next_element(ilk_json_cursor *cursor, ilk_json *value);

ilk_json_cursor ilk_json_members(ilk_json object);
bool ilk_json_next_member(ilk_json_cursor *cursor, const char **key, size_t *key_count, ilk_json *value);

/// The number of elements, for arrays of any length.
size_t ilk_json_count(ilk_json array);

/// Writes the numbers of an array as floats to `out`, at most `capacity`.
///
/// Returns the number of elements, or -1 - i where element i is no number or over the range of float.
long ilk_json_floats(ilk_json array, float *out, size_t capacity);

/// A key that stands twice in an object, somewhere in the value, with its length in `count`; NULL where none does.
const char *ilk_json_repeated_key(ilk_json value, size_t *count) ILK_NOEXCEPT;

/// The value as minified JSON text, to be freed with `free`; its length in `count`. Never NULL.
char *ilk_json_text(ilk_json value, size_t *count) ILK_NOEXCEPT;

#ifdef __cplusplus
}
#endif
