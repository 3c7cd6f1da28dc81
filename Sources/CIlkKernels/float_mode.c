#include "ilk_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

// MXCSR: FZ, bit 15, for results, and DAZ, bit 6, for operands.
uint64_t ilk_flush_denormals(void) {
    unsigned int mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040u);
    return mode;
}

void ilk_restore_float_mode(uint64_t mode) { _mm_setcsr((unsigned int)mode); }

#elif defined(__aarch64__)

// FPCR: FZ, bit 24, for both.
uint64_t ilk_flush_denormals(void) {
    uint64_t mode;
    __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
    __asm__ volatile("msr fpcr, %0" : : "r"(mode | (1ull << 24)));
    return mode;
}

void ilk_restore_float_mode(uint64_t mode) { __asm__ volatile("msr fpcr, %0" : : "r"(mode)); }

#else

uint64_t ilk_flush_denormals(void) { return 0; }

void ilk_restore_float_mode(uint64_t mode) { (void)mode; }

#endif
