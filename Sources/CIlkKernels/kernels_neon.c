#include "kernels.h"

#if defined(__aarch64__)

#include <arm_neon.h>

static inline float32x4_t step_dot(float32x4_t sum, float32x4_t a, float32x4_t b) { return vfmaq_f32(sum, a, b); }

static inline float32x4_t step_l2(float32x4_t sum, float32x4_t a, float32x4_t b) {
    float32x4_t d = vsubq_f32(a, b);
    return vfmaq_f32(sum, d, d);
}

static inline float term_dot(float a, float b) { return a * b; }
static inline float term_l2(float a, float b) { return (a - b) * (a - b); }

#define ONE(NAME, STEP, TERM)                                                                                      \
    static float NAME(const float *a, const float *b, size_t count) {                                              \
        float32x4_t s0 = vdupq_n_f32(0), s1 = s0, s2 = s0, s3 = s0;                                                \
        size_t i = 0;                                                                                              \
        for (; i + 16 <= count; i += 16) {                                                                         \
            s0 = STEP(s0, vld1q_f32(a + i), vld1q_f32(b + i));                                                     \
            s1 = STEP(s1, vld1q_f32(a + i + 4), vld1q_f32(b + i + 4));                                             \
            s2 = STEP(s2, vld1q_f32(a + i + 8), vld1q_f32(b + i + 8));                                             \
            s3 = STEP(s3, vld1q_f32(a + i + 12), vld1q_f32(b + i + 12));                                           \
        }                                                                                                          \
        for (; i + 4 <= count; i += 4) s0 = STEP(s0, vld1q_f32(a + i), vld1q_f32(b + i));                          \
        float sum = vaddvq_f32(vaddq_f32(vaddq_f32(s0, s1), vaddq_f32(s2, s3)));                                   \
        for (; i < count; i++) sum += TERM(a[i], b[i]);                                                            \
        return sum;                                                                                                \
    }

#define FOUR(NAME, STEP, TERM)                                                                                     \
    static void NAME(const float *query, const float *const rows[4], size_t count, float out[4]) {                 \
        float32x4_t s[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};                       \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= count; i += 4) {                                                                           \
            float32x4_t q = vld1q_f32(query + i);                                                                  \
            for (int row = 0; row < 4; row++) s[row] = STEP(s[row], q, vld1q_f32(rows[row] + i));                  \
        }                                                                                                          \
        for (int row = 0; row < 4; row++) {                                                                        \
            float sum = vaddvq_f32(s[row]);                                                                        \
            for (size_t j = i; j < count; j++) sum += TERM(query[j], rows[row][j]);                                \
            out[row] = sum;                                                                                        \
        }                                                                                                          \
    }

ONE(dot_neon, step_dot, term_dot)
ONE(l2_neon, step_l2, term_l2)
FOUR(dot4_neon, step_dot, term_dot)
FOUR(l2x4_neon, step_l2, term_l2)

const ilk_kernels ilk_kernels_neon = {"neon", dot_neon, l2_neon, dot4_neon, l2x4_neon};

#endif
