// Gradients with respect to weights, directly. Part of template.h.

// Few outputs: vectors along the input channels. c[outputs][length] as `gradient` keeps it,
// [length, outputs].
static void narrow_outer(int n, int length, const float *x, ptrdiff_t ldx, int outputs,
                         const float *d, ptrdiff_t ldd, float *c) {
  for (int o = 0; o < outputs; o++) {
    int k = 0;
    for (; k + LANES <= length;) {
      vec sum[4] = {broadcast(0), broadcast(0), broadcast(0), broadcast(0)};
      int vectors = smaller(4, (length - k) / LANES);
      if (vectors >= 3) {
        vectors = 3;
        for (int p = 0; p < n; p++) {
          vec t = broadcast(d[p * ldd + o]);
          UNROLL for (int v = 0; v < 3; v++) sum[v] += load(x + p * ldx + k + v * LANES) * t;
        }
      } else {
        vectors = 1;
        int p = 0;
        for (; p + 4 <= n; p += 4)
          UNROLL for (int q = 0; q < 4; q++)
            sum[q] += load(x + (p + q) * ldx + k) * d[(p + q) * ldd + o];
        for (; p < n; p++) sum[0] += load(x + p * ldx + k) * d[p * ldd + o];
        sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
      }
      for (int v = 0; v < vectors; v++)
        for (int l = 0; l < LANES; l++) c[(k + v * LANES + l) * outputs + o] += sum[v][l];
      k += vectors * LANES;
    }
    for (; k < length; k++) {
      float sum = 0;
      for (int p = 0; p < n; p++) sum += x[p * ldx + k] * d[p * ldd + o];
      c[k * outputs + o] += sum;
    }
  }
}

// Adds the sums over `n` pixels to `sums` [channels]: rows in float, what is added up in double.
static void add_channel_sums(int n, const float *d, ptrdiff_t ldd, int channels, double *sums) {
  int c = 0;
  for (; c + LANES <= channels; c += LANES) {
    vec part[4] = {broadcast(0), broadcast(0), broadcast(0), broadcast(0)};
    int p = 0;
    for (; p + 4 <= n; p += 4)
      UNROLL for (int q = 0; q < 4; q++) part[q] += load(d + (p + q) * ldd + c);
    for (; p < n; p++) part[0] += load(d + p * ldd + c);
    vec total = (part[0] + part[1]) + (part[2] + part[3]);
    for (int l = 0; l < LANES; l++) sums[c + l] += total[l];
  }
  for (; c < channels; c++) {
    float part[4] = {0, 0, 0, 0};
    int p = 0;
    for (; p + 4 <= n; p += 4)
      UNROLL for (int q = 0; q < 4; q++) part[q] += d[(p + q) * ldd + c];
    for (; p < n; p++) part[0] += d[p * ldd + c];
    sums[c] += (part[0] + part[1]) + (part[2] + part[3]);
  }
}

static void weight_gradient_rows(const weight_gradient *g, int image, int first_row, int end_row,
                                 float *gradient, double *bias_gradient, float *scratch) {
  const feature_view *input = &g->input, *dy = &g->output_gradient;
  int in = input->channels, out = dy->channels, columns = dy->columns;
  int length = g->kernel_columns * in, padded = (out + LANES - 1) / LANES * LANES;
  int narrow = out <= KERNELS_NARROW && length >= LANES;
  int together = gradient_rows_together(g);
  int width = (columns - 1) * g->stride + g->kernel_columns;
  ptrdiff_t step = (ptrdiff_t)width * in, pixel = (ptrdiff_t)g->stride * in;
  // Sums of channels that do not exist have nowhere to go in `gradient`.
  float *sums = padded == out ? gradient : scratch, *rows = scratch;
  ptrdiff_t sum_count = (ptrdiff_t)g->kernel_rows * length * padded;
  if (padded != out && !narrow) {
    clear(sums, sum_count);
    rows += sum_count;
  }
  for (int r0 = first_row; r0 < end_row; r0 += together) {
    int r1 = smaller(r0 + together, end_row);
    int top = r0 * g->stride - g->top, bottom = (r1 - 1) * g->stride - g->top + g->kernel_rows;
    const float *x, *d;
    ptrdiff_t row, row_d, ldx, ldd;
    float *copies = rows;
    if (g->kernel_rows == 1 && input->slope == 1) {
      x = input->values + image * input->image + top * input->row;
      row = input->row;
      ldx = g->stride * input->pixel;
    } else {
      copy_window(input, image, top, bottom, -g->left, width - g->left, in, copies);
      x = copies;
      copies += (bottom - top) * step;
      row = step;
      ldx = pixel;
    }
    if (narrow || padded == out) {
      d = dy->values + image * dy->image + r0 * dy->row;
      row_d = dy->row;
      ldd = dy->pixel;
    } else {
      copy_window(dy, image, r0, r1, 0, columns, padded, copies);
      d = copies;
      ldd = padded;
      row_d = columns * ldd;
    }
    for (int s = 0; s < g->kernel_rows; s++)
      for (int r = 0; r < r1 - r0; r++) {
        const float *from = x + ((ptrdiff_t)r * g->stride + s) * row, *with = d + r * row_d;
        if (narrow)
          narrow_outer(columns, length, from, ldx, out, with, ldd,
                       gradient + (ptrdiff_t)s * length * out);
        else
          outer_block(columns, length, from, ldx, padded, with, ldd, 0,
                      sums + (ptrdiff_t)s * length * padded, padded);
      }
    for (int r = 0; r < r1 - r0; r++) add_channel_sums(columns, d + r * row_d, ldd, out, bias_gradient);
  }
  if (sums != gradient && !narrow)
    for (ptrdiff_t k = 0; k < (ptrdiff_t)g->kernel_rows * length; k++)
      for (int o = 0; o < out; o++) gradient[k * out + o] += sums[k * padded + o];
}
