#if defined(__x86_64__)

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define SET(name) name##_avx2
#define MULTIPLY(a, b) ((s32x8)_mm256_madd_epi16((__m256i)(a), (__m256i)(b)))
#define MULTIPLY_ADD(sum, a, b) ((s32x8)multiply_add_avx2((__m256i)(sum), (__m256i)(a), (__m256i)(b)))

// The addition is hidden from the compiler, which otherwise regroups the sums of several steps and runs out of
// registers: 1.4 times slower.
static inline __attribute__((always_inline)) __m256i multiply_add_avx2(__m256i sum, __m256i a, __m256i b) {
    __m256i product = _mm256_madd_epi16(a, b);
    __asm__("vpaddd %1, %0, %0" : "+x"(sum) : "x"(product));
    return sum;
}

#include "encoder_body.h"
#include "encoder_sets.h"

#pragma clang attribute pop

const ilk_encoder_kernels ilk_encoder_kernels_avx2 = TABLE("avx2");

#endif
