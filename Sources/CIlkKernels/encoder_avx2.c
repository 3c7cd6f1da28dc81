#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

typedef __m256i sums;

// The addition is hidden from the compiler, which otherwise regroups the sums of several steps and runs out of
// registers: 1.4 times slower.
static inline __attribute__((always_inline)) __m256i add_sums_avx2(__m256i sum, __m256i w, __m256i x) {
    __m256i products = _mm256_maddubs_epi16(w, x);
    __asm__("vpaddw %1, %0, %0" : "+x"(sum) : "x"(products));
    return sum;
}

#define SET(name) name##_avx2
#define SUMS(w, x) _mm256_maddubs_epi16((__m256i)(w), (__m256i)(x))
#define ADD_SUMS(s, w, x) add_sums_avx2(s, (__m256i)(w), (__m256i)(x))
#define WHOLE(s) ((s32x8)_mm256_madd_epi16(s, _mm256_set1_epi16(1)))
#include "encoder_body.h"
#include "encoder_sets.h"

#pragma clang attribute pop

const ilk_encoder_kernels ilk_encoder_kernels_avx2 = TABLE("avx2");

#endif
