// Direct convolution as matrix products. Part of template.h.

static void direct_rows(const direct_convolution *d, int first_row, int end_row, float *scratch) {
  int block = block_size(d->output_channels), V = block / LANES;
  int padded = round_up_16(d->output_channels), blocks = padded / block;
  ptrdiff_t block_weights = (ptrdiff_t)d->segments * d->segment_length * block;
  int whole = padded == d->output_channels;
  for (int o = 0; o < blocks; o++)
    for (int r = first_row; r < end_row; r++) {
      const float *a = d->input + r * d->input_row;
      const float *bias = d->bias ? d->bias + o * block : NULL;
      ptrdiff_t at = r * d->output_row + (ptrdiff_t)o * block;
      if (whole) {
        tile_row(d->columns, V, d->segment_length, d->segments, a, d->input_pixel,
                 d->segment_stride, d->weights + o * block_weights, bias,
                 d->residual ? d->residual + at : NULL, d->output + at, d->output_pixel);
        continue;
      }
      // The last block has channels that do not exist: it goes through scratch.
      tile_row(d->columns, V, d->segment_length, d->segments, a, d->input_pixel,
               d->segment_stride, d->weights + o * block_weights, bias, NULL, scratch, block);
      int channels = d->output_channels - o * block < block ? d->output_channels - o * block : block;
      for (int p = 0; p < d->columns; p++)
        for (int c = 0; c < channels; c++) {
          ptrdiff_t i = at + p * d->output_pixel + c;
          d->output[i] = scratch[(ptrdiff_t)p * block + c] + (d->residual ? d->residual[i] : 0);
        }
    }
}
