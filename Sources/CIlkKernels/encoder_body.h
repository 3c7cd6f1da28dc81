// The encoder's arithmetic in eight lanes, included once for each kind of CPU.
//
// The includer defines SET(name), which gives each function its set's suffix, and may define MULTIPLY(a, b), in each lane
// of 32 bits the sum of the products of two neighbours of 16 bits, and MULTIPLY_ADD(sum, a, b), which adds it. Vectors
// are the compiler's own, so a CPU with shorter registers runs the same source in pieces.

#include <math.h>
#include <string.h>

#include "ilk_encoder.h"

#define INLINE static inline __attribute__((always_inline))

typedef float f32x8 __attribute__((vector_size(32)));
typedef int32_t s32x8 __attribute__((vector_size(32)));
typedef int16_t s16x16 __attribute__((vector_size(32)));
typedef int16_t s16x8 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));

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

// MARK: Linear layers

/// Rows go in groups of up to six that differ by at most one.
#define FOR_GROUPS(rows, BODY)                                                                                     \
    for (size_t row = 0, group = 0, groups = ((rows) + 5) / 6; group < groups; group++) {                          \
        size_t in_group = ((rows)-row + groups - group - 1) / (groups - group);                                    \
        switch (in_group) {                                                                                        \
            case 1: BODY(1); break;                                                                                \
            case 2: BODY(2); break;                                                                                \
            case 3: BODY(3); break;                                                                                \
            case 4: BODY(4); break;                                                                                \
            case 5: BODY(5); break;                                                                                \
            default: BODY(6); break;                                                                               \
        }                                                                                                          \
        row += in_group;                                                                                           \
    }

/// `c = a · b + bias` for `rows` rows, a constant up to six, and 16 columns.
INLINE void tile_f32(const size_t rows, const float *a, size_t a_stride, const float *b, size_t inputs,
                     const float *bias, float *c, size_t c_stride) {
    f32x8 low[6], high[6];
    for (size_t r = 0; r < rows; r++) {
        low[r] = load(bias);
        high[r] = load(bias + 8);
    }
    for (size_t i = 0; i < inputs; i++, b += 16) {
        f32x8 b0 = load(b), b1 = load(b + 8);
        for (size_t r = 0; r < rows; r++) {
            f32x8 x = splat(a[r * a_stride + i]);
            low[r] += x * b0;
            high[r] += x * b1;
        }
    }
    for (size_t r = 0; r < rows; r++) {
        store(c + r * c_stride, low[r]);
        store(c + r * c_stride + 8, high[r]);
    }
}

static void SET(linear_f32)(const float *a, size_t a_stride, size_t rows, const float *packed, const float *bias,
                            size_t inputs, size_t outputs, float *out, size_t out_stride) {
    for (size_t first = 0; first < outputs; first += 16, packed += 16 * inputs) {
#define TILE(R) tile_f32(R, a + row * a_stride, a_stride, packed, inputs, bias + first, out + row * out_stride + first, out_stride)
        FOR_GROUPS(rows, TILE)
#undef TILE
    }
}

/// A block of 32 inputs of a group's rows as integers: a pair of inputs of each row, then the next pair of each.
INLINE void quantize_block(const size_t rows, const float *a, size_t a_stride, int16_t *q, float *scales) {
    const f32x8 magic = splat(12582912.0f);
    const s32x8 sign = as_int(splat(-0.0f));
    for (size_t r = 0; r < rows; r++, a += a_stride) {
        f32x8 v[4], top = splat(0);
        for (int j = 0; j < 4; j++) {
            v[j] = load(a + 8 * j);
            top = larger(as_float(as_int(v[j]) & ~sign), top);
        }
        float peak = largest(top);
        // A peak that is no number fails both comparisons; one too small cannot be divided by.
        int usable = peak > 1e-30f && peak < 1e30f;
        float inverse = usable ? 32767.0f / peak : 0;
        scales[r] = usable ? peak / 32767.0f : 0;
        for (int j = 0; j < 4; j++) {
            s32x8 whole = as_int(v[j] * splat(inverse) + magic) - as_int(magic);
            s16x8 narrow = __builtin_convertvector(whole, s16x8);
            int32_t pairs[4];
            memcpy(pairs, &narrow, sizeof pairs);
            for (int pair = 0; pair < 4; pair++) memcpy(q + 2 * ((4 * j + pair) * rows + r), pairs + pair, sizeof *pairs);
        }
    }
}

static void SET(quantize)(const float *a, size_t a_stride, size_t rows, size_t inputs, int16_t *q, float *scales) {
    for (size_t block = 0; block < inputs / 32; block++) {
#define BLOCK(R)                                                                                                   \
    quantize_block(R, a + row * a_stride + 32 * block, a_stride, q + row * inputs + 32 * block * R,                \
                   scales + row * (inputs / 32) + block * R)
        FOR_GROUPS(rows, BLOCK)
    }
}

#ifndef MULTIPLY_ADD
INLINE s32x8 multiply(s16x16 a, s16x16 b) {
    s32x8 even_a = __builtin_convertvector(__builtin_shufflevector(a, a, 0, 2, 4, 6, 8, 10, 12, 14), s32x8);
    s32x8 even_b = __builtin_convertvector(__builtin_shufflevector(b, b, 0, 2, 4, 6, 8, 10, 12, 14), s32x8);
    s32x8 odd_a = __builtin_convertvector(__builtin_shufflevector(a, a, 1, 3, 5, 7, 9, 11, 13, 15), s32x8);
    s32x8 odd_b = __builtin_convertvector(__builtin_shufflevector(b, b, 1, 3, 5, 7, 9, 11, 13, 15), s32x8);
    return even_a * even_b + odd_a * odd_b;
}
#define MULTIPLY multiply
#define MULTIPLY_ADD(sum, a, b) ((sum) + multiply(a, b))
#endif

/// Two neighbouring integers in every lane of 32 bits.
INLINE s16x16 pair_of(const int16_t *q) {
    int32_t two;
    memcpy(&two, q, sizeof two);
    return (s16x16)(s32x8){two, two, two, two, two, two, two, two};
}

/// Blocks whose weights are widened at a time: 12 of 32 inputs and 16 columns are 12 KiB, which stay in the first cache.
#define SLICE 12

typedef struct slice {
    s16x16 weights[SLICE * 32];  // for each pair of inputs columns 0–7 and 8–15
    float scales[SLICE * 16];
} slice;

INLINE void widen(const uint8_t *packed, size_t blocks, slice *s) {
    for (size_t b = 0; b < blocks; b++, packed += 320) {
        for (size_t pair = 0; pair < 16; pair++) {
            u8x16 bytes;
            memcpy(&bytes, packed + 16 * pair, sizeof bytes);
            s16x16 words = __builtin_convertvector(bytes, s16x16);
            s->weights[b * 32 + 2 * pair] = (words & 15) - 8;
            s->weights[b * 32 + 2 * pair + 1] = (words >> 4) - 8;
        }
        memcpy(s->scales + 16 * b, packed + 256, 64);
    }
}

/// Adds the products of a slice to `c`, for the rows of a group of `quantize`.
///
/// With every block it asks for `lines` cache lines from `ahead` on: the slice behind this one arrives meanwhile.
INLINE void tile_q4(const size_t rows, const int16_t *q, const float *scales, const slice *s, size_t blocks, float *c,
                    size_t c_stride, const uint8_t *ahead, size_t lines) {
    const s16x16 *weights = s->weights;
    const float *weight_scales = s->scales;
    for (size_t b = 0; b < blocks; b++, scales += rows, weight_scales += 16) {
        s32x8 low[6], high[6];
        for (size_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        s16x16 w0 = weights[0], w1 = weights[1];
        for (size_t r = 0; r < rows; r++) {
            s16x16 x = pair_of(q + 2 * r);
            low[r] = MULTIPLY(x, w0);
            high[r] = MULTIPLY(x, w1);
        }
        q += 2 * rows, weights += 2;
#pragma clang loop unroll_count(5)
        for (size_t pair = 1; pair < 16; pair++, q += 2 * rows, weights += 2) {
            w0 = weights[0], w1 = weights[1];
            for (size_t r = 0; r < rows; r++) {
                s16x16 x = pair_of(q + 2 * r);
                low[r] = MULTIPLY_ADD(low[r], x, w0);
                high[r] = MULTIPLY_ADD(high[r], x, w1);
            }
        }
        f32x8 d0 = load(weight_scales), d1 = load(weight_scales + 8);
        for (size_t r = 0; r < rows; r++) {
            f32x8 scale = splat(scales[r]);
            float *place = c + r * c_stride;
            store(place, load(place) + __builtin_convertvector(low[r], f32x8) * (scale * d0));
            store(place + 8, load(place + 8) + __builtin_convertvector(high[r], f32x8) * (scale * d1));
        }
    }
}

/// A panel of 16 outputs, for all rows; leads `packed` to the next.
static const uint8_t *SET(panel_q4)(const int16_t *q, const float *scales, size_t rows, const uint8_t *packed,
                                    const float *bias, size_t inputs, float *out, size_t out_stride) {
    slice s;
    size_t per_row = inputs / 32;
    for (size_t row = 0; row < rows; row++) memcpy(out + row * out_stride, bias, 64);
    for (size_t block = 0; block < per_row; block += SLICE) {
        size_t blocks = per_row - block < SLICE ? per_row - block : SLICE;
        widen(packed, blocks, &s);
        packed += blocks * 320;
        size_t lines = (5 + (rows + 5) / 6 - 1) / ((rows + 5) / 6);
#define TILE(R)                                                                                                    \
    tile_q4(R, q + row * inputs + 32 * block * R, scales + row * per_row + block * R, &s, blocks,                  \
            out + row * out_stride, out_stride, packed + group * blocks * lines * 64, lines)
        FOR_GROUPS(rows, TILE)
#undef TILE
    }
    return packed;
}

static void SET(linear_q4)(const int16_t *q, const float *scales, size_t rows, const uint8_t *packed,
                           const float *bias, size_t inputs, size_t outputs, float *out, size_t out_stride) {
    for (size_t first = 0; first < outputs; first += 16)
        packed = SET(panel_q4)(q, scales, rows, packed, bias + first, inputs, out + first, out_stride);
}

static void SET(feed_q4)(const int16_t *q, const float *scales, size_t rows, const uint8_t *packed, const float *bias,
                         size_t inputs, size_t outputs, int activation, int16_t *next, float *next_scales,
                         float *scratch) {
    for (size_t block = 0; block < outputs / 32; block++) {
        packed = SET(panel_q4)(q, scales, rows, packed, bias + 32 * block, inputs, scratch, 32);
        packed = SET(panel_q4)(q, scales, rows, packed, bias + 32 * block + 16, inputs, scratch + 16, 32);
        SET(activate)(scratch, 32 * rows, activation);
#define NEXT(R)                                                                                                    \
    quantize_block(R, scratch + 32 * row, 32, next + row * outputs + 32 * block * R,                               \
                   next_scales + row * (outputs / 32) + block * R)
        FOR_GROUPS(rows, NEXT)
#undef NEXT
    }
}

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
