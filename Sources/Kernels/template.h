// The kernels, written once over the vector width. Included by avx512.c, avx2.c and plain.c, which
// define LANES (floats per vector), VECTORS (vectors per block at most) and SUFFIX.
#include <string.h>

#include "Kernels.h"
#include "shared.h"

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int ivec __attribute__((vector_size(LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("unroll")

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec x) { *(vec *)p = x; }
INLINE vec broadcast(float x) { return x - (vec){}; }
INLINE vec leaky(vec x, float slope) {
  ivec positive = x > 0;
  vec scaled = x * slope;
  return (vec)(((ivec)x & positive) | ((ivec)scaled & ~positive));
}

static int block_size(int output_channels) {
  int padded = round_up_16(output_channels), lanes = VECTORS * LANES;
  while (padded % lanes != 0) lanes /= 2;
  return lanes;
}

#include "tiles.h"

#include "direct.h"
#include "elementwise.h"
#include "fourier.h"
#include "vectors.h"
#include "weight_gradient.h"
#include "winograd.h"

const kernel_table SUFFIX = {NAME,
                             block_size,
                             direct_rows,
                             winograd_tiles,
                             weight_gradient_rows,
                             winograd_weights,
                             pad_rows,
                             upsample_pad_rows,
                             upsample_adjoint_rows,
                             activation_gradient_rows,
                             adam};
