#include "product_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define AVX2 __attribute__((target("avx2,fma")))

// Bytes are summed in words: `low` takes a byte of an even vector and, times 256, that of its odd neighbor, `high` the odd
// one alone; at the end what is too much in `low` is taken away. The CPU's prefetcher stops at each page of 4 KiB, so codes
// are fetched one page ahead.

enum { ahead = 4096 };

// MARK: AVX-512

static inline AVX512 size_t least_avx512(const float *values) {
    __m512 all = _mm512_loadu_ps(values);
    __mmask16 least = _mm512_cmp_ps_mask(all, _mm512_set1_ps(_mm512_reduce_min_ps(all)), _CMP_EQ_OQ);
    return least ? (size_t)__builtin_ctz(least) : 0;
}

ENCODE_PARTS(encode_avx512, AVX512, least_avx512)
TABULATE_PARTS(tabulate_avx512, AVX512)

static AVX512 size_t scan_avx512(
    const uint8_t *table, const uint8_t *codes, size_t parts, size_t blocks, const float *scale, const float *bias,
    float base, float least, float step, float bound, uint32_t *places, float *distances) {
    const __m512i nibble = _mm512_set1_epi8(15);
    const __m512i lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512 bases = _mm512_set1_ps(base), steps = _mm512_set1_ps(step), leasts = _mm512_set1_ps(least);
    const __m512 bounds = _mm512_set1_ps(bound);
    size_t found = 0;
    for (size_t block = 0; block < blocks; block++, scale += 64, bias += 64) {
        __m512i low = _mm512_setzero_si512(), high = low;
        for (size_t part = 0; part < parts; part += 2, codes += 64) {
            _mm_prefetch((const char *)codes + ahead, _MM_HINT_T0);
            __m512i code = _mm512_loadu_si512(codes);
            const __m128i *entries = (const __m128i *)(table + 16 * part);
            __m512i first = _mm512_broadcast_i32x4(_mm_loadu_si128(entries));
            __m512i second = _mm512_broadcast_i32x4(_mm_loadu_si128(entries + 1));
            __m512i sum = _mm512_add_epi8(
                _mm512_shuffle_epi8(first, _mm512_and_si512(code, nibble)),
                _mm512_shuffle_epi8(second, _mm512_and_si512(_mm512_srli_epi16(code, 4), nibble)));
            low = _mm512_add_epi16(low, sum);
            high = _mm512_add_epi16(high, _mm512_srli_epi16(sum, 8));
        }
        low = _mm512_sub_epi16(low, _mm512_slli_epi16(high, 8));
        // Vectors 0 to 7 and 8 to 15 of each sixteen, one sixteen a lane.
        __m512i firsts = _mm512_unpacklo_epi16(low, high), seconds = _mm512_unpackhi_epi16(low, high);
#define SIXTEEN(LANE)                                                                                              \
    {                                                                                                              \
        __m256i sums = _mm256_set_m128i(                                                                           \
            _mm512_extracti32x4_epi32(seconds, LANE), _mm512_extracti32x4_epi32(firsts, LANE));                    \
        __m512 distance = _mm512_fmadd_ps(_mm512_cvtepi32_ps(_mm512_cvtepu16_epi32(sums)), steps, leasts);         \
        distance = _mm512_fmadd_ps(distance, _mm512_loadu_ps(scale + 16 * LANE), bases);                           \
        distance = _mm512_add_ps(distance, _mm512_loadu_ps(bias + 16 * LANE));                                     \
        __mmask16 near = _mm512_cmp_ps_mask(distance, bounds, _CMP_LT_OQ);                                         \
        if (near) {                                                                                                \
            __m512i place = _mm512_add_epi32(lanes, _mm512_set1_epi32((int)(64 * block + 16 * LANE)));             \
            _mm512_storeu_si512(places + found, _mm512_maskz_compress_epi32(near, place));                         \
            _mm512_storeu_ps(distances + found, _mm512_maskz_compress_ps(near, distance));                         \
            found += (size_t)__builtin_popcount(near);                                                             \
        }                                                                                                          \
    }
        SIXTEEN(0) SIXTEEN(1) SIXTEEN(2) SIXTEEN(3)
#undef SIXTEEN
    }
    return found;
}

const ilk_product_kernels ilk_product_kernels_avx512 = {"avx512", encode_avx512, tabulate_avx512, scan_avx512};

// MARK: AVX2

static inline AVX2 size_t least_avx2(const float *values) {
    __m256 low = _mm256_loadu_ps(values), high = _mm256_loadu_ps(values + 8);
    __m256 least = _mm256_min_ps(low, high);
    least = _mm256_min_ps(least, _mm256_permute2f128_ps(least, least, 1));
    least = _mm256_min_ps(least, _mm256_shuffle_ps(least, least, 0x4E));
    least = _mm256_min_ps(least, _mm256_shuffle_ps(least, least, 0xB1));
    unsigned found = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(low, least, _CMP_EQ_OQ)) |
                     (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(high, least, _CMP_EQ_OQ)) << 8;
    return found ? (size_t)__builtin_ctz(found) : 0;
}

ENCODE_PARTS(encode_avx2, AVX2, least_avx2)
TABULATE_PARTS(tabulate_avx2, AVX2)

/// Distances of eight vectors from their sums; what is near is written.
static inline AVX2 size_t keep_eight(
    __m128i sums, __m256 bases, __m256 leasts, __m256 steps, __m256 bounds, const float *scale, const float *bias,
    size_t first, uint32_t *places, float *distances) {
    __m256 distance = _mm256_fmadd_ps(_mm256_cvtepi32_ps(_mm256_cvtepu16_epi32(sums)), steps, leasts);
    distance = _mm256_fmadd_ps(distance, _mm256_loadu_ps(scale + first % ilk_product_block), bases);
    distance = _mm256_add_ps(distance, _mm256_loadu_ps(bias + first % ilk_product_block));
    unsigned near = (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(distance, bounds, _CMP_LT_OQ));
    if (!near) return 0;
    float all[8];
    _mm256_storeu_ps(all, distance);
    size_t found = 0;
    for (; near; near &= near - 1) {
        unsigned lane = (unsigned)__builtin_ctz(near);
        places[found] = (uint32_t)(first + lane);
        distances[found++] = all[lane];
    }
    return found;
}

static AVX2 size_t scan_avx2(
    const uint8_t *table, const uint8_t *codes, size_t parts, size_t blocks, const float *scale, const float *bias,
    float base, float least, float step, float bound, uint32_t *places, float *distances) {
    const __m256i nibble = _mm256_set1_epi8(15);
    const __m256 bases = _mm256_set1_ps(base), steps = _mm256_set1_ps(step), leasts = _mm256_set1_ps(least);
    const __m256 bounds = _mm256_set1_ps(bound);
    size_t found = 0;
    for (size_t block = 0; block < blocks; block++, scale += 64, bias += 64) {
        __m256i low[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()}, high[2] = {low[0], low[0]};
        for (size_t part = 0; part < parts; part += 2, codes += 64) {
            _mm_prefetch((const char *)codes + ahead, _MM_HINT_T0);
            const __m128i *entries = (const __m128i *)(table + 16 * part);
            __m256i first = _mm256_broadcastsi128_si256(_mm_loadu_si128(entries));
            __m256i second = _mm256_broadcastsi128_si256(_mm_loadu_si128(entries + 1));
            for (int half = 0; half < 2; half++) {
                __m256i code = _mm256_loadu_si256((const __m256i *)codes + half);
                __m256i sum = _mm256_add_epi8(
                    _mm256_shuffle_epi8(first, _mm256_and_si256(code, nibble)),
                    _mm256_shuffle_epi8(second, _mm256_and_si256(_mm256_srli_epi16(code, 4), nibble)));
                low[half] = _mm256_add_epi16(low[half], sum);
                high[half] = _mm256_add_epi16(high[half], _mm256_srli_epi16(sum, 8));
            }
        }
        for (int half = 0; half < 2; half++) {
            __m256i even = _mm256_sub_epi16(low[half], _mm256_slli_epi16(high[half], 8));
            // Vectors 0 to 7 and 16 to 23, 8 to 15 and 24 to 31.
            __m256i firsts = _mm256_unpacklo_epi16(even, high[half]), seconds = _mm256_unpackhi_epi16(even, high[half]);
            __m128i eights[4] = {
                _mm256_castsi256_si128(firsts), _mm256_castsi256_si128(seconds),
                _mm256_extracti128_si256(firsts, 1), _mm256_extracti128_si256(seconds, 1)};
            for (size_t i = 0; i < 4; i++)
                found += keep_eight(
                    eights[i], bases, leasts, steps, bounds, scale, bias, 64 * block + 32 * (size_t)half + 8 * i,
                    places + found, distances + found);
        }
    }
    return found;
}

const ilk_product_kernels ilk_product_kernels_avx2 = {"avx2", encode_avx2, tabulate_avx2, scan_avx2};

#endif
