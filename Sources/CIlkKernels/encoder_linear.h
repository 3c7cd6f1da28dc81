// Linear layers in f32: part of encoder_body.h.

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
