#include <math.h>
#include <string.h>

#include "ilk_encoder.h"

float ilk_half(uint16_t bits) {
    uint32_t sign = (uint32_t)(bits & 0x8000) << 16, exponent = (bits >> 10) & 0x1F, fraction = bits & 0x3FF, word;
    float value;
    if (exponent == 0) {  // zero and the subnormals, which are multiples of 2^-24
        value = (float)fraction * 0x1p-24f;
        return sign ? -value : value;
    }
    word = sign | (exponent == 31 ? 0xFFu : exponent + 112) << 23 | fraction << 13;
    memcpy(&value, &word, sizeof value);
    return value;
}

static uint16_t half_at(const uint8_t *bytes) { return (uint16_t)(bytes[0] | bytes[1] << 8); }

void ilk_expand_q4(const uint8_t *blocks, size_t count, float *out) {
    for (size_t b = 0; b < count; b++, blocks += 18, out += 32) {
        float scale = ilk_half(half_at(blocks));
        for (size_t j = 0; j < 16; j++) {
            out[j] = (float)((blocks[2 + j] & 15) - 8) * scale;
            out[j + 16] = (float)((blocks[2 + j] >> 4) - 8) * scale;
        }
    }
}

void ilk_pack_f32(const float *weights, size_t inputs, size_t outputs, float *packed) {
    for (size_t first = 0; first < outputs; first += 16)
        for (size_t i = 0; i < inputs; i++)
            for (size_t column = first; column < first + 16; column++)
                *packed++ = column < outputs ? weights[column * inputs + i] : 0;
}

/// The four bits of an input in its block.
static uint8_t nibble(const uint8_t *block, size_t input) {
    return input < 16 ? block[2 + input] & 15 : block[2 + input - 16] >> 4;
}

void ilk_pack_q4(const uint8_t *blocks, size_t inputs, size_t outputs, uint8_t *packed) {
    static const uint8_t nothing[18] = {0, 0, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88,
                                        0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88, 0x88};
    size_t per_row = inputs / 32;
    for (size_t first = 0; first < outputs; first += 16)
        for (size_t b = 0; b < per_row; b++, packed += 320) {
            const uint8_t *block[16];
            float scales[16];
            for (size_t column = 0; column < 16; column++) {
                block[column] = first + column < outputs ? blocks + ((first + column) * per_row + b) * 18 : nothing;
                scales[column] = ilk_half(half_at(block[column]));
            }
            // Of byte i of four inputs the low half is the weight of column i / 4 and input i % 4, the high half the
            // one of column 8 + i / 4.
            for (size_t four = 0; four < 8; four++)
                for (size_t i = 0; i < 32; i++)
                    packed[32 * four + i] = (uint8_t)(nibble(block[i / 4], 4 * four + i % 4) |
                                                      nibble(block[8 + i / 4], 4 * four + i % 4) << 4);
            memcpy(packed + 256, scales, sizeof scales);
        }
}

void ilk_pack_q8(const float *weights, size_t inputs, size_t outputs, uint8_t *packed) {
    for (size_t first = 0; first < outputs; first += 16)
        for (size_t b = 0; b < inputs / 32; b++, packed += 576) {
            float scales[16] = {0};
            memset(packed, 128, 512);
            for (size_t column = 0; column < 16 && first + column < outputs; column++) {
                const float *w = weights + (first + column) * inputs + 32 * b;
                float peak = 0, nothing = 0;
                for (size_t i = 0; i < 32; i++) {
                    peak = fabsf(w[i]) > peak ? fabsf(w[i]) : peak;
                    nothing += 0 * w[i];
                }
                scales[column] = peak / 127 + nothing;
                if (nothing != 0 || peak < 1e-30f) continue;
                for (size_t i = 0; i < 32; i++)
                    packed[64 * (i / 4) + 4 * column + i % 4] = (uint8_t)(128 + lrintf(w[i] * (127 / peak)));
            }
            memcpy(packed + 512, scales, sizeof scales);
        }
}
