#if defined(__x86_64__)

#include <immintrin.h>

// The 256-bit forms: twice as many registers, and one instruction that multiplies and adds 16-bit integers.
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw,avx512vnni"))), \
                             apply_to = function)

#define SET(name) name##_avx512
#define MULTIPLY(a, b) ((s32x8)_mm256_madd_epi16((__m256i)(a), (__m256i)(b)))
#define MULTIPLY_ADD(sum, a, b) ((s32x8)_mm256_dpwssd_epi32((__m256i)(sum), (__m256i)(a), (__m256i)(b)))
#include "encoder_body.h"
#include "encoder_sets.h"

#pragma clang attribute pop

const ilk_encoder_kernels ilk_encoder_kernels_avx512 = TABLE("avx512");

#endif
