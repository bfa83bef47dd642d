// Direct convolution as matrix products. Part of template.h.

// Few outputs: every output is a scalar product along the input channels. LANES pixels at a time, so
// that the sums over lanes are one transposition.
INLINE void narrow_pixels(int outputs, int length, int segments, const float *a,
                          ptrdiff_t lda, ptrdiff_t segment_stride, const float *weights,
                          const float *bias, float *c, ptrdiff_t ldc) {
  for (int o = 0; o < outputs; o++, weights += (ptrdiff_t)segments * length) {
    vec sum[LANES], total = broadcast(bias ? bias[o] : 0);
    UNROLL for (int p = 0; p < LANES; p++) sum[p] = broadcast(0);
    for (int s = 0; s < segments; s++) {
      const float *x = a + s * segment_stride, *w = weights + (ptrdiff_t)s * length;
      int k = 0;
      for (; k + LANES <= length; k += LANES) {
        vec f = load(w + k);
        UNROLL for (int p = 0; p < LANES; p++) sum[p] += load(x + p * lda + k) * f;
      }
      for (; k < length; k++) {
        vec column = broadcast(0);
        UNROLL for (int p = 0; p < LANES; p++) column[p] = x[p * lda + k];
        total += column * w[k];
      }
    }
    transpose(sum);
    UNROLL for (int half = LANES / 2; half > 0; half /= 2)
      UNROLL for (int l = 0; l < half; l++) sum[l] += sum[l + half];
    total += sum[0];
    float lanes[LANES];
    store(lanes, total);
    UNROLL for (int p = 0; p < LANES; p++) c[p * ldc + o] = lanes[p];
  }
}

// The pixels that are left over when LANES at a time are done.
static void narrow_rest(int n, int outputs, int length, int segments, const float *a, ptrdiff_t lda,
                        ptrdiff_t segment_stride, const float *weights, const float *bias, float *c,
                        ptrdiff_t ldc) {
  for (int p = 0; p < n; p++)
    for (int o = 0; o < outputs; o++) {
      float sum[4] = {bias ? bias[o] : 0, 0, 0, 0};
      for (int s = 0; s < segments; s++) {
        const float *x = a + p * lda + s * segment_stride;
        const float *w = weights + ((ptrdiff_t)o * segments + s) * length;
        for (int k = 0; k < length; k++) sum[k % 4] += x[k] * w[k];
      }
      c[p * ldc + o] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    }
}

static void narrow_row(int n, int outputs, int length, int segments, const float *a, ptrdiff_t lda,
                       ptrdiff_t segment_stride, const float *weights, const float *bias, float *c,
                       ptrdiff_t ldc) {
  for (; n >= LANES; n -= LANES, a += LANES * lda, c += LANES * ldc)
    narrow_pixels(outputs, length, segments, a, lda, segment_stride, weights, bias, c, ldc);
  narrow_rest(n, outputs, length, segments, a, lda, segment_stride, weights, bias, c, ldc);
}

// Gate and addition for `channels` channels of a row that the products were written to: `from` with
// `from_pixel` floats a pixel. Where nothing is to be done, nothing is.
static void finish_row(const feature_output *o, int image, int row, int first_channel, int channels,
                       const float *from, ptrdiff_t from_pixel) {
  ptrdiff_t at = image * o->image + row * o->row + first_channel;
  float *to = o->values + at;
  const float *added = o->added ? o->added + at : NULL;
  const float *gate =
      o->gate ? o->gate + image * o->gate_image + row * o->gate_row + first_channel : NULL;
  if (from == to && !added && !gate) return;
  for (int x = 0; x < o->columns; x++) {
    int c = 0;
    for (; c + LANES <= channels; c += LANES)
      store(to + c, finish(load(from + c), gate ? gate + c : NULL, o->slope,
                           added ? added + c : NULL));
    for (; c < channels; c++) {
      float v = from[c];
      if (gate) v = gate[c] > 0 ? v : v * o->slope;
      to[c] = added ? v + added[c] : v;
    }
    from += from_pixel;
    to += o->pixel;
    if (added) added += o->pixel;
    if (gate) gate += o->gate_pixel;
  }
}

static void direct_rows(const direct_convolution *d, int image, int first_row, int end_row,
                        float *scratch) {
  const feature_view *input = &d->input;
  const feature_output *output = &d->output;
  int in = input->channels, out = output->channels;
  ptrdiff_t pixel = (ptrdiff_t)d->stride * in, row, step;
  const float *a;
  if (d->kernel_rows == 1 && d->kernel_columns == 1 && input->slope == 1) {
    a = input->values + image * input->image + first_row * input->row * d->stride;
    step = input->row;
    pixel = d->stride * input->pixel;
  } else {
    int first_column = -d->left, top = first_row * d->stride - d->top;
    int end_column = (output->columns - 1) * d->stride - d->left + d->kernel_columns;
    int bottom = (end_row - 1) * d->stride - d->top + d->kernel_rows;
    copy_window(input, image, top, bottom, first_column, end_column, in, scratch);
    a = scratch;
    step = (ptrdiff_t)(end_column - first_column) * in;
    scratch += (bottom - top) * step;
  }
  row = d->stride * step;
  int length = d->kernel_columns * in;
  if (out <= KERNELS_NARROW) {
    for (int r = first_row; r < end_row; r++, a += row) {
      float *to = output->values + image * output->image + r * output->row;
      narrow_row(output->columns, out, length, d->kernel_rows, a, pixel, step, d->weights,
                 output->bias, to, output->pixel);
      finish_row(output, image, r, 0, out, to, output->pixel);
    }
    return;
  }
  int block = block_size(out), V = block / LANES, blocks = round_up_16(out) / block;
  ptrdiff_t block_weights = (ptrdiff_t)d->kernel_rows * length * block;
  for (int o = 0; o < blocks; o++)
    for (int r = first_row; r < end_row; r++) {
      const float *bias = output->bias ? output->bias + o * block : NULL;
      int channels = smaller(block, out - o * block);
      // The last block may have channels that do not exist: it goes through scratch.
      int whole = channels == block;
      float *to = whole ? output->values + image * output->image + r * output->row + o * block
                        : scratch;
      ptrdiff_t to_pixel = whole ? output->pixel : block;
      tile_row(output->columns, V, length, d->kernel_rows, a + (r - first_row) * row, pixel, step,
               d->weights + o * block_weights, bias, to, to_pixel);
      finish_row(output, image, r, o * block, channels, to, to_pixel);
    }
}
