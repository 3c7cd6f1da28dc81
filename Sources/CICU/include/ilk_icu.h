#pragma once
#include <stdbool.h>
#include <stdint.h>

// A C door to ICU, whose functions are macros with a version in their names. Every function is safe on any scalar
// value, and a failure is a return value.

typedef enum ilk_break_kind { ilk_break_words, ilk_break_sentences } ilk_break_kind;

/// A break iterator. Not for several threads at once.
typedef struct ilk_breaker ilk_breaker;

/// Null where ICU has no data for it, or memory is out.
ilk_breaker *ilk_breaker_create(ilk_break_kind kind);
void ilk_breaker_destroy(ilk_breaker *breaker);

/// Begins with UTF-8, in whose bytes breaks are told; the text must outlive the last call of ilk_breaker_next.
bool ilk_breaker_begin_utf8(ilk_breaker *breaker, const char *text, int32_t length);

/// Begins with UTF-16, in whose units breaks are told; the text must outlive the last call of ilk_breaker_next.
bool ilk_breaker_begin_utf16(ilk_breaker *breaker, const uint16_t *text, int32_t length);

/// The next break after the start of the text, or -1 after the last.
int32_t ilk_breaker_next(ilk_breaker *breaker);

/// Lets go of the text.
void ilk_breaker_end(ilk_breaker *breaker);

/// The major version of ICU that is linked; its break rules and dictionaries change with it.
int32_t ilk_icu_version(void);

/// NFKC with case folding (NFKC_Casefold) of UTF-16; the units it takes, which may be more than `capacity`, or -1.
int32_t ilk_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity);

/// Whether what comes before a scalar has no bearing on how it and what follows are folded.
bool ilk_fold_boundary_before(uint32_t scalar);

/// The canonical decomposition of a scalar as UTF-16, or 0 where it has none.
int32_t ilk_decomposition(uint32_t scalar, uint16_t *units, int32_t capacity);

/// Turns traditional characters into simplified ones in place, one for one; false where ICU cannot.
bool ilk_simplify(uint16_t *text, int32_t length);

/// The general category of a scalar: one of U_UNASSIGNED and what follows it in unicode/uchar.h.
int8_t ilk_category(uint32_t scalar);

typedef enum ilk_script {
    ilk_script_other,
    ilk_script_common,
    ilk_script_latin,
    ilk_script_greek,
    ilk_script_cyrillic,
    ilk_script_arabic,
    ilk_script_hebrew,
    ilk_script_han,
    ilk_script_kana,
    ilk_script_hangul,
    ilk_script_thai_and_kin  ///< Thai, Lao, Khmer, Burmese: written without spaces
} ilk_script;

ilk_script ilk_script_of(uint32_t scalar);

/// The value of a decimal digit of any script, or -1.
int32_t ilk_digit_value(uint32_t scalar);
