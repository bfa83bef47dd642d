// The kernels for x86-64 with AVX2 and FMA (x86-64-v3): 16 registers of 8 floats, blocks of 16 channels.
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define LANES 8
#define VECTORS 2
#define SET avx2
#include "template.h"
#pragma clang attribute pop
#endif
