// Activation, padding, up-sampling, optimiser. Part of template.h.

INLINE void activate(const float *x, int count, float slope, float *out) {
  int i = 0;
  for (; i + LANES <= count; i += LANES) store(out + i, leaky(load(x + i), slope));
  for (; i < count; i++) out[i] = x[i] > 0 ? x[i] : x[i] * slope;
}

static void pad_rows(const float *input, int rows, int columns, int channels, int border,
                     int padded_rows, int padded_columns, float slope, int first_row, int end_row,
                     float *output) {
  (void)padded_rows;
  ptrdiff_t width = (ptrdiff_t)padded_columns * channels, inner = (ptrdiff_t)columns * channels;
  for (int r = first_row; r < end_row; r++) {
    float *o = output + r * width;
    int y = r - border;
    if (y < 0 || y >= rows) {
      memset(o, 0, sizeof(float) * width);
      continue;
    }
    memset(o, 0, sizeof(float) * border * channels);
    activate(input + y * inner, (int)inner, slope, o + border * channels);
    memset(o + border * channels + inner, 0, sizeof(float) * (width - inner - border * channels));
  }
}

static void upsample_pad_rows(const float *input, int rows, int columns, int channels, int border,
                              int padded_rows, int padded_columns, float slope, int first_row,
                              int end_row, float *output) {
  (void)padded_rows;
  ptrdiff_t width = (ptrdiff_t)padded_columns * channels;
  ptrdiff_t inner = (ptrdiff_t)2 * columns * channels, row = (ptrdiff_t)columns * channels;
  for (int r = first_row; r < end_row; r++) {
    float *o = output + r * width;
    int y = r - border;
    if (y < 0 || y >= 2 * rows) {
      memset(o, 0, sizeof(float) * width);
      continue;
    }
    memset(o, 0, sizeof(float) * border * channels);
    memset(o + border * channels + inner, 0, sizeof(float) * (width - inner - border * channels));
    o += border * channels;
    int near = y / 2, far = (y & 1) ? near + 1 : near - 1;
    far = far < 0 ? 0 : far >= rows ? rows - 1 : far;
    const float *p = input + near * row, *q = input + far * row;
    for (int x = 0; x < 2 * columns; x++) {
      int x0 = x / 2, x1 = (x & 1) ? x0 + 1 : x0 - 1;
      x1 = x1 < 0 ? 0 : x1 >= columns ? columns - 1 : x1;
      const float *p0 = p + (ptrdiff_t)x0 * channels, *p1 = p + (ptrdiff_t)x1 * channels;
      const float *q0 = q + (ptrdiff_t)x0 * channels, *q1 = q + (ptrdiff_t)x1 * channels;
      float *to = o + (ptrdiff_t)x * channels;
      for (int c = 0; c < channels; c++) {
        float v = .5625f * p0[c] + .1875f * (p1[c] + q0[c]) + .0625f * q1[c];
        to[c] = v > 0 ? v : v * slope;
      }
    }
  }
}

static void upsample_adjoint_rows(const float *gradient, int rows, int columns, int channels,
                                  int first_row, int end_row, float *output) {
  // Gather form: input pixel y receives from output rows 2y - 1 … 2y + 2 with weights ¼ ¾ ¾ ¼; at
  // the edge the repeated sample's share comes back to the edge row itself.
  ptrdiff_t wide = (ptrdiff_t)2 * columns * channels;
  for (int y = first_row; y < end_row; y++) {
    int row[4];
    float row_weight[4] = {.25f, .75f, .75f, .25f};
    for (int k = 0; k < 4; k++) {
      row[k] = 2 * y - 1 + k;
      if (row[k] < 0) row[k] = 0;
      if (row[k] > 2 * rows - 1) row[k] = 2 * rows - 1;
    }
    for (int x = 0; x < columns; x++) {
      float *to = output + ((ptrdiff_t)y * columns + x) * channels;
      int column[4];
      for (int k = 0; k < 4; k++) {
        column[k] = 2 * x - 1 + k;
        if (column[k] < 0) column[k] = 0;
        if (column[k] > 2 * columns - 1) column[k] = 2 * columns - 1;
      }
      for (int c = 0; c < channels; c++) to[c] = 0;
      for (int a = 0; a < 4; a++) {
        const float *from = gradient + row[a] * wide;
        const float *e0 = from + (ptrdiff_t)column[0] * channels;
        const float *e1 = from + (ptrdiff_t)column[1] * channels;
        const float *e2 = from + (ptrdiff_t)column[2] * channels;
        const float *e3 = from + (ptrdiff_t)column[3] * channels;
        float w = row_weight[a];
        for (int c = 0; c < channels; c++)
          to[c] += w * (.25f * (e0[c] + e3[c]) + .75f * (e1[c] + e2[c]));
      }
    }
  }
}

static void activation_gradient_rows(const float *activated, ptrdiff_t activated_row, int border,
                                     int columns, int channels, float slope, const float *added,
                                     int first_row, int end_row, float *gradient) {
  ptrdiff_t inner = (ptrdiff_t)columns * channels;
  for (int r = first_row; r < end_row; r++) {
    const float *a = activated + (r + border) * activated_row + border * channels;
    const float *e = added ? added + r * inner : NULL;
    float *g = gradient + r * inner;
    if (e)
      for (ptrdiff_t i = 0; i < inner; i++) g[i] = g[i] * (a[i] > 0 ? 1 : slope) + e[i];
    else
      for (ptrdiff_t i = 0; i < inner; i++) g[i] = g[i] * (a[i] > 0 ? 1 : slope);
  }
}

static void adam(size_t count, float *value, float *mean, float *square, const float *gradient,
                 float rate, float beta1, float beta2, float epsilon, float correction1,
                 float correction2) {
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i];
    float m = beta1 * mean[i] + (1 - beta1) * g, s = beta2 * square[i] + (1 - beta2) * g * g;
    mean[i] = m;
    square[i] = s;
    value[i] -= rate * (m * correction1) / (__builtin_sqrtf(s * correction2) + epsilon);
  }
}
