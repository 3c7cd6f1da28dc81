#pragma once
#include <stdlib.h>
#include <string.h>

// What every table of kernels is chosen by.

#if defined(__x86_64__)
static inline int cpu_has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

static inline int cpu_has_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}
#endif

/// Whether `ILK_KERNELS` in the environment names this set; "scalar" is "plain".
static inline int kernels_wanted(const char *name) {
    const char *wanted = getenv("ILK_KERNELS");
    if (wanted && strcmp(wanted, "scalar") == 0) wanted = "plain";
    return wanted && strcmp(wanted, name) == 0;
}
