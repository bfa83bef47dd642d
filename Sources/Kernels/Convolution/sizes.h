// Sizes of blocks and scratch that the convolution kernels and their callers agree on.
#ifndef MRI_ILO_CONVOLUTION_SIZES_H
#define MRI_ILO_CONVOLUTION_SIZES_H

#include "../rounding.h"
#include "Convolutions.h"

/// Floats between two planes of a Winograd block: an odd number of cache lines, so that the 36 planes
/// of one tile do not fall on the same few sets of the first-level cache.
static inline ptrdiff_t winograd_plane(int tiles, int channels) {
  return ((ptrdiff_t)tiles * round_up_16(channels) / 16 | 1) * 16;
}

/// Tiles that a forward pass takes at a time.
static inline int winograd_tiles_at_once(int in, int out) {
  in = round_up_16(in);
  out = round_up_16(out);
  // The block stays in the second-level cache beside the weights of a plane or two; from 12 to 96
  // tiles the speed differs by less than a tenth (64 channels: 344 at 12, 246 at 96).
  return smaller(larger(256 * 1024 / (144 * (in + out)) / 12 * 12, 12), 48);
}

/// Tiles that a weight gradient takes at a time.
static inline int winograd_gradient_tiles_at_once(int ins, int outs) {
  int fit = 300 * 1024 / (144 * (round_up_16(ins) + round_up_16(outs))) / 8 * 8;
  return smaller(larger(fit, 8), 32);
}

/// Rows that a direct weight gradient takes together, so that input and gradient stay in the
/// second-level cache while all pairs of channels go over them.
static inline int gradient_rows_together(const weight_gradient *g) {
  ptrdiff_t row = (ptrdiff_t)g->output_gradient.columns *
                  (g->stride * g->stride * g->input.channels +
                   round_up_16(g->output_gradient.channels));
  return larger(1, smaller(g->output_gradient.rows, (int)(64 * 1024 / (row + 1))));
}

#endif
