#include "product_sets.h"

static inline size_t least_plain(const float *values) {
    size_t least = 0;
    for (size_t i = 1; i < 16; i++)
        if (values[i] < values[least]) least = i;
    return least;
}

ENCODE_PARTS(encode_plain, , least_plain)
TABULATE_PARTS(tabulate_plain, )

static size_t scan_plain(
    const uint8_t *table, const uint8_t *codes, size_t parts, size_t blocks, const float *scale, const float *bias,
    float base, float least, float step, float bound, uint32_t *places, float *distances) {
    size_t found = 0;
    for (size_t block = 0; block < blocks; block++) {
        uint32_t sums[ilk_product_block] = {0};
        for (size_t part = 0; part < parts; part += 2, codes += ilk_product_block)
            for (size_t i = 0; i < ilk_product_block; i++)
                sums[i] += (uint32_t)table[16 * part + (codes[i] & 15)] + table[16 * part + 16 + (codes[i] >> 4)];
        for (size_t i = 0; i < ilk_product_block; i++, scale++, bias++) {
            float distance = base + *scale * (least + step * (float)sums[i]) + *bias;
            if (!(distance < bound)) continue;
            places[found] = (uint32_t)(ilk_product_block * block + i);
            distances[found++] = distance;
        }
    }
    return found;
}

const ilk_product_kernels ilk_product_kernels_plain = {"plain", encode_plain, tabulate_plain, scan_plain};
