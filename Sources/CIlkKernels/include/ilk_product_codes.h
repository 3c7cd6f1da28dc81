#pragma once
#include <stddef.h>
#include <stdint.h>

/// Kernels for product codes of 4 bits: a vector is cut into parts of `width` components, and each part stands for the
/// nearest of its 16 centroids (Jégou, Douze, Schmid 2011). Distances to many such codes are sums of entries of a table
/// that fits in registers (André, Kermarrec, Le Scouarnec 2015).
///
/// A codebook has, for each part and each of its components, the 16 centroids' floats. `parts` is even. Codes are scanned in
/// blocks of 64 vectors: for each pair of parts 64 bytes, byte j with vector j's code of the first part in its low half
/// and of the second in its high half.
typedef struct ilk_product_kernels {
    /// "avx512", "avx2", "neon" or "plain".
    const char *name;
    /// Writes the number of the nearest centroid of each part, a byte each; `vector` has `parts * width` floats.
    void (*encode)(const float *vector, const float *codebook, size_t parts, size_t width, uint8_t *codes);
    /// Makes the table of a query: each part's negative inner products with its centroids, 16 bytes a part, as whole numbers
    /// of `*step` above the part's least. `*least` becomes the sum of these. A sum over all parts stays under 65,536.
    /// `products` has room for `16 * parts` floats.
    void (*tabulate)(
        const float *query, const float *codebook, size_t parts, size_t width, float *products, uint8_t *table,
        float *least, float *step);
    /// Finds the vectors of `blocks` blocks for which `base + scale * (least + step * sum) + bias` is under `bound`, where `sum`
    /// is that of the table's entries at the vector's codes, and scale and bias are the vector's: writes their places
    /// from 0 and these distances, and returns how many they are. Both arrays have room for all and 15 more. All sets
    /// find the same sums.
    size_t (*scan)(
        const uint8_t *table, const uint8_t *codes, size_t parts, size_t blocks, const float *scale, const float *bias,
        float base, float least, float step, float bound, uint32_t *places, float *distances);
} ilk_product_kernels;

/// Vectors in a block of product codes.
enum { ilk_product_block = 64 };

/// The set chosen for this CPU when the program was loaded; `ILK_KERNELS` names another one, as for the distances.
const ilk_product_kernels *ilk_product_kernels_selected(void);

/// Every set that this CPU can run, the plain one first; returns how many were written to `sets`.
size_t ilk_product_kernels_available(const ilk_product_kernels *sets[3]);
