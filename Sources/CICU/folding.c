#include "ilk_icu.h"

#include <stddef.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utrans.h>
#include <unicode/uversion.h>

int32_t ilk_icu_version(void) {
    UVersionInfo version;
    u_getVersion(version);
    return version[0];
}

static const UNormalizer2 *folder(void) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFKCCasefoldInstance(&status);
    return U_SUCCESS(status) ? normalizer : NULL;
}

int32_t ilk_nfkc_casefold(const uint16_t *text, int32_t length, uint16_t *folded, int32_t capacity) {
    const UNormalizer2 *normalizer = folder();
    if (!normalizer) return -1;
    UErrorCode status = U_ZERO_ERROR;
    int32_t count = unorm2_normalize(normalizer, (const UChar *)text, length, (UChar *)folded, capacity, &status);
    return U_SUCCESS(status) || status == U_BUFFER_OVERFLOW_ERROR ? count : -1;
}

bool ilk_fold_boundary_before(uint32_t scalar) {
    const UNormalizer2 *normalizer = folder();
    return !normalizer || unorm2_hasBoundaryBefore(normalizer, (UChar32)scalar);
}

int32_t ilk_decomposition(uint32_t scalar, uint16_t *units, int32_t capacity) {
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *normalizer = unorm2_getNFDInstance(&status);
    if (U_FAILURE(status)) return 0;
    int32_t count = unorm2_getDecomposition(normalizer, (UChar32)scalar, (UChar *)units, capacity, &status);
    return U_SUCCESS(status) && count > 0 ? count : 0;
}

bool ilk_simplify(uint16_t *text, int32_t length) {
    static const UChar name[] = u"Traditional-Simplified";
    UErrorCode status = U_ZERO_ERROR;
    UTransliterator *transliterator = utrans_openU(name, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status)) return false;
    int32_t limit = length, count = length;
    utrans_transUChars(transliterator, (UChar *)text, &count, length, 0, &limit, &status);
    utrans_close(transliterator);
    return U_SUCCESS(status) && count == length;
}

int8_t ilk_category(uint32_t scalar) { return u_charType((UChar32)scalar); }

ilk_script ilk_script_of(uint32_t scalar) {
    UErrorCode status = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)scalar, &status)) {
    case USCRIPT_COMMON:
    case USCRIPT_INHERITED: return ilk_script_common;
    case USCRIPT_LATIN: return ilk_script_latin;
    case USCRIPT_GREEK: return ilk_script_greek;
    case USCRIPT_CYRILLIC: return ilk_script_cyrillic;
    case USCRIPT_ARABIC: return ilk_script_arabic;
    case USCRIPT_HEBREW: return ilk_script_hebrew;
    case USCRIPT_HAN: return ilk_script_han;
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA: return ilk_script_kana;
    case USCRIPT_HANGUL: return ilk_script_hangul;
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR: return ilk_script_thai_and_kin;
    default: return ilk_script_other;
    }
}

int32_t ilk_digit_value(uint32_t scalar) { return u_charDigitValue((UChar32)scalar); }
