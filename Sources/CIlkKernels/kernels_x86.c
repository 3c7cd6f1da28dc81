#include "kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

// Two accumulators a row keep both multiply-add units busy; a row's tail goes through a masked load, so that no
// dimension falls back to scalar code.

#define AVX512 __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw")))
#define AVX2 __attribute__((target("avx2,fma")))

// MARK: AVX-512

static inline AVX512 __mmask16 tail_mask512(size_t rest) { return (__mmask16)((1u << rest) - 1u); }

static inline AVX512 __m512 step_dot512(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

static inline AVX512 __m512 step_l2512(__m512 sum, __m512 a, __m512 b) {
    __m512 d = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(d, d, sum);
}

#define ONE512(NAME, STEP)                                                                                         \
    static AVX512 float NAME(const float *a, const float *b, size_t count) {                                       \
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
        return _mm512_reduce_add_ps(_mm512_add_ps(_mm512_add_ps(s0, s1), _mm512_add_ps(s2, s3)));                  \
    }

#define FOUR512(NAME, STEP)                                                                                        \
    static AVX512 void NAME(const float *query, const float *const rows[4], size_t count, float out[4]) {          \
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
        out[0] = _mm512_reduce_add_ps(_mm512_add_ps(s0, t0));                                                      \
        out[1] = _mm512_reduce_add_ps(_mm512_add_ps(s1, t1));                                                      \
        out[2] = _mm512_reduce_add_ps(_mm512_add_ps(s2, t2));                                                      \
        out[3] = _mm512_reduce_add_ps(_mm512_add_ps(s3, t3));                                                      \
    }

ONE512(dot_avx512, step_dot512)
ONE512(l2_avx512, step_l2512)
FOUR512(dot4_avx512, step_dot512)
FOUR512(l2x4_avx512, step_l2512)

const ilk_kernels ilk_kernels_avx512 = {"avx512", dot_avx512, l2_avx512, dot4_avx512, l2x4_avx512};

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

#define ONE256(NAME, STEP)                                                                                         \
    static AVX2 float NAME(const float *a, const float *b, size_t count) {                                         \
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
        return sum256(_mm256_add_ps(_mm256_add_ps(s0, s1), _mm256_add_ps(s2, s3)));                                \
    }

#define FOUR256(NAME, STEP)                                                                                        \
    static AVX2 void NAME(const float *query, const float *const rows[4], size_t count, float out[4]) {            \
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
        out[0] = sum256(_mm256_add_ps(s0, t0));                                                                    \
        out[1] = sum256(_mm256_add_ps(s1, t1));                                                                    \
        out[2] = sum256(_mm256_add_ps(s2, t2));                                                                    \
        out[3] = sum256(_mm256_add_ps(s3, t3));                                                                    \
    }

ONE256(dot_avx2, step_dot256)
ONE256(l2_avx2, step_l2256)
FOUR256(dot4_avx2, step_dot256)
FOUR256(l2x4_avx2, step_l2256)

const ilk_kernels ilk_kernels_avx2 = {"avx2", dot_avx2, l2_avx2, dot4_avx2, l2x4_avx2};

#endif
