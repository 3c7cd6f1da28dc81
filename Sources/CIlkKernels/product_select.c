#include <stdlib.h>
#include <string.h>

#include "product_sets.h"

size_t ilk_product_kernels_available(const ilk_product_kernels *sets[3]) {
    size_t count = 0;
    sets[count++] = &ilk_product_kernels_plain;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("popcnt"))
        sets[count++] = &ilk_product_kernels_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        sets[count++] = &ilk_product_kernels_avx512;
#endif
#if defined(__aarch64__)
    sets[count++] = &ilk_product_kernels_neon;
#endif
    return count;
}

static const ilk_product_kernels *selected = &ilk_product_kernels_plain;

__attribute__((constructor)) static void select_product_kernels(void) {
    const ilk_product_kernels *sets[3];
    size_t count = ilk_product_kernels_available(sets);
    selected = sets[count - 1];
    const char *wanted = getenv("ILK_KERNELS");
    if (wanted && strcmp(wanted, "scalar") == 0) wanted = "plain";
    for (size_t i = 0; wanted && i < count; i++)
        if (strcmp(sets[i]->name, wanted) == 0) selected = sets[i];
}

const ilk_product_kernels *ilk_product_kernels_selected(void) { return selected; }
