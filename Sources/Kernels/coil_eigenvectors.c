// Choice of the eigenvector kernels at run time: the same set as the convolution kernels'.
#include <string.h>

#include "Kernels.h"
#include "shared.h"

extern const coil_eigenvector_table coil_eigenvectors_kernels_avx512,
    coil_eigenvectors_kernels_avx2, coil_eigenvectors_kernels_plain;

const coil_eigenvector_table *coil_eigenvectors_named(const char *name) {
  if (!kernels_named(name)) return NULL;
#if defined(__x86_64__)
  if (strcmp(name, "avx512") == 0) return &coil_eigenvectors_kernels_avx512;
  if (strcmp(name, "avx2") == 0) return &coil_eigenvectors_kernels_avx2;
#endif
  return &coil_eigenvectors_kernels_plain;
}

const coil_eigenvector_table *coil_eigenvectors(void) {
  return coil_eigenvectors_named(kernels()->name);
}
