#if defined(__x86_64__)

#include <immintrin.h>

// Twice as many registers, one instruction that multiplies and adds four bytes, and 16 columns in a register where that
// pays: in the products of integers.
#pragma clang attribute push(__attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw,avx512vnni"))), \
                             apply_to = function)

#define SET(name) name##_avx512
#define WIDE_TILE
#include "encoder_body.h"
#include "encoder_sets.h"

#pragma clang attribute pop

const ilk_encoder_kernels ilk_encoder_kernels_avx512 = TABLE("avx512");

#endif
