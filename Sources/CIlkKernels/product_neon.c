#include "product_sets.h"

#if defined(__aarch64__)

#include <arm_neon.h>

static inline size_t least_neon(const float *values) {
    float32x4_t fours = vminq_f32(
        vminq_f32(vld1q_f32(values), vld1q_f32(values + 4)), vminq_f32(vld1q_f32(values + 8), vld1q_f32(values + 12)));
    float least = vminvq_f32(fours);
    size_t place = 0;
    while (place < 15 && values[place] != least) place++;
    return place;
}

ENCODE_PARTS(encode_neon, , least_neon)
TABULATE_PARTS(tabulate_neon, )

static size_t scan_neon(
    const uint8_t *table, const uint8_t *codes, size_t parts, size_t blocks, const float *scale, const float *bias,
    float base, float least, float step, float bound, uint32_t *places, float *distances) {
    const uint8x16_t nibble = vdupq_n_u8(15);
    size_t found = 0;
    for (size_t block = 0; block < blocks; block++) {
        uint16x8_t sums[8];
        for (int i = 0; i < 8; i++) sums[i] = vdupq_n_u16(0);
        for (size_t part = 0; part < parts; part += 2, codes += ilk_product_block) {
            uint8x16_t first = vld1q_u8(table + 16 * part), second = vld1q_u8(table + 16 * part + 16);
            for (int i = 0; i < 4; i++) {
                uint8x16_t code = vld1q_u8(codes + 16 * i);
                uint8x16_t sum = vaddq_u8(
                    vqtbl1q_u8(first, vandq_u8(code, nibble)), vqtbl1q_u8(second, vshrq_n_u8(code, 4)));
                sums[2 * i] = vaddw_u8(sums[2 * i], vget_low_u8(sum));
                sums[2 * i + 1] = vaddw_high_u8(sums[2 * i + 1], sum);
            }
        }
        uint16_t all[ilk_product_block];
        for (int i = 0; i < 8; i++) vst1q_u16(all + 8 * i, sums[i]);
        for (size_t i = 0; i < ilk_product_block; i++, scale++, bias++) {
            float distance = base + *scale * (least + step * (float)all[i]) + *bias;
            if (!(distance < bound)) continue;
            places[found] = (uint32_t)(ilk_product_block * block + i);
            distances[found++] = distance;
        }
    }
    return found;
}

const ilk_product_kernels ilk_product_kernels_neon = {"neon", encode_neon, tabulate_neon, scan_neon};

#endif
