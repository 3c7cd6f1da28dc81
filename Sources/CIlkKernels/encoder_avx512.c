#if defined(__x86_64__)

#include <immintrin.h>

// The 256-bit forms: twice as many registers, and one instruction that multiplies and adds four bytes.
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw,avx512vnni"))), \
                             apply_to = function)

typedef __m256i sums;

#define SET(name) name##_avx512
#define SUMS(w, x) _mm256_dpbusd_epi32(_mm256_setzero_si256(), (__m256i)(w), (__m256i)(x))
#define ADD_SUMS(s, w, x) _mm256_dpbusd_epi32(s, (__m256i)(w), (__m256i)(x))
#define WHOLE(s) ((s32x8)(s))
#include "encoder_body.h"
#include "encoder_sets.h"

#pragma clang attribute pop

const ilk_encoder_kernels ilk_encoder_kernels_avx512 = TABLE("avx512");

#endif
