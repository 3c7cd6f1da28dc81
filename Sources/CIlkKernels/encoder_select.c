#include "cpu.h"
#include "encoder_sets.h"

size_t ilk_encoder_kernels_available(const ilk_encoder_kernels *sets[3]) {
    size_t count = 0;
    sets[count++] = &ilk_encoder_kernels_plain;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (cpu_has_avx2()) sets[count++] = &ilk_encoder_kernels_avx2;
    if (cpu_has_avx512() && __builtin_cpu_supports("avx512vnni"))
        sets[count++] = &ilk_encoder_kernels_avx512;
#endif
    return count;
}

static const ilk_encoder_kernels *selected = &ilk_encoder_kernels_plain;

__attribute__((constructor)) static void select_encoder_kernels(void) {
    const ilk_encoder_kernels *sets[3];
    size_t count = ilk_encoder_kernels_available(sets);
    selected = sets[count - 1];
    for (size_t i = 0; i < count; i++)
        if (kernels_wanted(sets[i]->name)) selected = sets[i];
}

const ilk_encoder_kernels *ilk_encoder_kernels_selected(void) { return selected; }
