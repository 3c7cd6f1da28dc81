#include "ilk_json.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <string>
#include <string_view>
#include <vector>

// The handles are simdjson's own: a document pointer and a place on its tape. No exception leaves this file:
// simdjson is asked for error codes, and what allocates by itself is noexcept, so that no memory means the end.

using namespace simdjson;

static_assert(sizeof(dom::element) == sizeof(ilk_json), "an element is a document and a place");
static_assert(sizeof(dom::array::iterator) == sizeof(ilk_json), "an iterator is a document and a place");
static_assert(sizeof(dom::object::iterator) == sizeof(ilk_json), "an iterator is a document and a place");

struct ilk_json_parser {
    dom::parser parser;
    uint8_t *buffer = nullptr;
    size_t capacity = 0;
    ~ilk_json_parser() { free(buffer); }
};

static const size_t max_depth = ILK_JSON_MAX_DEPTH;

template <typename To, typename From> static To as(const From &from) {
    To to;
    static_assert(sizeof(To) == sizeof(From), "the same bytes");
    memcpy(static_cast<void *>(&to), &from, sizeof(To));
    return to;
}

static dom::element element(ilk_json value) { return as<dom::element>(value); }

template <typename Container> static ilk_json_cursor cursor(const Container &container) {
    auto begin = as<ilk_json>(container.begin()), end = as<ilk_json>(container.end());
    return {begin.document, begin.index, end.index};
}

ilk_json_parser *ilk_json_parser_create(void) { return new (std::nothrow) ilk_json_parser; }

void ilk_json_parser_destroy(ilk_json_parser *parser) { delete parser; }

int ilk_json_parse(ilk_json_parser *parser, const void *bytes, size_t count, ilk_json *root) {
    if (count + SIMDJSON_PADDING > parser->capacity) {
        size_t capacity = (count + SIMDJSON_PADDING) * 3 / 2;
        auto *grown = static_cast<uint8_t *>(realloc(parser->buffer, capacity));
        if (!grown) return MEMALLOC;
        parser->buffer = grown;
        parser->capacity = capacity;
        if (auto error = parser->parser.allocate(capacity, max_depth)) return error;
        // The tape too, so that lines that grow little by little do not each allocate it anew.
        if (auto error = parser->parser.doc.allocate(capacity)) return error;
    }
    memcpy(parser->buffer, bytes, count);
    memset(parser->buffer + count, 0, SIMDJSON_PADDING);
    dom::element result;
    if (auto error = parser->parser.parse(parser->buffer, count, false).get(result)) return error;
    *root = as<ilk_json>(result);
    return 0;
}

const char *ilk_json_error(int error) { return error_message(static_cast<error_code>(error)); }

bool ilk_json_is_number_error(int error) { return error == NUMBER_ERROR || error == NUMBER_OUT_OF_RANGE; }

bool ilk_json_is_depth_error(int error) { return error == DEPTH_ERROR; }

bool ilk_json_is_memory_error(int error) { return error == MEMALLOC; }

ilk_json_kind ilk_json_kind_of(ilk_json value) {
    switch (element(value).type()) {
    case dom::element_type::ARRAY: return ilk_json_array;
    case dom::element_type::OBJECT: return ilk_json_object;
    case dom::element_type::INT64: return ilk_json_int;
    case dom::element_type::UINT64: return ilk_json_uint;
    case dom::element_type::DOUBLE: return ilk_json_double;
    case dom::element_type::STRING: return ilk_json_string;
    case dom::element_type::BOOL: return ilk_json_bool;
    case dom::element_type::NULL_VALUE: return ilk_json_null;
    }
    return ilk_json_null;
}

bool ilk_json_bool_of(ilk_json value) { return element(value).get_bool().value_unsafe(); }

int64_t ilk_json_int_of(ilk_json value) {
    int64_t result = 0;
    return element(value).get_int64().get(result) ? 0 : result;
}

uint64_t ilk_json_uint_of(ilk_json value) {
    uint64_t result = 0;
    return element(value).get_uint64().get(result) ? 0 : result;
}

double ilk_json_double_of(ilk_json value) {
    double result = 0;
    return element(value).get_double().get(result) ? 0 : result;
}

const char *ilk_json_string_of(ilk_json value, size_t *count) {
    std::string_view result;
    if (element(value).get_string().get(result)) {
        *count = 0;
        return "";
    }
    *count = result.size();
    return result.data();
}

ilk_json_cursor ilk_json_elements(ilk_json value) {
    dom::array array;
    if (element(value).get_array().get(array)) return {nullptr, 0, 0};
    return cursor(array);
}

bool ilk_json_next_element(ilk_json_cursor *cursor, ilk_json *value) {
    if (cursor->index == cursor->end) return false;
    auto iterator = as<dom::array::iterator>(ilk_json{cursor->document, cursor->index});
    *value = as<ilk_json>(*iterator);
    ++iterator;
    cursor->index = as<ilk_json>(iterator).index;
    return true;
}

ilk_json_cursor ilk_json_members(ilk_json value) {
    dom::object object;
    if (element(value).get_object().get(object)) return {nullptr, 0, 0};
    return cursor(object);
}

bool ilk_json_next_member(ilk_json_cursor *cursor, const char **key, size_t *key_count, ilk_json *value) {
    if (cursor->index == cursor->end) return false;
    auto iterator = as<dom::object::iterator>(ilk_json{cursor->document, cursor->index});
    auto name = iterator.key();
    *key = name.data();
    *key_count = name.size();
    *value = as<ilk_json>(iterator.value());
    ++iterator;
    cursor->index = as<ilk_json>(iterator).index;
    return true;
}

size_t ilk_json_count(ilk_json value) {
    dom::array array;
    if (element(value).get_array().get(array)) return 0;
    // simdjson's own count saturates at 0xFFFFFF.
    size_t count = array.size();
    if (count < 0xFFFFFF) return count;
    count = 0;
    for (auto item : array) {
        (void)item;
        count++;
    }
    return count;
}

long ilk_json_floats(ilk_json value, float *out, size_t capacity) {
    dom::array array;
    if (element(value).get_array().get(array)) return 0;
    size_t place = 0;
    for (auto item : array) {
        double number;
        if (item.get_double().get(number)) return -1 - static_cast<long>(place);
        if (std::fabs(number) > std::numeric_limits<float>::max()) return -1 - static_cast<long>(place);
        if (place < capacity) out[place] = static_cast<float>(number);
        place++;
    }
    return static_cast<long>(place);
}

namespace {

// Few keys are compared each with each; many are sorted.
const size_t few_keys = 12;

bool find_repeated_key(dom::element value, std::string_view &found) {
    if (value.is_array()) {
        for (auto item : dom::array(value.get_array().value_unsafe())) {
            if ((item.is_array() || item.is_object()) && find_repeated_key(item, found)) return true;
        }
        return false;
    }
    dom::object object;
    if (value.get_object().get(object)) return false;
    std::string_view few[few_keys];
    std::vector<std::string_view> many;
    size_t count = 0;
    for (auto member : object) {
        if (count < few_keys) {
            for (size_t i = 0; i < count; i++) {
                if (few[i] == member.key) return found = member.key, true;
            }
            few[count] = member.key;
        } else {
            if (count == few_keys) many.assign(few, few + few_keys);
            many.push_back(member.key);
        }
        count++;
        if ((member.value.is_array() || member.value.is_object()) && find_repeated_key(member.value, found)) return true;
    }
    std::sort(many.begin(), many.end());
    auto twin = std::adjacent_find(many.begin(), many.end());
    return twin != many.end() && (found = *twin, true);
}

}  // namespace

const char *ilk_json_repeated_key(ilk_json value, size_t *count) noexcept {
    std::string_view found;
    if (!find_repeated_key(element(value), found)) return nullptr;
    *count = found.size();
    return found.data();
}

char *ilk_json_text(ilk_json value, size_t *count) noexcept {
    std::string text = simdjson::to_string(element(value));
    auto *copy = static_cast<char *>(malloc(text.size() + 1));
    if (!copy) std::abort();
    memcpy(copy, text.c_str(), text.size() + 1);
    *count = text.size();
    return copy;
}
