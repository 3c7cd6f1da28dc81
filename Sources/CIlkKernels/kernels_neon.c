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

#define ONE(NAME, STEP, TERM, SIGN)                                                                                \
    static float NAME##_pair(const float *a, const float *b, size_t count) {                                       \
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
        return SIGN sum;                                                                                           \
    }

#define FOUR(NAME, STEP, TERM, SIGN)                                                                               \
    static void NAME##_four(const float *query, const float *const rows[4], size_t count, float *out) {            \
        float32x4_t s[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};                       \
        size_t i = 0;                                                                                              \
        for (; i + 4 <= count; i += 4) {                                                                           \
            float32x4_t q = vld1q_f32(query + i);                                                                  \
            for (int row = 0; row < 4; row++) s[row] = STEP(s[row], q, vld1q_f32(rows[row] + i));                  \
        }                                                                                                          \
        for (int row = 0; row < 4; row++) {                                                                        \
            float sum = vaddvq_f32(s[row]);                                                                        \
            for (size_t j = i; j < count; j++) sum += TERM(query[j], rows[row][j]);                                \
            out[row] = SIGN sum;                                                                                   \
        }                                                                                                          \
    }

ENCODE(encode_neon, )
ONE(l2_neon, step_l2, term_l2, +)
FOUR(l2_neon, step_l2, term_l2, +)
ONE(dot_neon, step_dot, term_dot, -)
FOUR(dot_neon, step_dot, term_dot, -)

// MARK: Codes of 7 bits, 16 at a time

static inline int32x4_t add_products(int32x4_t sum, int8x16_t a, int8x16_t b) {
    sum = vpadalq_s16(sum, vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    return vpadalq_s16(sum, vmull_s8(vget_high_s8(a), vget_high_s8(b)));
}

#define DOTPROD __attribute__((target("dotprod")))
static inline DOTPROD int32x4_t add_dotprod(int32x4_t sum, int8x16_t a, int8x16_t b) { return vdotq_s32(sum, a, b); }

#define L2_CODES(NAME, TARGET, ADD)                                                                                \
    static TARGET float NAME##_pair(const uint8_t *a, const uint8_t *b, size_t count) {                            \
        int32x4_t sum = vdupq_n_s32(0);                                                                            \
        for (size_t i = 0; i < count; i += 16) {                                                                   \
            int8x16_t d = vreinterpretq_s8_u8(vabdq_u8(vld1q_u8(a + i), vld1q_u8(b + i)));                         \
            sum = ADD(sum, d, d);                                                                                  \
        }                                                                                                          \
        return (float)vaddvq_s32(sum);                                                                             \
    }

#define DOT_CODES(NAME, TARGET, ADD)                                                                               \
    static TARGET float NAME##_pair(const uint8_t *a, const uint8_t *b, size_t count) {                            \
        const int8x16_t middle = vdupq_n_s8(64);                                                                   \
        int32x4_t sum = vdupq_n_s32(0);                                                                            \
        for (size_t i = 0; i < count; i += 16) {                                                                   \
            int8x16_t x = vsubq_s8(vreinterpretq_s8_u8(vld1q_u8(a + i)), middle);                                  \
            int8x16_t y = vsubq_s8(vreinterpretq_s8_u8(vld1q_u8(b + i)), middle);                                  \
            sum = ADD(sum, x, y);                                                                                  \
        }                                                                                                          \
        return -(float)vaddvq_s32(sum);                                                                            \
    }

#define FOUR_CODES(NAME, TARGET)                                                                                   \
    static TARGET void NAME##_four(const uint8_t *query, const uint8_t *const rows[4], size_t count, float *out) { \
        for (int row = 0; row < 4; row++) out[row] = NAME##_pair(query, rows[row], count);                         \
    }

L2_CODES(l2_codes_neon, , add_products)
DOT_CODES(dot_codes_neon, , add_products)
L2_CODES(l2_codes_dotprod, DOTPROD, add_dotprod)
DOT_CODES(dot_codes_dotprod, DOTPROD, add_dotprod)
FOUR_CODES(l2_codes_neon, )
FOUR_CODES(dot_codes_neon, )
FOUR_CODES(l2_codes_dotprod, DOTPROD)
FOUR_CODES(dot_codes_dotprod, DOTPROD)

MANY(l2_neon, , float, l2_neon_pair, l2_neon_four)
MANY(dot_neon, , float, dot_neon_pair, dot_neon_four)
MANY(l2_codes_neon, , uint8_t, l2_codes_neon_pair, l2_codes_neon_four)
MANY(dot_codes_neon, , uint8_t, dot_codes_neon_pair, dot_codes_neon_four)
MANY(l2_codes_dotprod, DOTPROD, uint8_t, l2_codes_dotprod_pair, l2_codes_dotprod_four)
MANY(dot_codes_dotprod, DOTPROD, uint8_t, dot_codes_dotprod_pair, dot_codes_dotprod_four)

const ilk_kernels ilk_kernels_neon = {
    "neon", DISTANCE(l2_neon), DISTANCE(dot_neon), DISTANCE(l2_codes_neon), DISTANCE(dot_codes_neon), encode_neon};
const ilk_kernels ilk_kernels_dotprod = {
    "dotprod", DISTANCE(l2_neon), DISTANCE(dot_neon), DISTANCE(l2_codes_dotprod), DISTANCE(dot_codes_dotprod),
    encode_neon};

#endif
