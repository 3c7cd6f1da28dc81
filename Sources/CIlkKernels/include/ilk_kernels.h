#pragma once
#include <stddef.h>
#include <stdint.h>

/// Makes 0 of floats that are too small to be normal, operands and results, on this thread; returns the mode of before.
uint64_t ilk_flush_denormals(void);

/// Restores a mode that `ilk_flush_denormals` returned on the same thread.
void ilk_restore_float_mode(uint64_t mode);

/// Distances of one kind between rows of one kind, as a walk orders them: smaller is nearer.
///
/// Rows of floats are read exactly, `count` of them, at any alignment. Rows of codes are read in blocks of 64: `count` is a
/// multiple of 64. Pointers may alias; nothing allocates or traps.
typedef struct ilk_distance {
    /// The distance of two rows; infinite or NaN where it overflows or a component is.
    float (*one)(const void *a, const void *b, size_t count);
    /// Distances of `query` to the rows `nodes[0..<node_count]` that lie `stride` bytes apart from `base`, written to
    /// `out`: four rows at a time, while the next four are fetched. What is no finite float is `FLT_MAX`.
    void (*many)(
        const void *query, const void *base, size_t stride, const uint32_t *nodes, size_t node_count, size_t count,
        float *out);
} ilk_distance;

/// A set of kernels for one kind of CPU.
///
/// Floats are summed in an order that depends on the set, so two sets may differ by about `count * FLT_EPSILON` times
/// the sum of the absolute terms. Codes are whole numbers from 0 to 127, and every set gives the same for them.
typedef struct ilk_kernels {
    /// "avx512vnni", "avx512", "avx2", "dotprod", "neon" or "plain".
    const char *name;
    /// Squared Euclidean distance of floats.
    ilk_distance l2;
    /// Negative inner product of floats.
    ilk_distance dot;
    /// Squared Euclidean distance of codes.
    ilk_distance l2_codes;
    /// Negative inner product of codes that stand for `code - 64`.
    ilk_distance dot_codes;
    /// Makes a row of codes of a vector: `round((vector - low) * per_step)`, held to 0...127.
    ///
    /// `low` has `count` floats; `codes` takes `padded` bytes, of which those past `count` become `rest`. Returns the squared
    /// error of what was clipped, in steps.
    float (*encode)(
        const float *vector, const float *low, float per_step, size_t count, size_t padded, uint8_t rest,
        uint8_t *codes);
} ilk_kernels;

/// The most sets that there are for one kind of CPU.
enum { ilk_kernels_limit = 4 };

/// The set chosen for this CPU when the program was loaded.
///
/// `ILK_KERNELS` in the environment names another one, for tests and measurements; "scalar" is "plain", and a set that
/// this CPU cannot run is passed over.
const ilk_kernels *ilk_kernels_selected(void);

/// Every set that this CPU can run, the plain one first; returns how many were written to `sets`.
size_t ilk_kernels_available(const ilk_kernels *sets[ilk_kernels_limit]);

/// Asks the CPU to bring the cache line at `address` nearer; any address is allowed.
static inline void ilk_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }
