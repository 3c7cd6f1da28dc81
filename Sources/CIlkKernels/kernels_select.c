#include "cpu.h"
#include "kernels.h"

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

size_t ilk_kernels_available(const ilk_kernels *sets[ilk_kernels_limit]) {
    size_t count = 0;
    sets[count++] = &ilk_kernels_plain;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (cpu_has_avx2()) sets[count++] = &ilk_kernels_avx2;
    if (cpu_has_avx512()) {
        sets[count++] = &ilk_kernels_avx512;
        if (__builtin_cpu_supports("avx512vnni")) sets[count++] = &ilk_kernels_avx512vnni;
    }
#endif
#if defined(__aarch64__)
    sets[count++] = &ilk_kernels_neon;
#if defined(__linux__)
    if (getauxval(AT_HWCAP) & HWCAP_ASIMDDP) sets[count++] = &ilk_kernels_dotprod;
#else
    sets[count++] = &ilk_kernels_dotprod; // every Mac of this kind has it
#endif
#endif
    return count;
}

static const ilk_kernels *selected = &ilk_kernels_plain;

// Runs before main, so that no call has to ask whether the choice was made.
__attribute__((constructor)) static void select_kernels(void) {
    const ilk_kernels *sets[ilk_kernels_limit];
    size_t count = ilk_kernels_available(sets);
    selected = sets[count - 1];
    for (size_t i = 0; i < count; i++)
        if (kernels_wanted(sets[i]->name)) selected = sets[i];
}

const ilk_kernels *ilk_kernels_selected(void) { return selected; }
