#pragma once
#include <stddef.h>
#include <stdint.h>

/// What stands between the two linear layers of a feed-forward part.
enum {
    /// GELU by the error function.
    ILK_GELU,
    /// GELU by the hyperbolic tangent.
    ILK_GELU_TANH,
    ILK_RELU
};

/// What a transformer encoder computes, for one kind of CPU.
///
/// Matrices are row-major with a stride in elements. `outputs` of a packed matrix count in panels of 16: an output row
/// has room for `ilk_panels(outputs) * 16` floats, the bias too, and all of them are written. No function allocates or
/// traps, and pointers may not alias unless said otherwise.
typedef struct ilk_encoder_kernels {
    /// "avx512", "avx2" or "plain".
    const char *name;

    /// `out = a · wᵀ + bias` with weights as `ilk_pack_f32` laid them out.
    void (*linear_f32)(const float *a, size_t a_stride, size_t rows, const float *packed, const float *bias,
                       size_t inputs, size_t outputs, float *out, size_t out_stride);

    /// Rows as integers with one scale per block of 32 inputs; `inputs` is a multiple of 32.
    ///
    /// A block's integers have 8 bits, those of a block with an outlier 16. `quantized` has room for
    /// `ilk_quantized_size(rows, inputs)` bytes, 4-byte aligned; their order follows the number of rows, so whoever
    /// reads them has to know the same number.
    void (*quantize)(const float *a, size_t a_stride, size_t rows, size_t inputs, void *quantized);

    /// `out = a · wᵀ + bias` for rows of `quantize` and weights of 4 or 8 `bits`, as `ilk_pack_q4` and `ilk_pack_q8` laid
    /// them out; `packed` begins at a cache line.
    ///
    /// A block's sums are exact integers below 2^24, and so is their way into f32.
    void (*linear_integers)(const void *quantized, size_t rows, const uint8_t *packed, int bits, const float *bias,
                            size_t inputs, size_t outputs, float *out, size_t out_stride);

    /// `quantize(activation(a · wᵀ + bias))`, which never leaves the nearest caches; `outputs` is a multiple of 32.
    ///
    /// `scratch` has room for `rows * 32` floats.
    void (*feed_integers)(const void *quantized, size_t rows, const uint8_t *packed, int bits, const float *bias,
                          size_t inputs, size_t outputs, int activation, void *next, float *scratch);

    /// `softmax(q · kᵀ · scale) · v` of one head of one text; the three share a stride.
    ///
    /// `scratch` has room for `ilk_attention_scratch(tokens, size)` floats.
    void (*attention)(const float *q, const float *k, const float *v, size_t stride, size_t tokens, size_t size,
                      float scale, float *scratch, float *out, size_t out_stride);

    /// `x = norm(x + delta) * gain + bias`, row by row; without `delta` where it is null.
    void (*add_norm)(float *x, size_t x_stride, const float *delta, size_t delta_stride, size_t rows, size_t count,
                     const float *gain, const float *bias, float epsilon);

    /// Applies `ILK_GELU`, `ILK_GELU_TANH` or `ILK_RELU` in place, to 1e-6.
    void (*activate)(float *x, size_t count, int activation);
} ilk_encoder_kernels;

/// The set chosen for this CPU when the program was loaded; `ILK_KERNELS` names another one, as for the distances.
const ilk_encoder_kernels *ilk_encoder_kernels_selected(void);

/// Every set that this CPU can run, the plain one first; returns how many were written to `sets`.
size_t ilk_encoder_kernels_available(const ilk_encoder_kernels *sets[3]);

/// Panels of 16 outputs.
static inline size_t ilk_panels(size_t outputs) { return (outputs + 15) / 16; }

/// Floats that `ilk_pack_f32` writes.
static inline size_t ilk_packed_f32_count(size_t inputs, size_t outputs) { return ilk_panels(outputs) * 16 * inputs; }

/// Bytes that `ilk_pack_q4` writes: for each panel and block of 32 inputs 256 bytes of weights and 16 scales.
static inline size_t ilk_packed_q4_size(size_t inputs, size_t outputs) {
    return ilk_panels(outputs) * (inputs / 32) * 320;
}

/// Bytes that `ilk_pack_q8` writes: for each panel and block of 32 inputs 512 bytes of weights and 16 scales.
static inline size_t ilk_packed_q8_size(size_t inputs, size_t outputs) {
    return ilk_panels(outputs) * (inputs / 32) * 576;
}

/// Bytes that `quantize` needs for so many rows.
static inline size_t ilk_quantized_size(size_t rows, size_t inputs) { return rows * (2 * inputs + inputs / 32 * 20); }

/// Floats of scratch that the attention over so many tokens needs.
static inline size_t ilk_attention_scratch(size_t tokens, size_t size) {
    size_t keys = (tokens + 15) / 16 * 16, columns = (size + 15) / 16 * 16;
    return keys * size + tokens * columns + 6 * keys + 6 * 16;
}

/// Lays `weights`, `outputs` rows of `inputs` floats, out as panels of 16 outputs, the inputs one after the other.
void ilk_pack_f32(const float *weights, size_t inputs, size_t outputs, float *packed);

/// Lays rows of Q4_0 blocks out as panels of 16 outputs.
///
/// A block is an f16 scale and 16 bytes, each with weight j in its low and j + 16 in its high half; a weight is
/// (half - 8) * scale. Any bytes are allowed; no alignment is required of `blocks`.
void ilk_pack_q4(const uint8_t *blocks, size_t inputs, size_t outputs, uint8_t *packed);

/// Rounds `weights`, `outputs` rows of `inputs` floats, to 8 bits with a scale for every 32 inputs, and lays them out as
/// panels of 16 outputs.
///
/// A block that has a weight which is no number gets a scale that is none.
void ilk_pack_q8(const float *weights, size_t inputs, size_t outputs, uint8_t *packed);

/// Expands Q4_0 blocks to floats: 32 a block.
void ilk_expand_q4(const uint8_t *blocks, size_t count, float *out);

/// The value of an IEEE half.
float ilk_half(uint16_t bits);

/// Tells the CPU that this thread waits in a loop.
static inline void ilk_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}
