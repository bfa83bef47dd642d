// Matrix products with register tiles. Part of template.h.

// c[P][V * LANES] = bias + sum over segments and k of a[segment][p * lda + k] * b[k][V * LANES].
INLINE void tile(const int P, const int V, int length, int segments, const float *a, ptrdiff_t lda,
                 ptrdiff_t segment_stride, const float *b, const float *bias, float *c,
                 ptrdiff_t ldc) {
  vec sum[32];
  UNROLL for (int p = 0; p < P; p++)
    UNROLL for (int v = 0; v < V; v++)
      sum[p * V + v] = bias ? load(bias + LANES * v) : broadcast(0);
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
                             float *c, ptrdiff_t ldc) {                                         \
    tile(P, V, length, segments, a, lda, segment_stride, b, bias, c, ldc);                      \
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
                     ptrdiff_t segment_stride, const float *b, const float *bias, float *c,
                     ptrdiff_t ldc) {
#define STEP(P, V)                                                                              \
  {                                                                                             \
    tile_##P##_##V(length, segments, a, lda, segment_stride, b, bias, c, ldc);                  \
    n -= P;                                                                                     \
    a += P * lda;                                                                               \
    c += P * ldc;                                                                               \
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

// c[I][V * LANES] = (fresh ? 0 : c) + sum over p of x[p * ldx + i] * d[p * ldd + ...].
INLINE void outer(const int I, const int V, int n, const float *x, ptrdiff_t ldx, const float *d,
                  ptrdiff_t ldd, int fresh, float *c, ptrdiff_t ldc) {
  vec sum[32];
  UNROLL for (int i = 0; i < I; i++)
    UNROLL for (int v = 0; v < V; v++)
      sum[i * V + v] = fresh ? broadcast(0) : load(c + i * ldc + LANES * v);
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
                              ptrdiff_t ldd, int fresh, float *c, ptrdiff_t ldc) {              \
    outer(I, V, n, x, ldx, d, ldd, fresh, c, ldc);                                              \
  }
#if LANES == 16
OUTER(6, 4) OUTER(4, 4) OUTER(2, 4) OUTER(1, 4)
OUTER(8, 3) OUTER(4, 3) OUTER(2, 3) OUTER(1, 3)
OUTER(12, 2) OUTER(8, 2) OUTER(4, 2) OUTER(2, 2) OUTER(1, 2)
OUTER(16, 1)
#else
OUTER(6, 2) OUTER(4, 2) OUTER(2, 2) OUTER(1, 2)
#endif
OUTER(8, 1) OUTER(4, 1) OUTER(3, 1) OUTER(2, 1) OUTER(1, 1)

// c[ins][outs] = (fresh ? 0 : c) + sum over p of x[p * ldx + i] * d[p * ldd + o]; outs is a multiple
// of LANES.
static void outer_block(int n, int ins, const float *x, ptrdiff_t ldx, int outs, const float *d,
                        ptrdiff_t ldd, int fresh, float *c, ptrdiff_t ldc) {
#define STEP(I, V)                                                                              \
  {                                                                                             \
    outer_##I##_##V(n, x + i, ldx, d, ldd, fresh, c + i * ldc, ldc);                            \
    i += I;                                                                                     \
  }
  while (outs > 0) {
    int i = 0, V;
#if LANES == 16
    if (outs % (4 * LANES) == 0) {
      V = 4;
      while (ins - i >= 6 && ins - i != 8) STEP(6, 4)
      while (ins - i >= 4) STEP(4, 4)
      while (ins - i >= 2) STEP(2, 4)
      while (ins - i >= 1) STEP(1, 4)
    } else if (outs % (3 * LANES) == 0) {
      V = 3;
      while (ins - i >= 8) STEP(8, 3)
      while (ins - i >= 4) STEP(4, 3)
      while (ins - i >= 2) STEP(2, 3)
      while (ins - i >= 1) STEP(1, 3)
    } else if (outs % (2 * LANES) == 0) {
      V = 2;
      while (ins - i >= 12 && ins - i != 16) STEP(12, 2)
      while (ins - i >= 8) STEP(8, 2)
      while (ins - i >= 4) STEP(4, 2)
      while (ins - i >= 2) STEP(2, 2)
      while (ins - i >= 1) STEP(1, 2)
    } else {
      V = 1;
      while (ins - i >= 16) STEP(16, 1)
      while (ins - i >= 8) STEP(8, 1)
      while (ins - i >= 4) STEP(4, 1)
      while (ins - i >= 3) STEP(3, 1)
      while (ins - i >= 2) STEP(2, 1)
      while (ins - i >= 1) STEP(1, 1)
    }
#else
    if (outs % (2 * LANES) == 0) {
      V = 2;
      while (ins - i >= 6 && ins - i != 8) STEP(6, 2)
      while (ins - i >= 4) STEP(4, 2)
      while (ins - i >= 2) STEP(2, 2)
      while (ins - i >= 1) STEP(1, 2)
    } else {
      V = 1;
      while (ins - i >= 8) STEP(8, 1)
      while (ins - i >= 4) STEP(4, 1)
      while (ins - i >= 3) STEP(3, 1)
      while (ins - i >= 2) STEP(2, 1)
      while (ins - i >= 1) STEP(1, 1)
    }
#endif
    outs -= V * LANES;
    d += V * LANES;
    c += V * LANES;
  }
#undef STEP
}
