#include "kernels.h"

// Four sums, so that the compiler may keep four additions in flight without reordering any of them.

#define ONE(NAME, TERM, SIGN)                                                                                      \
    static float NAME##_pair(const float *a, const float *b, size_t count) {                                       \
        float sums[4] = {0, 0, 0, 0};                                                                              \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= count; i += 4)                                                                             \
            for (size_t lane = 0; lane < 4; lane++) sums[lane] += TERM(a[i + lane], b[i + lane]);                  \
        for (; i < count; i++) sums[0] += TERM(a[i], b[i]);                                                        \
        return SIGN((sums[0] + sums[1]) + (sums[2] + sums[3]));                                                    \
    }

#define ONE_CODES(NAME, TERM, SIGN)                                                                                \
    static float NAME##_pair(const uint8_t *a, const uint8_t *b, size_t count) {                                   \
        int32_t sum = 0;                                                                                           \
        for (size_t i = 0; i < count; i++) sum += TERM((int32_t)a[i], (int32_t)b[i]);                              \
        return (float)(SIGN(sum));                                                                                 \
    }

#define FOUR(NAME, TYPE)                                                                                           \
    static void NAME##_four(const TYPE *query, const TYPE *const rows[4], size_t count, float *out) {              \
        for (size_t row = 0; row < 4; row++) out[row] = NAME##_pair(query, rows[row], count);                      \
    }

#define PRODUCT(x, y) ((x) * (y))
#define SQUARE(x, y) (((x) - (y)) * ((x) - (y)))
#define CODE_PRODUCT(x, y) (((x)-64) * ((y)-64))

ONE(l2_plain, SQUARE, +)
ONE(dot_plain, PRODUCT, -)
ONE_CODES(l2_codes_plain, SQUARE, +)
ONE_CODES(dot_codes_plain, CODE_PRODUCT, -)
FOUR(l2_plain, float)
FOUR(dot_plain, float)
FOUR(l2_codes_plain, uint8_t)
FOUR(dot_codes_plain, uint8_t)

ENCODE(encode_plain, )
MANY(l2_plain, , float, l2_plain_pair, l2_plain_four)
MANY(dot_plain, , float, dot_plain_pair, dot_plain_four)
MANY(l2_codes_plain, , uint8_t, l2_codes_plain_pair, l2_codes_plain_four)
MANY(dot_codes_plain, , uint8_t, dot_codes_plain_pair, dot_codes_plain_four)

const ilk_kernels ilk_kernels_plain = {
    "plain", DISTANCE(l2_plain), DISTANCE(dot_plain), DISTANCE(l2_codes_plain), DISTANCE(dot_codes_plain),
    encode_plain};
