#pragma once
#include <float.h>

#include "ilk_kernels.h"

extern const ilk_kernels ilk_kernels_plain;
#if defined(__x86_64__)
extern const ilk_kernels ilk_kernels_avx2;
extern const ilk_kernels ilk_kernels_avx512;
extern const ilk_kernels ilk_kernels_avx512vnni;
#endif
#if defined(__aarch64__)
extern const ilk_kernels ilk_kernels_neon;
extern const ilk_kernels ilk_kernels_dotprod;
#endif

/// Brings the first lines of four rows nearer; the CPU's own prefetcher goes on from there.
static inline __attribute__((always_inline)) void prefetch_rows(
    const char *base, size_t stride, const uint32_t *nodes, size_t count) {
    for (size_t i = 0; i < count && i < 4; i++) {
        const char *row = base + nodes[i] * stride;
        for (size_t line = 0; line < 8 * 64 && line < stride; line += 64) ilk_prefetch(row + line);
    }
}

static inline __attribute__((always_inline)) float held(float distance) {
    return distance < FLT_MAX ? distance : FLT_MAX;
}

/// A function of `ilk_distance` for rows of `TYPE`, out of one for a pair and one for four rows.
#define MANY(NAME, TARGET, TYPE, ONE, FOUR)                                                                        \
    static TARGET float NAME##_one(const void *a, const void *b, size_t count) {                                   \
        return ONE((const TYPE *)a, (const TYPE *)b, count);                                                       \
    }                                                                                                              \
    static TARGET void NAME##_many(                                                                                \
        const void *query, const void *base, size_t stride, const uint32_t *nodes, size_t node_count, size_t count,\
        float *out) {                                                                                              \
        const char *first = (const char *)base;                                                                    \
        prefetch_rows(first, stride, nodes, node_count);                                                           \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= node_count; i += 4) {                                                                      \
            prefetch_rows(first, stride, nodes + i + 4, node_count - i - 4);                                       \
            const TYPE *rows[4];                                                                                   \
            for (int r = 0; r < 4; r++) rows[r] = (const TYPE *)(first + nodes[i + r] * stride);                   \
            FOUR((const TYPE *)query, rows, count, out + i);                                                       \
            for (int r = 0; r < 4; r++) out[i + r] = held(out[i + r]);                                             \
        }                                                                                                          \
        for (; i < node_count; i++)                                                                                \
            out[i] = held(ONE((const TYPE *)query, (const TYPE *)(first + nodes[i] * stride), count));             \
    }

#define DISTANCE(NAME) \
    { NAME##_one, NAME##_many }

/// `encode` of a set: plain code that the compiler makes vectors of, sixteen sums wide so that it may.
#define ENCODE(NAME, TARGET)                                                                                       \
    static TARGET float NAME(                                                                                      \
        const float *vector, const float *low, float per_step, size_t count, size_t padded, uint8_t rest,          \
        uint8_t *codes) {                                                                                          \
        float lost[16] = {0};                                                                                      \
        size_t i = 0;                                                                                              \
        for (; i + 16 <= count; i += 16)                                                                           \
            for (size_t lane = 0; lane < 16; lane++) {                                                             \
                float place = (vector[i + lane] - low[i + lane]) * per_step;                                       \
                float kept = place > 0 ? place : 0;                                                                \
                kept = kept < 127 ? kept : 127;                                                                    \
                lost[lane] += (place - kept) * (place - kept);                                                     \
                codes[i + lane] = (uint8_t)(int32_t)(kept + 0.5f);                                                 \
            }                                                                                                      \
        for (; i < count; i++) {                                                                                   \
            float place = (vector[i] - low[i]) * per_step;                                                         \
            float kept = place > 0 ? (place < 127 ? place : 127) : 0;                                              \
            lost[0] += (place - kept) * (place - kept);                                                            \
            codes[i] = (uint8_t)(kept + 0.5f);                                                                     \
        }                                                                                                          \
        for (; i < padded; i++) codes[i] = rest;                                                                   \
        float sum = 0;                                                                                             \
        for (size_t lane = 0; lane < 16; lane++) sum += lost[lane];                                                \
        return sum;                                                                                                \
    }
