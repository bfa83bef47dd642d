// Gradients with respect to weights. Part of template.h.

// c[I][V * LANES] += sum over pixels of x[p * ldx + i] * d[p * ldd + ...].
INLINE void outer(const int I, const int V, int n, const float *x, ptrdiff_t ldx, const float *d,
                  ptrdiff_t ldd, float *c, ptrdiff_t ldc) {
  vec sum[32];
  UNROLL for (int i = 0; i < I; i++)
    UNROLL for (int v = 0; v < V; v++) sum[i * V + v] = load(c + i * ldc + LANES * v);
  for (int p = 0; p < n; p++) {
    vec w[4];
    UNROLL for (int v = 0; v < V; v++) w[v] = load(d + LANES * v);
    UNROLL for (int i = 0; i < I; i++) {
      vec t = broadcast(x[i]);
      UNROLL for (int v = 0; v < V; v++) sum[i * V + v] += t * w[v];
    }
    x += ldx;
    d += ldd;
  }
  UNROLL for (int i = 0; i < I; i++)
    UNROLL for (int v = 0; v < V; v++) store(c + i * ldc + LANES * v, sum[i * V + v]);
}

#define OUTER(I, V)                                                                             \
  static void outer_##I##_##V(int n, const float *x, ptrdiff_t ldx, const float *d,             \
                              ptrdiff_t ldd, float *c, ptrdiff_t ldc) {                         \
    outer(I, V, n, x, ldx, d, ldd, c, ldc);                                                     \
  }
OUTER(8, 2) OUTER(4, 2) OUTER(1, 2)
OUTER(16, 1) OUTER(4, 1) OUTER(1, 1)

static void weight_gradient_rows(const weight_gradient *g, int first_row, int end_row,
                                 float *gradient, float *scratch) {
  int padded = round_up_16(g->output_channels);
  int V = padded % (2 * LANES) == 0 ? 2 : 1, block = V * LANES;
  int group = V == 2 ? 8 : (LANES == 16 ? 16 : 4);
  // Rows are taken a few at a time so that input and gradient stay in the second-level cache while
  // all pairs of channels go over them.
  ptrdiff_t row_floats = (ptrdiff_t)g->columns * (g->segment_length / 3 + padded);
  int together = (int)(48 * 1024 / (row_floats + 1));
  if (together < 1) together = 1;
  for (int r0 = first_row; r0 < end_row; r0 += together) {
    int r1 = r0 + together < end_row ? r0 + together : end_row;
    for (int r = r0; r < r1; r++) {
      const float *d = g->output_gradient + r * g->output_row;
      ptrdiff_t ldd = g->output_channels;
      if (padded != g->output_channels) {
        memset(scratch, 0, sizeof(float) * (size_t)g->columns * padded);
        for (int p = 0; p < g->columns; p++)
          for (int c = 0; c < g->output_channels; c++)
            scratch[(ptrdiff_t)p * padded + c] = d[(ptrdiff_t)p * g->output_channels + c];
        d = scratch;
        ldd = padded;
      }
      for (int s = 0; s < g->segments; s++) {
        const float *x = g->input + r * g->input_row + s * g->segment_stride;
        float *c = gradient + (ptrdiff_t)s * g->segment_length * padded;
        for (int o = 0; o < padded; o += block)
          for (int i = 0; i < g->segment_length;) {
            int left = g->segment_length - i;
            float *at = c + (ptrdiff_t)i * padded + o;
#define RUN(I, V)                                                                               \
  {                                                                                             \
    outer_##I##_##V(g->columns, x + i, g->input_pixel, d + o, ldd, at, padded);                 \
    i += I;                                                                                     \
  }
            if (V == 2) {
              if (left >= 8 && group == 8) RUN(8, 2)
              else if (left >= 4) RUN(4, 2)
              else RUN(1, 2)
            } else {
              if (left >= 16 && group == 16) RUN(16, 1)
              else if (left >= 4) RUN(4, 1)
              else RUN(1, 1)
            }
#undef RUN
          }
      }
    }
  }
}
