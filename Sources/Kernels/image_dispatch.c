// Choice of the image kernels at run time.
#include "Kernels.h"
#include "shared.h"

extern const image_kernel_table image_kernels_avx512, image_kernels_avx2, image_kernels_plain;

static const image_kernel_table *beside(const kernel_table *table) {
#if defined(__x86_64__)
  if (table == &kernels_avx512) return &image_kernels_avx512;
  if (table == &kernels_avx2) return &image_kernels_avx2;
#endif
  return table ? &image_kernels_plain : NULL;
}

const image_kernel_table *image_kernels(void) { return beside(kernels()); }

const image_kernel_table *image_kernels_named(const char *name) {
  return beside(kernels_named(name));
}

size_t kernels_wavelet_scratch(int columns, int taps) {
  // Two lines, one with its wrapped ends in two parts, its even and odd samples, and a whole row.
  return 10 * (size_t)columns + 4 * (size_t)taps;
}

size_t kernels_variation_scratch(int columns) { return 4 * (size_t)columns; }
