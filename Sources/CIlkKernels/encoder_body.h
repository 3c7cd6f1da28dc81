// The encoder's arithmetic in eight lanes, included once for each kind of CPU.
//
// The includer defines SET(name), which gives each function its set's suffix. It may define a type `sums` of eight or
// sixteen sums, SUMS(w, x) of the products of 32 unsigned and 32 signed bytes, ADD_SUMS(s, w, x), which adds them, and
// WHOLE(s), the eight sums of four neighbours each. Or it defines WIDE_TILE: then the matrix products, where nearly all
// time goes, are those for AVX-512 with VNNI, 16 columns in a register. Other vectors are the compiler's own, so a CPU
// with shorter registers runs the same source in pieces.

#include <math.h>
#include <string.h>

#include "ilk_encoder.h"

#define INLINE static inline __attribute__((always_inline))

typedef float f32x8 __attribute__((vector_size(32)));
typedef int32_t s32x8 __attribute__((vector_size(32)));
typedef int16_t s16x16 __attribute__((vector_size(32)));
typedef int16_t s16x8 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef int8_t s8x16 __attribute__((vector_size(16)));
typedef int8_t s8x8 __attribute__((vector_size(8)));
typedef uint8_t u8x32 __attribute__((vector_size(32)));
typedef int8_t s8x32 __attribute__((vector_size(32)));

INLINE f32x8 load(const float *p) {
    f32x8 v;
    memcpy(&v, p, sizeof v);
    return v;
}
INLINE void store(float *p, f32x8 v) { memcpy(p, &v, sizeof v); }
INLINE f32x8 splat(float x) { return (f32x8){x, x, x, x, x, x, x, x}; }
INLINE s32x8 as_int(f32x8 v) { return (s32x8)v; }
INLINE f32x8 as_float(s32x8 v) { return (f32x8)v; }
INLINE f32x8 choose(s32x8 mask, f32x8 yes, f32x8 no) { return as_float((mask & as_int(yes)) | (~mask & as_int(no))); }
INLINE f32x8 larger(f32x8 a, f32x8 b) { return choose(a > b, a, b); }
INLINE f32x8 smaller(f32x8 a, f32x8 b) { return choose(a < b, a, b); }

INLINE float sum(f32x8 v) {
    float s[8];
    store(s, v);
    return ((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7]));
}
INLINE float largest(f32x8 v) {
    float s[8], m;
    store(s, v);
    m = s[0];
    for (int i = 1; i < 8; i++) m = s[i] > m ? s[i] : m;
    return m;
}

// MARK: Functions of one variable

/// e^x to 2e-7 of its value, for x kept within -87…88: a polynomial between halves of ln 2, fitted like the one below.
INLINE f32x8 exponential(f32x8 x) {
    const f32x8 magic = splat(12582912.0f);  // 1.5 · 2^23: adding it rounds to an integer in the low bits
    x = smaller(larger(x, splat(-87.0f)), splat(88.0f));
    f32x8 shifted = x * splat(1.44269504089f) + magic;
    f32x8 n = shifted - magic;
    f32x8 r = x - n * splat(0.693359375f);  // ln 2 in two parts, the first exact in nine bits
    r = r - n * splat(-2.12194440e-4f);
    f32x8 p = splat(8.297321387e-03f);
    p = p * r + splat(4.191741720e-02f);
    p = p * r + splat(1.666758955e-01f);
    p = p * r + splat(4.999887645e-01f);
    p = p * r + splat(9.999997020e-01f);
    p = p * r + splat(1.000000119e+00f);
    return as_float(as_int(p) + (as_int(shifted) << 23));  // the magic's own bits are shifted out
}

/// The error function to 3.3e-7: a rational function in x², fitted on 0…4 by reweighted least squares (Lawson, 1961).
INLINE f32x8 error_function(f32x8 x) {
    x = smaller(larger(x, splat(-4.0f)), splat(4.0f));
    f32x8 y = x * x;
    f32x8 p = splat(1.974736332e-06f);
    p = p * y + splat(2.880400291e-04f);
    p = p * y + splat(4.003801965e-03f);
    p = p * y + splat(5.346796029e-02f);
    p = p * y + splat(1.962532939e-01f);
    p = p * y + splat(1.128378976e+00f);
    f32x8 q = splat(3.747980872e-05f);
    q = q * y + splat(1.216388203e-03f);
    q = q * y + splat(1.544474468e-02f);
    q = q * y + splat(1.164781284e-01f);
    q = q * y + splat(5.072561126e-01f);
    q = q * y + splat(1.0f);
    return x * p / q;
}

INLINE f32x8 gelu8(f32x8 x) {
    f32x8 half = splat(0.5f) * x;
    return half + half * error_function(x * splat(0.70710678119f));
}

/// x · sigmoid(2u), which is x/2 · (1 + tanh u).
INLINE f32x8 gelu_tanh8(f32x8 x) {
    f32x8 u = splat(0.79788456080f) * (x + splat(0.044715f) * x * x * x);
    return x / (splat(1.0f) + exponential(splat(-2.0f) * u));
}

INLINE f32x8 relu8(f32x8 x) { return larger(x, splat(0)); }

#define MAP(NAME, FUNCTION)                                                                                        \
    static void SET(NAME)(float *x, size_t count) {                                                                \
        size_t i = 0;                                                                                              \
        for (; i + 8 <= count; i += 8) store(x + i, FUNCTION(load(x + i)));                                        \
        if (i < count) {                                                                                           \
            float rest[8] = {0};                                                                                   \
            memcpy(rest, x + i, (count - i) * sizeof *rest);                                                       \
            store(rest, FUNCTION(load(rest)));                                                                     \
            memcpy(x + i, rest, (count - i) * sizeof *rest);                                                       \
        }                                                                                                          \
    }

MAP(gelu, gelu8)
MAP(gelu_tanh, gelu_tanh8)
MAP(relu, relu8)

static void SET(activate)(float *x, size_t count, int activation) {
    switch (activation) {
        case ILK_GELU: SET(gelu)(x, count); break;
        case ILK_GELU_TANH: SET(gelu_tanh)(x, count); break;
        default: SET(relu)(x, count); break;
    }
}

// MARK: Rows

static void SET(add_norm)(float *x, size_t x_stride, const float *delta, size_t delta_stride, size_t rows,
                          size_t count, const float *gain, const float *bias, float epsilon) {
    for (size_t row = 0; row < rows; row++, x += x_stride) {
        f32x8 total = splat(0), squares = splat(0);
        float rest = 0, rest_squares = 0;
        size_t i = 0;
        for (; i + 8 <= count; i += 8) {
            f32x8 v = load(x + i);
            if (delta) store(x + i, v += load(delta + i));
            total += v;
        }
        for (; i < count; i++) {
            if (delta) x[i] += delta[i];
            rest += x[i];
        }
        float mean = (sum(total) + rest) / (float)count;
        for (i = 0; i + 8 <= count; i += 8) {
            f32x8 v = load(x + i) - splat(mean);
            squares += v * v;
        }
        for (; i < count; i++) rest_squares += (x[i] - mean) * (x[i] - mean);
        float scale = 1 / sqrtf((sum(squares) + rest_squares) / (float)count + epsilon);
        for (i = 0; i + 8 <= count; i += 8)
            store(x + i, (load(x + i) - splat(mean)) * splat(scale) * load(gain + i) + load(bias + i));
        for (; i < count; i++) x[i] = (x[i] - mean) * scale * gain[i] + bias[i];
        if (delta) delta += delta_stride;
    }
}

#include "encoder_linear.h"
#include "encoder_integers.h"

// MARK: Attention

/// Turns a row of scores into powers of e, the largest being 1; returns their sum. Places past `tokens` become next to nothing.
INLINE float soften(float *scores, size_t tokens, size_t keys, float scale) {
    for (size_t i = tokens; i < keys; i++) scores[i] = -INFINITY;
    f32x8 top = load(scores), total = splat(0);
    for (size_t i = 8; i < keys; i += 8) top = larger(load(scores + i), top);
    f32x8 shift = splat(-largest(top) * scale);
    for (size_t i = 0; i < keys; i += 8) {
        f32x8 power = exponential(load(scores + i) * splat(scale) + shift);
        store(scores + i, power);
        total += power;
    }
    return sum(total);
}

/// Writes the first `width` of 16 floats, multiplied by `factor`.
INLINE void spread(const float *tile, float factor, float *out, size_t width) {
    if (width == 16) {
        store(out, load(tile) * splat(factor));
        store(out + 8, load(tile + 8) * splat(factor));
    } else {
        for (size_t i = 0; i < width; i++) out[i] = tile[i] * factor;
    }
}

static void SET(attention)(const float *q, const float *k, const float *v, size_t stride, size_t tokens, size_t size,
                           float scale, float *scratch, float *out, size_t out_stride) {
    static const float zeros[16] = {0};
    size_t keys = (tokens + 15) / 16 * 16, columns = (size + 15) / 16 * 16;
    float *packed_k = scratch, *packed_v = packed_k + keys * size, *scores = packed_v + tokens * columns,
          *tile = scores + 6 * keys;
    for (size_t first = 0; first < keys; first += 16)
        for (size_t lane = 0; lane < 16; lane++) {
            float *place = packed_k + first * size + lane;
            for (size_t i = 0; i < size; i++) place[16 * i] = first + lane < tokens ? k[(first + lane) * stride + i] : 0;
        }
    for (size_t first = 0; first < size; first += 16) {
        size_t width = size - first < 16 ? size - first : 16;
        for (size_t token = 0; token < tokens; token++) {
            float *place = packed_v + first * tokens + 16 * token;
            memcpy(place, v + token * stride + first, width * sizeof *place);
            memset(place + width, 0, (16 - width) * sizeof *place);
        }
    }
#define HEAD(R)                                                                                                    \
    do {                                                                                                           \
        float inverse[R];                                                                                          \
        for (size_t first = 0; first < keys; first += 16)                                                          \
            tile_f32(R, q + row * stride, stride, packed_k + first * size, size, zeros, scores + first, keys);     \
        for (size_t r = 0; r < R; r++) inverse[r] = 1 / soften(scores + r * keys, tokens, keys, scale);            \
        for (size_t first = 0; first < size; first += 16) {                                                        \
            size_t width = size - first < 16 ? size - first : 16;                                                  \
            tile_f32(R, scores, keys, packed_v + first * tokens, tokens, zeros, tile, 16);                         \
            for (size_t r = 0; r < R; r++) spread(tile + 16 * r, inverse[r], out + (row + r) * out_stride + first, width); \
        }                                                                                                          \
    } while (0)
    FOR_GROUPS(tokens, HEAD)
#undef HEAD
}
