#pragma once
#include <stddef.h>
#include <stdint.h>

/// A set of distance kernels for one kind of CPU.
///
/// Every function reads exactly `count` floats from each pointer; no alignment or padding is required, and pointers may
/// alias. None allocates or traps. The order of summation depends on the set, so two sets may differ by about
/// `count * FLT_EPSILON` times the sum of the absolute terms.
typedef struct ilk_kernels {
    /// "avx512", "avx2", "neon" or "plain".
    const char *name;
    /// Inner product.
    float (*dot)(const float *a, const float *b, size_t count);
    /// Squared Euclidean distance.
    float (*l2)(const float *a, const float *b, size_t count);
    /// Inner products of `query` with four rows, written to `out[0..<4]`: four loads in flight.
    void (*dot4)(const float *query, const float *const rows[4], size_t count, float out[4]);
    /// Squared Euclidean distances of `query` to four rows.
    void (*l2x4)(const float *query, const float *const rows[4], size_t count, float out[4]);
} ilk_kernels;

/// The set chosen for this CPU when the program was loaded.
///
/// `ILK_KERNELS` in the environment names another one, for tests and measurements; "scalar" is "plain", and a set that
/// this CPU cannot run is passed over.
const ilk_kernels *ilk_kernels_selected(void);

/// Every set that this CPU can run, the plain one first; returns how many were written to `sets`.
size_t ilk_kernels_available(const ilk_kernels *sets[4]);

/// Asks the CPU to bring the cache line at `address` nearer; any address is allowed.
static inline void ilk_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
