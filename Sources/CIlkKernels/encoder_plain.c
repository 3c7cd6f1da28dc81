// Every function that takes a vector is inlined, so no call depends on how they would be passed.
#pragma clang diagnostic ignored "-Wpsabi"

#define SET(name) name##_plain
#include "encoder_body.h"
#include "encoder_sets.h"

const ilk_encoder_kernels ilk_encoder_kernels_plain = TABLE("plain");
