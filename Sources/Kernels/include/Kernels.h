// The hot loops of mri-ilo, single precision.
//
// No function starts a thread or allocates: the caller shares rows, tiles or elements out and lends
// the scratch. Every table of functions exists three times, compiled for AVX-512, for AVX2 with FMA
// and for the compiler's own target (SSE2 on x86-64, NEON on ARM). `kernels()` and its like pick at
// run time what this processor can do; `…_named(name)` gives a table by its set's name, "avx512",
// "avx2" or "plain", or NULL where processor or build lacks it.
#ifndef MRI_ILO_KERNELS_H
#define MRI_ILO_KERNELS_H

#include "CoilEigenvectors.h"
#include "Convolutions.h"
#include "Elements.h"
#include "Fourier.h"
#include "ImageKernels.h"
#include "Vectors.h"

#endif
