#pragma once
#include "ilk_kernels.h"

extern const ilk_kernels ilk_kernels_plain;
#if defined(__x86_64__)
extern const ilk_kernels ilk_kernels_avx2;
extern const ilk_kernels ilk_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const ilk_kernels ilk_kernels_neon;
#endif
