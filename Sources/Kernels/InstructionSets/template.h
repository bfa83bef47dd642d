// The kernels, written once over the vector width. Included by avx512.c, avx2.c and plain.c, which
// define LANES (floats per vector), VECTORS (vectors per block of convolutions at most) and SET, the
// name of the instruction set.
#include <string.h>

#include "../rounding.h"
#include "Kernels.h"

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int ivec __attribute__((vector_size(LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("unroll")
#define JOINED_(a, b) a##b
#define JOINED(a, b) JOINED_(a, b)
#define QUOTED_(a) #a
#define QUOTED(a) QUOTED_(a)
/// The name of this set's table of one kind of kernels, and that of the set in quotes.
#define TABLE(kind) JOINED(kind, SET)
#define NAME QUOTED(SET)

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec x) { *(vec *)p = x; }
INLINE vec broadcast(float x) { return x - (vec){}; }
INLINE vec choose(ivec condition, vec yes, vec no) {
  return (vec)(((ivec)yes & condition) | ((ivec)no & ~condition));
}
INLINE vec leaky(vec x, float slope) { return choose(x > 0, x, x * slope); }

#include "../Coils/coil_eigenvectors.h"
#include "../Convolution/convolutions.h"
#include "../Elements/elements.h"
#include "../Elements/complex_vectors.h"
#include "../Fourier/fourier.h"
#include "../Images/images.h"
