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

#ifdef WIDE_TILE
/// The same for two panels of 16 columns: a number that is read for all lanes, which takes a cycle, is used twice.
INLINE void pair_f32(const size_t rows, const float *a, size_t a_stride, const float *b, size_t inputs,
                     const float *bias, float *c, size_t c_stride) {
    __m512 low[6], high[6];
    for (size_t r = 0; r < rows; r++) {
        low[r] = _mm512_loadu_ps(bias);
        high[r] = _mm512_loadu_ps(bias + 16);
    }
    for (size_t i = 0; i < inputs; i++, b += 16) {
        __m512 b0 = _mm512_loadu_ps(b), b1 = _mm512_loadu_ps(b + 16 * inputs);
        for (size_t r = 0; r < rows; r++) {
            __m512 x = _mm512_set1_ps(a[r * a_stride + i]);
            low[r] = _mm512_fmadd_ps(x, b0, low[r]);
            high[r] = _mm512_fmadd_ps(x, b1, high[r]);
        }
    }
    for (size_t r = 0; r < rows; r++) {
        _mm512_storeu_ps(c + r * c_stride, low[r]);
        _mm512_storeu_ps(c + r * c_stride + 16, high[r]);
    }
}
#endif

static void SET(linear_f32)(const float *a, size_t a_stride, size_t rows, const float *packed, const float *bias,
                            size_t inputs, size_t outputs, float *out, size_t out_stride) {
    size_t first = 0;
#define TILE(R) tile_f32(R, a + row * a_stride, a_stride, packed, inputs, bias + first, out + row * out_stride + first, out_stride)
#define PAIR(R) pair_f32(R, a + row * a_stride, a_stride, packed, inputs, bias + first, out + row * out_stride + first, out_stride)
#ifdef WIDE_TILE
    for (; first + 16 < outputs; first += 32, packed += 32 * inputs) FOR_GROUPS(rows, PAIR)
#endif
    for (; first < outputs; first += 16, packed += 16 * inputs) FOR_GROUPS(rows, TILE)
#undef TILE
#undef PAIR
}

// Rows as integers: a block of 32 inputs has a scale and an 8-bit integer for each input; a block with an outlier, whose
// other inputs would be coarse, has a second integer for what the first left over. Weights are unsigned 4-bit integers,
// 8 too large, which the sums of a block's integers put right.

/// Where the parts of quantized rows lie. Those of a group of R rows begin at its first row's place; there the parts of
/// its blocks follow each other, R entries each.
typedef struct quantized {
    /// For each block four inputs of each row, then the next four.
    int8_t *high;
    /// For each block the rows' second integers, 32 a row; only those in `list` mean something.
    int8_t *low;
    float *scales;
    /// -8 times the sum of a block's integers.
    int32_t *high_sums, *low_sums;
    /// For each slice of blocks those that have second integers: 8 * block + row, and how many they are.
    int32_t *list, *counts;
    size_t inputs, blocks;
} quantized;

INLINE quantized parts(const void *memory, size_t rows, size_t inputs) {
    size_t blocks = inputs / 32, cells = rows * blocks;
    quantized x;
    x.high = (int8_t *)memory;
    x.low = x.high + rows * inputs;
    x.scales = (float *)(x.low + rows * inputs);
    x.high_sums = (int32_t *)(x.scales + cells);
    x.low_sums = x.high_sums + cells;
    x.list = x.low_sums + cells;
    x.counts = x.list + cells;
    x.inputs = inputs;
    x.blocks = blocks;
    return x;
}

/// Blocks whose weights are widened at a time: 12 of 32 inputs and 16 columns are 6 KiB, which stay in the first cache.
#define SLICE 12

INLINE int32_t narrow(const s32x8 whole[4], int8_t bytes[32]) {
    s32x8 total = (whole[0] + whole[1]) + (whole[2] + whole[3]);
    for (int j = 0; j < 4; j++) {
        s8x8 eight = __builtin_convertvector(whole[j], s8x8);
        memcpy(bytes + 8 * j, &eight, sizeof eight);
    }
    return -8 * (((total[0] + total[4]) + (total[1] + total[5])) + ((total[2] + total[6]) + (total[3] + total[7])));
}

/// A block of a group's rows; `row` is the group's first.
INLINE void quantize_block(const size_t rows, const float *a, size_t a_stride, const quantized *x, size_t row,
                           size_t block) {
    const f32x8 magic = splat(12582912.0f);  // as in exponential
    const s32x8 sign = as_int(splat(-0.0f));
    size_t cell = row * x->blocks + block * rows, first = block / SLICE * SLICE;
    int32_t *list = x->list + row * x->blocks + first * rows, *count = x->counts + row * x->blocks + first * rows;
    int8_t *high = x->high + row * x->inputs + 32 * block * rows, *low = x->low + row * x->inputs + 32 * block * rows;
    if (block == first) *count = 0;
    for (size_t r = 0; r < rows; r++, a += a_stride) {
        f32x8 v[4], top = splat(0), squares = splat(0);
        for (int j = 0; j < 4; j++) {
            v[j] = load(a + 8 * j);
            top = larger(as_float(as_int(v[j]) & ~sign), top);
            squares += v[j] * v[j];
        }
        float peak = largest(top);
        // A peak that is no number fails both comparisons; one too small cannot be divided by.
        int usable = peak > 1e-30f && peak < 1e18f;
        f32x8 inverse = splat(usable ? 127.0f / peak : 0);
        x->scales[cell + r] = usable ? peak / 127.0f : 0;
        s32x8 whole[4];
        int8_t bytes[32];
        for (int j = 0; j < 4; j++) {
            if (!usable) v[j] = splat(0);
            v[j] *= inverse;
            f32x8 shifted = v[j] + magic;
            whole[j] = as_int(shifted) - as_int(magic);
            v[j] -= shifted - magic;
        }
        x->high_sums[cell + r] = narrow(whole, bytes);
        for (int four = 0; four < 8; four++) memcpy(high + 4 * (four * rows + r), bytes + 4 * four, 4);
        // An outlier: more than four times the root of the mean square. One block in seven has one in e5-small; with
        // 8 bits for them too its vectors keep a cosine of 0.9998 to those of f32, so 0.99997.
        if (usable && peak * peak > 0.5f * sum(squares)) {
            for (int j = 0; j < 4; j++) whole[j] = as_int(v[j] * splat(254.0f) + magic) - as_int(magic);
            x->low_sums[cell + r] = narrow(whole, low + 32 * r);
            list[(*count)++] = (int32_t)(8 * block + r);
        }
    }
}

static void SET(quantize)(const float *a, size_t a_stride, size_t rows, size_t inputs, void *memory) {
    quantized x = parts(memory, rows, inputs);
    for (size_t block = 0; block < x.blocks; block++) {
#define BLOCK(R) quantize_block(R, a + row * a_stride + 32 * block, a_stride, &x, row, block)
        FOR_GROUPS(rows, BLOCK)
#undef BLOCK
    }
}

#ifndef SUMS
// The products of unsigned and signed bytes, neighbours added: with 4-bit weights eight of them fit into 16 bits.
typedef s16x16 sums;
INLINE s16x16 neighbours(u8x32 w, s8x32 x) {
    u8x16 even_w = __builtin_shufflevector(w, w, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    u8x16 odd_w = __builtin_shufflevector(w, w, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    s8x16 even_x = __builtin_shufflevector(x, x, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    s8x16 odd_x = __builtin_shufflevector(x, x, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return __builtin_convertvector(even_w, s16x16) * __builtin_convertvector(even_x, s16x16) +
           __builtin_convertvector(odd_w, s16x16) * __builtin_convertvector(odd_x, s16x16);
}
INLINE s32x8 whole_sums(s16x16 s) {
    s16x8 even = __builtin_shufflevector(s, s, 0, 2, 4, 6, 8, 10, 12, 14);
    s16x8 odd = __builtin_shufflevector(s, s, 1, 3, 5, 7, 9, 11, 13, 15);
    return __builtin_convertvector(even, s32x8) + __builtin_convertvector(odd, s32x8);
}
#define SUMS(w, x) neighbours(w, x)
#define ADD_SUMS(s, w, x) ((s) + neighbours(w, x))
#define WHOLE(s) whole_sums(s)
#endif

/// Weights of some blocks for 16 columns.
typedef struct slice {
    u8x32 weights[SLICE * 16] __attribute__((aligned(64)));  // for each four inputs columns 0–7 and 8–15
    float scales[SLICE * 16] __attribute__((aligned(64)));
} slice;

INLINE void widen(const uint8_t *packed, size_t blocks, slice *s) {
    for (size_t b = 0; b < blocks; b++, packed += 320) {
        for (size_t four = 0; four < 8; four++) {
            u8x32 both;
            memcpy(&both, packed + 32 * four, sizeof both);
            s->weights[b * 16 + 2 * four] = both & 15;
            s->weights[b * 16 + 2 * four + 1] = both >> 4;
        }
        memcpy(s->scales + 16 * b, packed + 256, 64);
    }
}

#ifndef WIDE_TILE
/// Four neighbouring integers in every lane of 32 bits.
INLINE s8x32 four_of(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return (s8x32)(s32x8){four, four, four, four, four, four, four, four};
}

INLINE void add_to(float *c, s32x8 products, int32_t correction, f32x8 scale) {
    s32x8 right = products + correction;
    store(c, load(c) + __builtin_convertvector(right, f32x8) * scale);
}

/// Adds the products of a slice, whose first block is `block`, to `c`, for the rows of a group that begins at `row`.
///
/// With every block it asks for `lines` cache lines from `ahead` on: the slice behind this one arrives meanwhile.
INLINE void tile_q4(const size_t rows, const quantized *x, size_t row, size_t block, const slice *s, size_t blocks,
                    float *c, size_t c_stride, const uint8_t *ahead, size_t lines) {
    const u8x32 *weights = s->weights;
    size_t cell = row * x->blocks + block * rows;
    const int8_t *q = x->high + row * x->inputs + 32 * block * rows;
    const float *scales = x->scales + cell;
    const int32_t *corrections = x->high_sums + cell;
    for (size_t b = 0; b < blocks; b++, scales += rows, corrections += rows) {
        sums low[6], high[6];
        for (size_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        u8x32 w0 = weights[0], w1 = weights[1];
        for (size_t r = 0; r < rows; r++) {
            s8x32 four = four_of(q + 4 * r);
            low[r] = SUMS(w0, four);
            high[r] = SUMS(w1, four);
        }
        q += 4 * rows, weights += 2;
#pragma clang loop unroll(full)
        for (size_t step = 1; step < 8; step++, q += 4 * rows, weights += 2) {
            w0 = weights[0], w1 = weights[1];
            for (size_t r = 0; r < rows; r++) {
                s8x32 four = four_of(q + 4 * r);
                low[r] = ADD_SUMS(low[r], w0, four);
                high[r] = ADD_SUMS(high[r], w1, four);
            }
        }
        f32x8 d0 = load(s->scales + 16 * b), d1 = load(s->scales + 16 * b + 8);
        for (size_t r = 0; r < rows; r++) {
            float *place = c + r * c_stride;
            add_to(place, WHOLE(low[r]), corrections[r], splat(scales[r]) * d0);
            add_to(place + 8, WHOLE(high[r]), corrections[r], splat(scales[r]) * d1);
        }
    }
    const int32_t *list = x->list + cell, *end = list + x->counts[cell];
    for (; list < end; list++) {
        size_t number = (size_t)*list / 8, r = (size_t)*list % 8, b = number - block;
        size_t place = row * x->blocks + number * rows + r;
        q = x->low + row * x->inputs + 32 * (number * rows + r);
        weights = s->weights + 16 * b;
        s8x32 four = four_of(q);
        sums low = SUMS(weights[0], four), high = SUMS(weights[1], four);
#pragma clang loop unroll(full)
        for (size_t step = 1; step < 8; step++) {
            four = four_of(q + 4 * step);
            low = ADD_SUMS(low, weights[2 * step], four);
            high = ADD_SUMS(high, weights[2 * step + 1], four);
        }
        f32x8 scale = splat(x->scales[place] * (1 / 254.0f));
        add_to(c + r * c_stride, WHOLE(low), x->low_sums[place], scale * load(s->scales + 16 * b));
        add_to(c + r * c_stride + 8, WHOLE(high), x->low_sums[place], scale * load(s->scales + 16 * b + 8));
    }
}
#else
INLINE __m512i four_of(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

/// As above, in registers of 16 columns, which keep the sums of all blocks.
INLINE void tile_q4(const size_t rows, const quantized *x, size_t row, size_t block, const slice *s, size_t blocks,
                    float *c, size_t c_stride, const uint8_t *ahead, size_t lines) {
    const __m512i *weights = (const __m512i *)s->weights;
    size_t cell = row * x->blocks + block * rows;
    const int8_t *q = x->high + row * x->inputs + 32 * block * rows;
    const float *scales = x->scales + cell;
    const int32_t *corrections = x->high_sums + cell;
    __m512 total[6];
    for (size_t r = 0; r < rows; r++) total[r] = _mm512_loadu_ps(c + r * c_stride);
    for (size_t b = 0; b < blocks; b++, scales += rows, corrections += rows) {
        __m512i whole[6];
        for (size_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        for (size_t r = 0; r < rows; r++) whole[r] = _mm512_set1_epi32(corrections[r]);
#pragma clang loop unroll(full)
        for (size_t step = 0; step < 8; step++, q += 4 * rows, weights++)
            for (size_t r = 0; r < rows; r++) whole[r] = _mm512_dpbusd_epi32(whole[r], *weights, four_of(q + 4 * r));
        __m512 scale = _mm512_load_ps(s->scales + 16 * b);
        for (size_t r = 0; r < rows; r++)
            total[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[r]), _mm512_mul_ps(_mm512_set1_ps(scales[r]), scale), total[r]);
    }
    for (size_t r = 0; r < rows; r++) _mm512_storeu_ps(c + r * c_stride, total[r]);
    const int32_t *list = x->list + cell, *end = list + x->counts[cell];
    for (; list < end; list++) {
        size_t number = (size_t)*list / 8, r = (size_t)*list % 8, b = number - block;
        size_t place = row * x->blocks + number * rows + r;
        q = x->low + row * x->inputs + 32 * (number * rows + r);
        weights = (const __m512i *)s->weights + 8 * b;
        __m512i even = _mm512_set1_epi32(x->low_sums[place]), odd = _mm512_setzero_si512();
#pragma clang loop unroll(full)
        for (size_t step = 0; step < 8; step += 2) {
            even = _mm512_dpbusd_epi32(even, weights[step], four_of(q + 4 * step));
            odd = _mm512_dpbusd_epi32(odd, weights[step + 1], four_of(q + 4 * step + 4));
        }
        __m512 scale = _mm512_mul_ps(_mm512_set1_ps(x->scales[place] * (1 / 254.0f)), _mm512_load_ps(s->scales + 16 * b));
        float *target = c + r * c_stride;
        __m512 sum = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
        _mm512_storeu_ps(target, _mm512_fmadd_ps(sum, scale, _mm512_loadu_ps(target)));
    }
}
#endif

/// A panel of 16 outputs, for all rows; leads `packed` to the next.
static const uint8_t *SET(panel_q4)(const quantized *x, size_t rows, const uint8_t *packed, const float *bias,
                                    float *out, size_t out_stride) {
    slice s;
    size_t lines = rows ? (5 + (rows + 5) / 6 - 1) / ((rows + 5) / 6) : 0;
    for (size_t row = 0; row < rows; row++) memcpy(out + row * out_stride, bias, 64);
    for (size_t block = 0; block < x->blocks; block += SLICE) {
        size_t blocks = x->blocks - block < SLICE ? x->blocks - block : SLICE;
        widen(packed, blocks, &s);
        packed += blocks * 320;
#define TILE(R)                                                                                                    \
    tile_q4(R, x, row, block, &s, blocks, out + row * out_stride, out_stride, packed + group * blocks * lines * 64, lines)
        FOR_GROUPS(rows, TILE)
#undef TILE
    }
    return packed;
}

static void SET(linear_q4)(const void *rows_memory, size_t rows, const uint8_t *packed, const float *bias,
                           size_t inputs, size_t outputs, float *out, size_t out_stride) {
    quantized x = parts(rows_memory, rows, inputs);
    for (size_t first = 0; first < outputs; first += 16)
        packed = SET(panel_q4)(&x, rows, packed, bias + first, out + first, out_stride);
}

static void SET(feed_q4)(const void *rows_memory, size_t rows, const uint8_t *packed, const float *bias, size_t inputs,
                         size_t outputs, int activation, void *next_memory, float *scratch) {
    quantized x = parts(rows_memory, rows, inputs), next = parts(next_memory, rows, outputs);
    for (size_t block = 0; block < next.blocks; block++) {
        packed = SET(panel_q4)(&x, rows, packed, bias + 32 * block, scratch, 32);
        packed = SET(panel_q4)(&x, rows, packed, bias + 32 * block + 16, scratch + 16, 32);
        SET(activate)(scratch, 32 * rows, activation);
#define NEXT(R) quantize_block(R, scratch + 32 * row, 32, &next, row, block)
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
