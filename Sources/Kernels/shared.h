#ifndef MRI_ILO_KERNELS_SHARED_H
#define MRI_ILO_KERNELS_SHARED_H

#include "Fourier.h"
#include "Kernels.h"
#include "Vectors.h"

static inline int round_up_16(int channels) { return (channels + 15) / 16 * 16; }

extern const kernel_table kernels_avx512, kernels_avx2, kernels_plain;
extern const fourier_table fourier_avx512, fourier_avx2, fourier_plain;
extern const vector_table vectors_avx512, vectors_avx2, vectors_plain;

#endif
