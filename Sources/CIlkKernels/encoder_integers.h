// Linear layers in integers: part of encoder_body.h.

// Rows as integers: a block of 32 inputs has a scale and an 8-bit integer for each input; a block with an outlier, whose
// other inputs would be coarse, has a second integer for what the first left over. Weights are unsigned integers: of 4 bits,
// 8 too large, or of 8 bits, 128 too large, which the sums of a block's integers put right.

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

/// Weights of 32 inputs for 16 columns, for each four inputs columns 0–7 and 8–15; and the columns' scales.
typedef struct block {
    u8x32 weights[16];
    float scales[16];
} __attribute__((aligned(64))) block;

/// Bytes of a block's 4-bit weights and scales.
#define NARROW_BLOCK 320

INLINE void widen(const uint8_t *packed, size_t blocks, block *wide) {
    for (size_t b = 0; b < blocks; b++, packed += NARROW_BLOCK) {
        for (size_t four = 0; four < 8; four++) {
            u8x32 both;
            memcpy(&both, packed + 32 * four, sizeof both);
            wide[b].weights[2 * four] = both & 15;
            wide[b].weights[2 * four + 1] = both >> 4;
        }
        memcpy(wide[b].scales, packed + 256, 64);
    }
}

/// What a block's sums are corrected by, as a multiple of what `quantized` keeps: the excess of weights over that of 4 bits.
INLINE int32_t excess(const int bits) { return bits == 4 ? 1 : 16; }

#ifndef WIDE_TILE
/// Four neighbouring integers in every lane of 32 bits.
INLINE s8x32 four_of(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return (s8x32)(s32x8){four, four, four, four, four, four, four, four};
}

/// Four bits of weights, which are 4-bit ones or halves of 8-bit ones: without VNNI the sums of a block have 16 bits.
typedef enum { ALL, LOW, HIGH } half;

INLINE u8x32 take(const half part, u8x32 w) { return part == LOW ? w & 15 : part == HIGH ? w >> 4 : w; }

/// Sums of a block's products, for some rows and eight columns each; four integers of a row are `apart` bytes apart.
INLINE void half_products(const half part, const size_t rows, const u8x32 *weights, const int8_t *q, size_t apart,
                          s32x8 low[6], s32x8 high[6]) {
    sums low_sums[6], high_sums[6];
    u8x32 w0 = take(part, weights[0]), w1 = take(part, weights[1]);
    for (size_t r = 0; r < rows; r++) {
        s8x32 four = four_of(q + 4 * r);
        low_sums[r] = SUMS(w0, four);
        high_sums[r] = SUMS(w1, four);
    }
#pragma clang loop unroll(full)
    for (size_t step = 1; step < 8; step++) {
        w0 = take(part, weights[2 * step]), w1 = take(part, weights[2 * step + 1]);
        for (size_t r = 0; r < rows; r++) {
            s8x32 four = four_of(q + apart * step + 4 * r);
            low_sums[r] = ADD_SUMS(low_sums[r], w0, four);
            high_sums[r] = ADD_SUMS(high_sums[r], w1, four);
        }
    }
    for (size_t r = 0; r < rows; r++) low[r] = WHOLE(low_sums[r]), high[r] = WHOLE(high_sums[r]);
}

INLINE void products(const int bits, const size_t rows, const u8x32 *weights, const int8_t *q, size_t apart, s32x8 low[6],
                     s32x8 high[6]) {
    s32x8 more_low[6], more_high[6];
    half_products(bits == 4 ? ALL : LOW, rows, weights, q, apart, low, high);
    if (bits == 4) return;
    half_products(HIGH, rows, weights, q, apart, more_low, more_high);
    for (size_t r = 0; r < rows; r++) low[r] += more_low[r] << 4, high[r] += more_high[r] << 4;
}

INLINE void add_to(float *c, s32x8 products, int32_t correction, f32x8 scale) {
    s32x8 right = products + correction;
    store(c, load(c) + __builtin_convertvector(right, f32x8) * scale);
}

/// Adds the products of some blocks, the first of which is number `first`, to `c`, for the rows of a group that begins at `row`.
///
/// With every block it asks for `lines` cache lines from `ahead` on: the blocks behind these arrive meanwhile.
INLINE void tile_integers(const int bits, const size_t rows, const quantized *x, size_t row, size_t first,
                          const block *w, size_t blocks, float *c, size_t c_stride, const uint8_t *ahead, size_t lines) {
    size_t cell = row * x->blocks + first * rows;
    const int8_t *q = x->high + row * x->inputs + 32 * first * rows;
    const float *scales = x->scales + cell;
    const int32_t *corrections = x->high_sums + cell;
    s32x8 low[6], high[6];
    for (size_t b = 0; b < blocks; b++, scales += rows, corrections += rows, q += 32 * rows) {
        for (size_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        products(bits, rows, w[b].weights, q, 4 * rows, low, high);
        f32x8 d0 = load(w[b].scales), d1 = load(w[b].scales + 8);
        for (size_t r = 0; r < rows; r++) {
            float *place = c + r * c_stride;
            int32_t correction = excess(bits) * corrections[r];
            add_to(place, low[r], correction, splat(scales[r]) * d0);
            add_to(place + 8, high[r], correction, splat(scales[r]) * d1);
        }
    }
    const int32_t *list = x->list + cell, *end = list + x->counts[cell];
    for (; list < end; list++) {
        size_t number = (size_t)*list / 8, r = (size_t)*list % 8, b = number - first;
        size_t place = row * x->blocks + number * rows + r;
        products(bits, 1, w[b].weights, x->low + row * x->inputs + 32 * (number * rows + r), 4, low, high);
        f32x8 scale = splat(x->scales[place] * (1 / 254.0f));
        int32_t correction = excess(bits) * x->low_sums[place];
        add_to(c + r * c_stride, low[0], correction, scale * load(w[b].scales));
        add_to(c + r * c_stride + 8, high[0], correction, scale * load(w[b].scales + 8));
    }
}
#else
INLINE __m512i four_of(const int8_t *q) {
    int32_t four;
    memcpy(&four, q, sizeof four);
    return _mm512_set1_epi32(four);
}

/// As above, in registers of 16 columns, which keep the sums of all blocks.
INLINE void tile_integers(const int bits, const size_t rows, const quantized *x, size_t row, size_t first,
                          const block *w, size_t blocks, float *c, size_t c_stride, const uint8_t *ahead, size_t lines) {
    size_t cell = row * x->blocks + first * rows;
    const int8_t *q = x->high + row * x->inputs + 32 * first * rows;
    const float *scales = x->scales + cell;
    const int32_t *corrections = x->high_sums + cell;
    __m512 total[6];
    for (size_t r = 0; r < rows; r++) total[r] = _mm512_loadu_ps(c + r * c_stride);
    for (size_t b = 0; b < blocks; b++, scales += rows, corrections += rows) {
        const __m512i *weights = (const __m512i *)w[b].weights;
        __m512i whole[6];
        for (size_t line = 0; line < lines; line++, ahead += 64) __builtin_prefetch(ahead, 0, 2);
        for (size_t r = 0; r < rows; r++) whole[r] = _mm512_set1_epi32(excess(bits) * corrections[r]);
#pragma clang loop unroll(full)
        for (size_t step = 0; step < 8; step++, q += 4 * rows)
            for (size_t r = 0; r < rows; r++)
                whole[r] = _mm512_dpbusd_epi32(whole[r], weights[step], four_of(q + 4 * r));
        __m512 scale = _mm512_load_ps(w[b].scales);
        for (size_t r = 0; r < rows; r++)
            total[r] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(whole[r]), _mm512_mul_ps(_mm512_set1_ps(scales[r]), scale), total[r]);
    }
    for (size_t r = 0; r < rows; r++) _mm512_storeu_ps(c + r * c_stride, total[r]);
    const int32_t *list = x->list + cell, *end = list + x->counts[cell];
    for (; list < end; list++) {
        size_t number = (size_t)*list / 8, r = (size_t)*list % 8, b = number - first;
        size_t place = row * x->blocks + number * rows + r;
        q = x->low + row * x->inputs + 32 * (number * rows + r);
        const __m512i *weights = (const __m512i *)w[b].weights;
        __m512i even = _mm512_set1_epi32(excess(bits) * x->low_sums[place]), odd = _mm512_setzero_si512();
#pragma clang loop unroll(full)
        for (size_t step = 0; step < 8; step += 2) {
            even = _mm512_dpbusd_epi32(even, weights[step], four_of(q + 4 * step));
            odd = _mm512_dpbusd_epi32(odd, weights[step + 1], four_of(q + 4 * step + 4));
        }
        __m512 scale = _mm512_mul_ps(_mm512_set1_ps(x->scales[place] * (1 / 254.0f)), _mm512_load_ps(w[b].scales));
        float *target = c + r * c_stride;
        __m512 sum = _mm512_cvtepi32_ps(_mm512_add_epi32(even, odd));
        _mm512_storeu_ps(target, _mm512_fmadd_ps(sum, scale, _mm512_loadu_ps(target)));
    }
}
#endif

/// A panel of 16 outputs, for all rows; leads `packed` to the next.
INLINE const uint8_t *panel(const int bits, const quantized *x, size_t rows, const uint8_t *packed, const float *bias,
                            float *out, size_t out_stride) {
    block widened[SLICE];
    size_t size = bits == 4 ? NARROW_BLOCK : sizeof(block), groups = (rows + 5) / 6;
    size_t lines = groups ? (size / 64 + groups - 1) / groups : 0;
    for (size_t row = 0; row < rows; row++) memcpy(out + row * out_stride, bias, 64);
    for (size_t first = 0; first < x->blocks; first += SLICE) {
        size_t blocks = x->blocks - first < SLICE ? x->blocks - first : SLICE;
        const block *w = (const block *)packed;
        if (bits == 4) widen(packed, blocks, widened), w = widened;
        packed += blocks * size;
#define TILE(R)                                                                                                    \
    tile_integers(bits, R, x, row, first, w, blocks, out + row * out_stride, out_stride, packed + group * blocks * lines * 64, lines)
        FOR_GROUPS(rows, TILE)
#undef TILE
    }
    return packed;
}

static const uint8_t *SET(panel_q4)(const quantized *x, size_t rows, const uint8_t *packed, const float *bias,
                                    float *out, size_t out_stride) {
    return panel(4, x, rows, packed, bias, out, out_stride);
}

static const uint8_t *SET(panel_q8)(const quantized *x, size_t rows, const uint8_t *packed, const float *bias,
                                    float *out, size_t out_stride) {
    return panel(8, x, rows, packed, bias, out, out_stride);
}

static void SET(linear_integers)(const void *rows_memory, size_t rows, const uint8_t *packed, int bits,
                                 const float *bias, size_t inputs, size_t outputs, float *out, size_t out_stride) {
    quantized x = parts(rows_memory, rows, inputs);
    for (size_t first = 0; first < outputs; first += 16)
        packed = (bits == 4 ? SET(panel_q4) : SET(panel_q8))(&x, rows, packed, bias + first, out + first, out_stride);
}

static void SET(feed_integers)(const void *rows_memory, size_t rows, const uint8_t *packed, int bits, const float *bias,
                               size_t inputs, size_t outputs, int activation, void *next_memory, float *scratch) {
    quantized x = parts(rows_memory, rows, inputs), next = parts(next_memory, rows, outputs);
    for (size_t first = 0; first < next.blocks; first++) {
        for (size_t column = 0; column < 32; column += 16)
            packed = (bits == 4 ? SET(panel_q4) : SET(panel_q8))(&x, rows, packed, bias + 32 * first + column, scratch + column, 32);
        SET(activate)(scratch, 32 * rows, activation);
#define NEXT(R) quantize_block(R, scratch + 32 * row, 32, &next, row, first)
        FOR_GROUPS(rows, NEXT)
#undef NEXT
    }
}
