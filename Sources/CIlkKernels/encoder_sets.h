#pragma once
#include "ilk_encoder.h"

extern const ilk_encoder_kernels ilk_encoder_kernels_plain;
#if defined(__x86_64__)
extern const ilk_encoder_kernels ilk_encoder_kernels_avx2;
extern const ilk_encoder_kernels ilk_encoder_kernels_avx512;
#endif

/// A set of the functions that `encoder_body.h` made.
#define TABLE(name)                                                                                                \
    {                                                                                                              \
        name, SET(linear_f32), SET(quantize), SET(linear_integers), SET(feed_integers), SET(attention), SET(add_norm),         \
            SET(activate)                                                                              \
    }
