#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

// Two accumulators a row keep both multiply-add units busy; a row's tail goes through a masked load, so that no
// dimension falls back to scalar code.

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define VNNI512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512vnni")))
#define AVX2 __attribute__((target("avx2,fma")))

// MARK: AVX-512

static inline AVX512 __mmask16 tail_mask512(size_t rest) { return (__mmask16)((1u << rest) - 1u); }

static inline AVX512 __m512 step_dot512(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

static inline AVX512 __m512 step_l2512(__m512 sum, __m512 a, __m512 b) {
    __m512 d = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(d, d, sum);
}

#define ONE512(NAME, STEP, SIGN)                                                                                   \
    static AVX512 float NAME##_pair(const float *a, const float *b, size_t count) {                                \
        __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;                                                \
        size_t i = 0;                                                                                              \
        for (; i + 64 <= count; i += 64) {                                                                         \
            s0 = STEP(s0, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));                                         \
            s1 = STEP(s1, _mm512_loadu_ps(a + i + 16), _mm512_loadu_ps(b + i + 16));                               \
            s2 = STEP(s2, _mm512_loadu_ps(a + i + 32), _mm512_loadu_ps(b + i + 32));                               \
            s3 = STEP(s3, _mm512_loadu_ps(a + i + 48), _mm512_loadu_ps(b + i + 48));                               \
        }                                                                                                          \
        for (; i + 16 <= count; i += 16) s0 = STEP(s0, _mm512_loadu_ps(a + i), _mm512_loadu_ps(b + i));            \
        if (i < count) {                                                                                           \
            __mmask16 m = tail_mask512(count - i);                                                                 \
            s1 = STEP(s1, _mm512_maskz_loadu_ps(m, a + i), _mm512_maskz_loadu_ps(m, b + i));                       \
        }                                                                                                          \
        return SIGN _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));             \
    }

#define FOUR512(NAME, STEP, SIGN)                                                                                  \
    static AVX512 void NAME##_four(const float *query, const float *const rows[4], size_t count, float *out) {     \
        const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];                                    \
        __m512 s0 = _mm512_setzero_ps(), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;            \
        size_t i = 0;                                                                                              \
        for (; i + 32 <= count; i += 32) {                                                                         \
            __m512 q = _mm512_loadu_ps(query + i), p = _mm512_loadu_ps(query + i + 16);                            \
            s0 = STEP(s0, q, _mm512_loadu_ps(r0 + i));                                                             \
            s1 = STEP(s1, q, _mm512_loadu_ps(r1 + i));                                                             \
            s2 = STEP(s2, q, _mm512_loadu_ps(r2 + i));                                                             \
            s3 = STEP(s3, q, _mm512_loadu_ps(r3 + i));                                                             \
            t0 = STEP(t0, p, _mm512_loadu_ps(r0 + i + 16));                                                        \
            t1 = STEP(t1, p, _mm512_loadu_ps(r1 + i + 16));                                                        \
            t2 = STEP(t2, p, _mm512_loadu_ps(r2 + i + 16));                                                        \
            t3 = STEP(t3, p, _mm512_loadu_ps(r3 + i + 16));                                                        \
        }                                                                                                          \
        for (; i < count; i += 16) {                                                                               \
            __mmask16 m = count - i < 16 ? tail_mask512(count - i) : (__mmask16)0xFFFF;                            \
            __m512 q = _mm512_maskz_loadu_ps(m, query + i);                                                        \
            s0 = STEP(s0, q, _mm512_maskz_loadu_ps(m, r0 + i));                                                    \
            s1 = STEP(s1, q, _mm512_maskz_loadu_ps(m, r1 + i));                                                    \
            s2 = STEP(s2, q, _mm512_maskz_loadu_ps(m, r2 + i));                                                    \
            s3 = STEP(s3, q, _mm512_maskz_loadu_ps(m, r3 + i));                                                    \
        }                                                                                                          \
        out[0] = SIGN _mm512_reduce_add_ps(_mm512_add_ps(s0, t0));                                                 \
        out[1] = SIGN _mm512_reduce_add_ps(_mm512_add_ps(s1, t1));                                                 \
        out[2] = SIGN _mm512_reduce_add_ps(_mm512_add_ps(s2, t2));                                                 \
        out[3] = SIGN _mm512_reduce_add_ps(_mm512_add_ps(s3, t3));                                                 \
    }

ENCODE(encode_avx512, AVX512)
ONE512(l2_avx512, step_l2512, +)
FOUR512(l2_avx512, step_l2512, +)
ONE512(dot_avx512, step_dot512, -)
FOUR512(dot_avx512, step_dot512, -)

// MARK: Codes of 7 bits, 64 at a time

/// Adds the products of bytes, a's of 0 to 127 and b's of -64 to 127, to sixteen sums: no pair of products leaves 16 bits.
#define ADD_MADDUBS512(SUM, A, B)                                                                                  \
    _mm512_add_epi32(SUM, _mm512_madd_epi16(_mm512_maddubs_epi16(A, B), _mm512_set1_epi16(1)))
#define ADD_VNNI512(SUM, A, B) _mm512_dpbusd_epi32(SUM, A, B)

#define L2_CODES512(NAME, TARGET, ADD)                                                                             \
    static inline TARGET __m512i NAME##_step(__m512i sum, __m512i q, const uint8_t *row) {                         \
        __m512i d = _mm512_abs_epi8(_mm512_sub_epi8(q, _mm512_loadu_si512(row)));                                  \
        return ADD(sum, d, d);                                                                                     \
    }                                                                                                              \
    static TARGET float NAME##_pair(const uint8_t *a, const uint8_t *b, size_t count) {                            \
        __m512i s0 = _mm512_setzero_si512(), s1 = s0;                                                              \
        size_t i = 0;                                                                                              \
        for (; i + 128 <= count; i += 128) {                                                                       \
            s0 = NAME##_step(s0, _mm512_loadu_si512(a + i), b + i);                                                \
            s1 = NAME##_step(s1, _mm512_loadu_si512(a + i + 64), b + i + 64);                                      \
        }                                                                                                          \
        if (i < count) s0 = NAME##_step(s0, _mm512_loadu_si512(a + i), b + i);                                     \
        return (float)_mm512_reduce_add_epi32(_mm512_add_epi32(s0, s1));                                           \
    }                                                                                                              \
    static TARGET void NAME##_four(const uint8_t *query, const uint8_t *const rows[4], size_t count, float *out) { \
        const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];                                  \
        __m512i s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;                                            \
        for (size_t i = 0; i < count; i += 64) {                                                                   \
            __m512i q = _mm512_loadu_si512(query + i);                                                             \
            s0 = NAME##_step(s0, q, r0 + i);                                                                       \
            s1 = NAME##_step(s1, q, r1 + i);                                                                       \
            s2 = NAME##_step(s2, q, r2 + i);                                                                       \
            s3 = NAME##_step(s3, q, r3 + i);                                                                       \
        }                                                                                                          \
        _mm_storeu_ps(out, _mm_cvtepi32_ps(sums512(s0, s1, s2, s3)));                                              \
    }

// (a - 64) · (b - 64) = a · (b - 64) - 64 · (b - 64): the second part is the query's, and summed once for four rows.
#define DOT_CODES512(NAME, TARGET, ADD)                                                                            \
    static TARGET void NAME##_four(const uint8_t *query, const uint8_t *const rows[4], size_t count, float *out) { \
        const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];                                  \
        const __m512i middle = _mm512_set1_epi8(64);                                                               \
        __m512i s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0, own = s0;                                  \
        for (size_t i = 0; i < count; i += 64) {                                                                   \
            __m512i q = _mm512_sub_epi8(_mm512_loadu_si512(query + i), middle);                                    \
            own = ADD(own, middle, q);                                                                             \
            s0 = ADD(s0, _mm512_loadu_si512(r0 + i), q);                                                           \
            s1 = ADD(s1, _mm512_loadu_si512(r1 + i), q);                                                           \
            s2 = ADD(s2, _mm512_loadu_si512(r2 + i), q);                                                           \
            s3 = ADD(s3, _mm512_loadu_si512(r3 + i), q);                                                           \
        }                                                                                                          \
        __m128i products = _mm_sub_epi32(_mm_set1_epi32(_mm512_reduce_add_epi32(own)), sums512(s0, s1, s2, s3));   \
        _mm_storeu_ps(out, _mm_cvtepi32_ps(products));                                                             \
    }                                                                                                              \
    static TARGET float NAME##_pair(const uint8_t *a, const uint8_t *b, size_t count) {                            \
        const __m512i middle = _mm512_set1_epi8(64);                                                               \
        __m512i sum = _mm512_setzero_si512(), own = sum;                                                           \
        for (size_t i = 0; i < count; i += 64) {                                                                   \
            __m512i q = _mm512_sub_epi8(_mm512_loadu_si512(a + i), middle);                                        \
            own = ADD(own, middle, q);                                                                             \
            sum = ADD(sum, _mm512_loadu_si512(b + i), q);                                                          \
        }                                                                                                          \
        return (float)_mm512_reduce_add_epi32(_mm512_sub_epi32(own, sum));                                         \
    }

/// The sums of four registers' words, in one of four words.
static inline AVX512 __m128i sums512(__m512i a, __m512i b, __m512i c, __m512i d) {
    __m512i ab = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    __m512i cd = _mm512_add_epi32(_mm512_unpacklo_epi32(c, d), _mm512_unpackhi_epi32(c, d));
    __m512i all = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
    __m256i half = _mm256_add_epi32(_mm512_castsi512_si256(all), _mm512_extracti64x4_epi64(all, 1));
    return _mm_add_epi32(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

L2_CODES512(l2_codes_avx512, AVX512, ADD_MADDUBS512)
DOT_CODES512(dot_codes_avx512, AVX512, ADD_MADDUBS512)
L2_CODES512(l2_codes_vnni512, VNNI512, ADD_VNNI512)
DOT_CODES512(dot_codes_vnni512, VNNI512, ADD_VNNI512)

MANY(l2_avx512, AVX512, float, l2_avx512_pair, l2_avx512_four)
MANY(dot_avx512, AVX512, float, dot_avx512_pair, dot_avx512_four)
MANY(l2_codes_avx512, AVX512, uint8_t, l2_codes_avx512_pair, l2_codes_avx512_four)
MANY(dot_codes_avx512, AVX512, uint8_t, dot_codes_avx512_pair, dot_codes_avx512_four)
MANY(l2_codes_vnni512, VNNI512, uint8_t, l2_codes_vnni512_pair, l2_codes_vnni512_four)
MANY(dot_codes_vnni512, VNNI512, uint8_t, dot_codes_vnni512_pair, dot_codes_vnni512_four)

const ilk_kernels ilk_kernels_avx512 = {
    "avx512", DISTANCE(l2_avx512), DISTANCE(dot_avx512), DISTANCE(l2_codes_avx512), DISTANCE(dot_codes_avx512),
    encode_avx512};
const ilk_kernels ilk_kernels_avx512vnni = {
    "avx512vnni", DISTANCE(l2_avx512), DISTANCE(dot_avx512), DISTANCE(l2_codes_vnni512), DISTANCE(dot_codes_vnni512),
    encode_avx512};

// MARK: AVX2 and FMA

static inline AVX2 __m256i tail_mask256(size_t rest) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)rest), lanes);
}

static inline AVX2 float sum256(__m256 v) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
}

static inline AVX2 __m256 step_dot256(__m256 sum, __m256 a, __m256 b) { return _mm256_fmadd_ps(a, b, sum); }

static inline AVX2 __m256 step_l2256(__m256 sum, __m256 a, __m256 b) {
    __m256 d = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(d, d, sum);
}

#define ONE256(NAME, STEP, SIGN)                                                                                   \
    static AVX2 float NAME##_pair(const float *a, const float *b, size_t count) {                                  \
        __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0;                                                \
        size_t i = 0;                                                                                              \
        for (; i + 32 <= count; i += 32) {                                                                         \
            s0 = STEP(s0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));                                         \
            s1 = STEP(s1, _mm256_loadu_ps(a + i + 8), _mm256_loadu_ps(b + i + 8));                                 \
            s2 = STEP(s2, _mm256_loadu_ps(a + i + 16), _mm256_loadu_ps(b + i + 16));                               \
            s3 = STEP(s3, _mm256_loadu_ps(a + i + 24), _mm256_loadu_ps(b + i + 24));                               \
        }                                                                                                          \
        for (; i + 8 <= count; i += 8) s0 = STEP(s0, _mm256_loadu_ps(a + i), _mm256_loadu_ps(b + i));              \
        if (i < count) {                                                                                           \
            __m256i m = tail_mask256(count - i);                                                                   \
            s1 = STEP(s1, _mm256_maskload_ps(a + i, m), _mm256_maskload_ps(b + i, m));                             \
        }                                                                                                          \
        return SIGN sum256(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));                           \
    }

#define FOUR256(NAME, STEP, SIGN)                                                                                  \
    static AVX2 void NAME##_four(const float *query, const float *const rows[4], size_t count, float *out) {       \
        const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];                                    \
        __m256 s0 = _mm256_setzero_ps(), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;            \
        size_t i = 0;                                                                                              \
        for (; i + 16 <= count; i += 16) {                                                                         \
            __m256 q = _mm256_loadu_ps(query + i), p = _mm256_loadu_ps(query + i + 8);                             \
            s0 = STEP(s0, q, _mm256_loadu_ps(r0 + i));                                                             \
            s1 = STEP(s1, q, _mm256_loadu_ps(r1 + i));                                                             \
            s2 = STEP(s2, q, _mm256_loadu_ps(r2 + i));                                                             \
            s3 = STEP(s3, q, _mm256_loadu_ps(r3 + i));                                                             \
            t0 = STEP(t0, p, _mm256_loadu_ps(r0 + i + 8));                                                         \
            t1 = STEP(t1, p, _mm256_loadu_ps(r1 + i + 8));                                                         \
            t2 = STEP(t2, p, _mm256_loadu_ps(r2 + i + 8));                                                         \
            t3 = STEP(t3, p, _mm256_loadu_ps(r3 + i + 8));                                                         \
        }                                                                                                          \
        for (; i < count; i += 8) {                                                                                \
            __m256i m = tail_mask256(count - i < 8 ? count - i : 8);                                               \
            __m256 q = _mm256_maskload_ps(query + i, m);                                                           \
            s0 = STEP(s0, q, _mm256_maskload_ps(r0 + i, m));                                                       \
            s1 = STEP(s1, q, _mm256_maskload_ps(r1 + i, m));                                                       \
            s2 = STEP(s2, q, _mm256_maskload_ps(r2 + i, m));                                                       \
            s3 = STEP(s3, q, _mm256_maskload_ps(r3 + i, m));                                                       \
        }                                                                                                          \
        out[0] = SIGN sum256(_mm256_add_ps(s0, t0));                                                               \
        out[1] = SIGN sum256(_mm256_add_ps(s1, t1));                                                               \
        out[2] = SIGN sum256(_mm256_add_ps(s2, t2));                                                               \
        out[3] = SIGN sum256(_mm256_add_ps(s3, t3));                                                               \
    }

ENCODE(encode_avx2, AVX2)
ONE256(l2_avx2, step_l2256, +)
FOUR256(l2_avx2, step_l2256, +)
ONE256(dot_avx2, step_dot256, -)
FOUR256(dot_avx2, step_dot256, -)

// MARK: Codes of 7 bits, 32 at a time

static inline AVX2 __m256i add256(__m256i sum, __m256i a, __m256i b) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(_mm256_maddubs_epi16(a, b), _mm256_set1_epi16(1)));
}

static inline AVX2 __m256i load256(const uint8_t *codes) { return _mm256_loadu_si256((const __m256i *)codes); }

/// The sums of four registers' words, in one of four words.
static inline AVX2 __m128i sums256(__m256i a, __m256i b, __m256i c, __m256i d) {
    __m256i all = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    return _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1));
}

static inline AVX2 __m256i step_l2_codes256(__m256i sum, __m256i q, const uint8_t *row) {
    __m256i d = _mm256_abs_epi8(_mm256_sub_epi8(q, load256(row)));
    return add256(sum, d, d);
}

static AVX2 void l2_codes_avx2_four(const uint8_t *query, const uint8_t *const rows[4], size_t count, float *out) {
    const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0;
    for (size_t i = 0; i < count; i += 32) {
        __m256i q = load256(query + i);
        s0 = step_l2_codes256(s0, q, r0 + i);
        s1 = step_l2_codes256(s1, q, r1 + i);
        s2 = step_l2_codes256(s2, q, r2 + i);
        s3 = step_l2_codes256(s3, q, r3 + i);
    }
    _mm_storeu_ps(out, _mm_cvtepi32_ps(sums256(s0, s1, s2, s3)));
}

static AVX2 float l2_codes_avx2_pair(const uint8_t *a, const uint8_t *b, size_t count) {
    __m256i s0 = _mm256_setzero_si256(), s1 = s0;
    for (size_t i = 0; i < count; i += 64) {
        s0 = step_l2_codes256(s0, load256(a + i), b + i);
        s1 = step_l2_codes256(s1, load256(a + i + 32), b + i + 32);
    }
    __m256i sum = _mm256_add_epi32(s0, s1);
    return (float)_mm_cvtsi128_si32(sums256(sum, sum, sum, sum));
}

// The query's part is summed once for four rows, as above.
static AVX2 void dot_codes_avx2_four(const uint8_t *query, const uint8_t *const rows[4], size_t count, float *out) {
    const uint8_t *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3];
    const __m256i middle = _mm256_set1_epi8(64);
    __m256i s0 = _mm256_setzero_si256(), s1 = s0, s2 = s0, s3 = s0, own = s0;
    for (size_t i = 0; i < count; i += 32) {
        __m256i q = _mm256_sub_epi8(load256(query + i), middle);
        own = add256(own, middle, q);
        s0 = add256(s0, load256(r0 + i), q);
        s1 = add256(s1, load256(r1 + i), q);
        s2 = add256(s2, load256(r2 + i), q);
        s3 = add256(s3, load256(r3 + i), q);
    }
    __m128i products = _mm_sub_epi32(sums256(own, own, own, own), sums256(s0, s1, s2, s3));
    _mm_storeu_ps(out, _mm_cvtepi32_ps(products));
}

static AVX2 float dot_codes_avx2_pair(const uint8_t *a, const uint8_t *b, size_t count) {
    const __m256i middle = _mm256_set1_epi8(64);
    __m256i sum = _mm256_setzero_si256(), own = sum;
    for (size_t i = 0; i < count; i += 32) {
        __m256i q = _mm256_sub_epi8(load256(a + i), middle);
        own = add256(own, middle, q);
        sum = add256(sum, load256(b + i), q);
    }
    __m256i rest = _mm256_sub_epi32(own, sum);
    return (float)_mm_cvtsi128_si32(sums256(rest, rest, rest, rest));
}

MANY(l2_avx2, AVX2, float, l2_avx2_pair, l2_avx2_four)
MANY(dot_avx2, AVX2, float, dot_avx2_pair, dot_avx2_four)
MANY(l2_codes_avx2, AVX2, uint8_t, l2_codes_avx2_pair, l2_codes_avx2_four)
MANY(dot_codes_avx2, AVX2, uint8_t, dot_codes_avx2_pair, dot_codes_avx2_four)

const ilk_kernels ilk_kernels_avx2 = {
    "avx2", DISTANCE(l2_avx2), DISTANCE(dot_avx2), DISTANCE(l2_codes_avx2), DISTANCE(dot_codes_avx2),
    encode_avx2};

#endif
