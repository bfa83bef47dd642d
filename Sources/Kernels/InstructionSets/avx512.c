// The kernels for x86-64 with AVX-512 (x86-64-v4): 32 registers of 16 floats, blocks up to 64 channels.
#if defined(__x86_64__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#define LANES 16
#define VECTORS 4
#define SET avx512
#include "template.h"
#pragma clang attribute pop
#endif
