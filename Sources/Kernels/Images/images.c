// Scratch sizes of the image kernels.
#include "Kernels.h"

size_t kernels_wavelet_scratch(int columns, int taps) {
  // Two lines, one with its wrapped ends in two parts, its even and odd samples, and a whole row.
  return 10 * (size_t)columns + 4 * (size_t)taps;
}

size_t kernels_variation_scratch(int columns) { return 4 * (size_t)columns; }
