#include "ilk_icu.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/utext.h>

struct ilk_breaker {
    UBreakIterator *iterator;
    UText text;
};

static const uint16_t nothing[1] = {0};

ilk_breaker *ilk_breaker_create(ilk_break_kind kind) {
    ilk_breaker *breaker = malloc(sizeof *breaker);
    if (!breaker) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    // "ss=standard" keeps "Mr. Smith" and "e.g. this" in one sentence; it leaves other languages alone.
    breaker->iterator = kind == ilk_break_words
        ? ubrk_open(UBRK_WORD, "en", (const UChar *)nothing, 0, &status)
        : ubrk_open(UBRK_SENTENCE, "en@ss=standard", (const UChar *)nothing, 0, &status);
    breaker->text = (UText)UTEXT_INITIALIZER;
    if (U_SUCCESS(status) && breaker->iterator) return breaker;
    free(breaker);
    return NULL;
}

void ilk_breaker_destroy(ilk_breaker *breaker) {
    ubrk_close(breaker->iterator);
    utext_close(&breaker->text);
    free(breaker);
}

bool ilk_breaker_begin_utf8(ilk_breaker *breaker, const char *text, int32_t length) {
    UErrorCode status = U_ZERO_ERROR;
    utext_openUTF8(&breaker->text, text, length, &status);
    ubrk_setUText(breaker->iterator, &breaker->text, &status);
    return U_SUCCESS(status);
}

bool ilk_breaker_begin_utf16(ilk_breaker *breaker, const uint16_t *text, int32_t length) {
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(breaker->iterator, (const UChar *)text, length, &status);
    return U_SUCCESS(status);
}

int32_t ilk_breaker_next(ilk_breaker *breaker) {
    int32_t place = ubrk_next(breaker->iterator);
    return place == UBRK_DONE ? -1 : place;
}

void ilk_breaker_end(ilk_breaker *breaker) {
    UErrorCode status = U_ZERO_ERROR;
    ubrk_setText(breaker->iterator, (const UChar *)nothing, 0, &status);
}
