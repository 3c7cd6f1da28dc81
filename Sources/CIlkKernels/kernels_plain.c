#include "kernels.h"

// Four sums, so that the compiler may keep four additions in flight without reordering any of them.

#define ONE(NAME, TERM)                                                                                            \
    static float NAME(const float *a, const float *b, size_t count) {                                              \
        float sums[4] = {0, 0, 0, 0};                                                                              \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= count; i += 4)                                                                             \
            for (size_t lane = 0; lane < 4; lane++) sums[lane] += TERM(a[i + lane], b[i + lane]);                  \
        for (; i < count; i++) sums[0] += TERM(a[i], b[i]);                                                        \
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);                                                          \
    }

#define FOUR(NAME, SINGLE)                                                                                         \
    static void NAME(const float *query, const float *const rows[4], size_t count, float out[4]) {                 \
        for (size_t row = 0; row < 4; row++) out[row] = SINGLE(query, rows[row], count);                           \
    }

#define PRODUCT(x, y) ((x) * (y))
#define SQUARE(x, y) (((x) - (y)) * ((x) - (y)))

ONE(dot_plain, PRODUCT)
ONE(l2_plain, SQUARE)
FOUR(dot4_plain, dot_plain)
FOUR(l2x4_plain, l2_plain)

const ilk_kernels ilk_kernels_plain = {"plain", dot_plain, l2_plain, dot4_plain, l2x4_plain};
