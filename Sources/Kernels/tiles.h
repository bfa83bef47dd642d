// Matrix products with register tiles. Part of template.h.

// c[P][V * LANES] = start + sum over segments and k of a[segment][p * lda + k] * b[k][V * LANES].
INLINE void tile(const int P, const int V, int length, int segments, const float *a, ptrdiff_t lda,
                 ptrdiff_t segment_stride, const float *b, const float *bias,
                 const float *residual, float *c, ptrdiff_t ldc) {
  vec sum[32];
  UNROLL for (int p = 0; p < P; p++) UNROLL for (int v = 0; v < V; v++) {
    vec start = bias ? load(bias + LANES * v) : broadcast(0);
    if (residual) start += load(residual + p * ldc + LANES * v);
    sum[p * V + v] = start;
  }
  for (int s = 0; s < segments; s++) {
    const float *x = a + s * segment_stride;
    for (int k = 0; k < length; k++) {
      vec w[4];
      UNROLL for (int v = 0; v < V; v++) w[v] = load(b + LANES * v);
      b += LANES * V;
      UNROLL for (int p = 0; p < P; p++) {
        vec t = broadcast(x[p * lda + k]);
        UNROLL for (int v = 0; v < V; v++) sum[p * V + v] += t * w[v];
      }
    }
  }
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++) store(c + p * ldc + LANES * v, sum[p * V + v]);
}

#define TILE(P, V)                                                                              \
  static void tile_##P##_##V(int length, int segments, const float *a, ptrdiff_t lda,           \
                             ptrdiff_t segment_stride, const float *b, const float *bias,       \
                             const float *residual, float *c, ptrdiff_t ldc) {                  \
    tile(P, V, length, segments, a, lda, segment_stride, b, bias, residual, c, ldc);            \
  }
#if LANES == 16
TILE(6, 4) TILE(4, 4) TILE(2, 4) TILE(1, 4)
TILE(12, 2) TILE(8, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(16, 1) TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
#else
TILE(6, 2) TILE(4, 2) TILE(2, 2) TILE(1, 2)
TILE(8, 1) TILE(4, 1) TILE(2, 1) TILE(1, 1)
#endif

// n pixels of one block of V * LANES output channels.
static void tile_row(int n, int V, int length, int segments, const float *a, ptrdiff_t lda,
                     ptrdiff_t segment_stride, const float *b, const float *bias,
                     const float *residual, float *c, ptrdiff_t ldc) {
#define STEP(P, V)                                                                              \
  {                                                                                             \
    tile_##P##_##V(length, segments, a, lda, segment_stride, b, bias, residual, c, ldc);        \
    n -= P;                                                                                     \
    a += P * lda;                                                                               \
    c += P * ldc;                                                                               \
    if (residual) residual += P * ldc;                                                          \
  }
#if LANES == 16
  if (V == 4) {
    while (n >= 6 && n != 8) STEP(6, 4)
    while (n >= 4) STEP(4, 4)
    while (n >= 2) STEP(2, 4)
    while (n >= 1) STEP(1, 4)
  } else if (V == 2) {
    while (n >= 12 && n != 16) STEP(12, 2)
    while (n >= 8) STEP(8, 2)
    while (n >= 4) STEP(4, 2)
    while (n >= 2) STEP(2, 2)
    while (n >= 1) STEP(1, 2)
  } else {
    while (n >= 16) STEP(16, 1)
    while (n >= 8) STEP(8, 1)
    while (n >= 4) STEP(4, 1)
    while (n >= 2) STEP(2, 1)
    while (n >= 1) STEP(1, 1)
  }
#else
  if (V == 2) {
    while (n >= 6 && n != 8) STEP(6, 2)
    while (n >= 4) STEP(4, 2)
    while (n >= 2) STEP(2, 2)
    while (n >= 1) STEP(1, 2)
  } else {
    while (n >= 8) STEP(8, 1)
    while (n >= 4) STEP(4, 1)
    while (n >= 2) STEP(2, 1)
    while (n >= 1) STEP(1, 1)
  }
#endif
#undef STEP
}
