// Activation and padding. Part of template.h.

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
