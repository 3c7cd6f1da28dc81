#pragma once
#include <float.h>

#include "ilk_product_codes.h"

extern const ilk_product_kernels ilk_product_kernels_plain;
#if defined(__x86_64__)
extern const ilk_product_kernels ilk_product_kernels_avx2;
extern const ilk_product_kernels ilk_product_kernels_avx512;
#endif
#if defined(__aarch64__)
extern const ilk_product_kernels ilk_product_kernels_neon;
#endif

/// `encode` of a set: plain code over 16 centroids, that the compiler makes vectors of, and LEAST, the first place of the least
/// of 16 floats, that it does not.
#define ENCODE_PARTS(NAME, TARGET, LEAST)                                                                                 \
    static TARGET void NAME(                                                                                       \
        const float *vector, const float *codebook, size_t parts, size_t width, uint8_t *codes) {                  \
        for (size_t part = 0; part < parts; part++) {                                                              \
            float far[16] = {0};                                                                                   \
            for (size_t i = 0; i < width; i++, vector++, codebook += 16)                                           \
                for (size_t lane = 0; lane < 16; lane++)                                                           \
                    far[lane] += (codebook[lane] - *vector) * (codebook[lane] - *vector);                          \
            codes[part] = (uint8_t)LEAST(far);                                                                     \
        }                                                                                                          \
    }

/// `tabulate` of a set, in the same way.
#define TABULATE_PARTS(NAME, TARGET)                                                                               \
    static TARGET void NAME(                                                                                       \
        const float *query, const float *codebook, size_t parts, size_t width, float *products, uint8_t *table,    \
        float *least, float *step) {                                                                               \
        float sum = 0, widest = 0;                                                                                 \
        for (size_t part = 0; part < parts; part++) {                                                              \
            float found[16] = {0};                                                                                 \
            for (size_t i = 0; i < width; i++, query++, codebook += 16)                                            \
                for (size_t lane = 0; lane < 16; lane++) found[lane] -= *query * codebook[lane];                   \
            float low = found[0], high = found[0];                                                                 \
            for (size_t lane = 1; lane < 16; lane++) {                                                             \
                low = found[lane] < low ? found[lane] : low;                                                       \
                high = found[lane] > high ? found[lane] : high;                                                    \
            }                                                                                                      \
            sum += low;                                                                                            \
            widest = high - low > widest ? high - low : widest;                                                    \
            for (size_t lane = 0; lane < 16; lane++) products[16 * part + lane] = found[lane] - low;               \
        }                                                                                                          \
        /* Two entries are added in a byte, all of them in sixteen bits. */                                        \
        float top = 65535.0f / (float)parts < 127 ? (float)(65535 / parts) : 127;                                  \
        float per_step = widest > FLT_MIN ? top / widest : 0;                                                      \
        for (size_t i = 0; i < 16 * parts; i++) table[i] = (uint8_t)(int32_t)(products[i] * per_step + 0.5f);      \
        *least = sum;                                                                                              \
        *step = widest / top;                                                                                      \
    }
