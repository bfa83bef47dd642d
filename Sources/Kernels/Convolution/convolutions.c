// Scratch sizes and weight packing of the convolution kernels.
#include <string.h>

#include "Kernels.h"
#include "sizes.h"

int kernels_winograd_tiles(const feature_view *view) {
  return view->batch * ((view->rows + 3) / 4) * ((view->columns + 3) / 4);
}

size_t kernels_direct_scratch(const direct_convolution *d, int rows) {
  size_t width = (size_t)(d->output.columns - 1) * d->stride + d->kernel_columns;
  size_t height = (size_t)(rows - 1) * d->stride + d->kernel_rows;
  // A block has at most 64 channels.
  return height * width * d->input.channels + (size_t)64 * d->output.columns;
}

size_t kernels_winograd_scratch(int in, int out) {
  int tiles = winograd_tiles_at_once(in, out);
  return 36 * (winograd_plane(tiles, in) + winograd_plane(tiles, out) + round_up_16(in));
}

size_t kernels_weight_gradient_scratch(const weight_gradient *g) {
  size_t taps = (size_t)g->kernel_rows * g->kernel_columns;
  size_t out = round_up_16(g->output_gradient.channels);
  size_t columns = g->output_gradient.columns, rows = gradient_rows_together(g);
  size_t width = (columns - 1) * g->stride + g->kernel_columns;
  size_t height = (rows - 1) * g->stride + g->kernel_rows;
  return (taps * out + height * width) * g->input.channels + rows * columns * out;
}

size_t kernels_winograd_gradient_scratch(channel_block b) {
  int tiles = winograd_gradient_tiles_at_once(b.ins, b.outs);
  int channels = round_up_16(larger(b.ins, b.outs));
  return 36 * (winograd_plane(tiles, b.ins) + winograd_plane(tiles, b.outs) +
               winograd_plane(b.ins, b.outs) + channels) +
         (size_t)9 * 16 * b.ins;
}

size_t kernels_packed_count(int out, int in, int taps) {
  return (size_t)taps * in * (out <= KERNELS_NARROW ? out : round_up_16(out));
}

void kernels_pack_weights(const kernel_table *table, const float *weights, int out, int in,
                          int kernel_rows, int kernel_columns, int flipped, float *packed) {
  int taps = kernel_rows * kernel_columns, to = flipped ? in : out, from = flipped ? out : in;
  if (to <= KERNELS_NARROW) {
    for (int t = 0; t < to; t++)
      for (int k = 0; k < taps; k++)
        for (int f = 0; f < from; f++)
          *packed++ = flipped ? weights[((ptrdiff_t)f * in + t) * taps + taps - 1 - k]
                              : weights[((ptrdiff_t)t * in + f) * taps + k];
    return;
  }
  int block = table->block(to), blocks = round_up_16(to) / block;
  for (int b = 0; b < blocks; b++)
    for (int k = 0; k < taps; k++)
      for (int f = 0; f < from; f++)
        for (int l = 0; l < block; l++) {
          int t = b * block + l;
          float w = 0;
          if (t < to)
            w = flipped ? weights[((ptrdiff_t)f * in + t) * taps + taps - 1 - k]
                        : weights[((ptrdiff_t)t * in + f) * taps + k];
          *packed++ = w;
        }
}

void kernels_pack_stride2_adjoint(const kernel_table *table, const float *weights, int out, int in,
                                  int row_phase, int column_phase, float *packed) {
  // Input row Y (unpadded) meets output rows o - 1 (kernel row parity + 2) and o (kernel row
  // parity), where parity = (Y + 1) mod 2 and o = (Y + 1 - parity) / 2; columns likewise.
  int narrow = in <= KERNELS_NARROW, block = narrow ? 1 : table->block(in);
  int blocks = narrow ? in : round_up_16(in) / block;
  int row_parity = (row_phase + 1) % 2, column_parity = (column_phase + 1) % 2;
  for (int b = 0; b < blocks; b++)
    for (int r = 0; r < 2; r++)
      for (int c = 0; c < 2; c++)
        for (int o = 0; o < out; o++)
          for (int l = 0; l < block; l++) {
            int i = b * block + l, kr = row_parity + 2 * (1 - r), kc = column_parity + 2 * (1 - c);
            *packed++ = i < in ? weights[(((ptrdiff_t)o * in + i) * 4 + kr) * 4 + kc] : 0;
          }
}
