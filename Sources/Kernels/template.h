// The kernels, written once over the vector width. Included by avx512.c, avx2.c and plain.c, which
// define LANES (floats per vector), VECTORS (vectors per block at most) and SUFFIX.
#include <string.h>

#include "Kernels.h"
#include "shared.h"

typedef float vec __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int ivec __attribute__((vector_size(LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("unroll")

INLINE vec load(const float *p) { return *(const vec *)p; }
INLINE void store(float *p, vec x) { *(vec *)p = x; }
INLINE vec broadcast(float x) { return x - (vec){}; }
INLINE vec leaky(vec x, float slope) {
  ivec positive = x > 0;
  vec scaled = x * slope;
  return (vec)(((ivec)x & positive) | ((ivec)scaled & ~positive));
}

static int block_size(int output_channels) {
  int padded = round_up_16(output_channels), lanes = VECTORS * LANES;
  while (padded % lanes != 0) lanes /= 2;
  return lanes;
}

// ---- matrix product with register tiles ---------------------------------------------------------

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

// ---- direct convolution --------------------------------------------------------------------------

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

// ---- Winograd F(4x4, 3x3) ------------------------------------------------------------------------

// One axis of the input transform Bᵀ: six samples to six.
INLINE void transform_input(const vec *d, vec *o, int step) {
  vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = 2 * (d[3] - d[1]);
  o[0] = 4 * d[0] - 5 * d[2] + d[4];
  o[step] = a + b;
  o[2 * step] = a - b;
  o[3 * step] = c + e;
  o[4 * step] = c - e;
  o[5 * step] = 4 * d[1] - 5 * d[3] + d[5];
}

// One axis of the output transform Aᵀ: six products to four samples.
INLINE void transform_output(const vec *m, vec *o, int step) {
  vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  o[0] = m[0] + a + c;
  o[step] = b + 2 * e;
  o[2 * step] = a + 4 * c;
  o[3 * step] = b + 8 * e + m[5];
}

static void tile_input(const float *x, ptrdiff_t row, int channels, float *out, ptrdiff_t plane) {
  for (int c = 0; c < channels; c += LANES) {
    vec t[36], d[36];
    UNROLL for (int j = 0; j < 6; j++) {
      vec column[6];
      UNROLL for (int i = 0; i < 6; i++) column[i] = load(x + i * row + (ptrdiff_t)j * channels + c);
      transform_input(column, t + j, 6);
    }
    UNROLL for (int i = 0; i < 6; i++) transform_input(t + i * 6, d + i * 6, 1);
    UNROLL for (int k = 0; k < 36; k++) store(out + k * plane + c, d[k]);
  }
}

static void tile_output(const winograd_convolution *w, const float *m, ptrdiff_t plane, int y,
                        int x) {
  int channels = w->output_channels;
  int rows = w->rows - y < 4 ? w->rows - y : 4, columns = w->columns - x < 4 ? w->columns - x : 4;
  for (int c = 0; c < channels; c += LANES) {
    vec t[24], o[16];
    UNROLL for (int j = 0; j < 6; j++) {
      vec column[6];
      UNROLL for (int i = 0; i < 6; i++) column[i] = load(m + (i * 6 + j) * plane + c);
      transform_output(column, t + j, 6);
    }
    UNROLL for (int i = 0; i < 4; i++) transform_output(t + i * 6, o + i * 4, 1);
    vec bias = w->bias ? load(w->bias + c) : broadcast(0);
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < columns; j++) {
        ptrdiff_t at = ((ptrdiff_t)(y + i) * w->columns + x + j) * channels + c;
        vec value = o[i * 4 + j] + bias;
        if (w->residual) value += load(w->residual + at);
        store(w->output + at, value);
      }
  }
}

static void winograd_tiles(const winograd_convolution *w, int first_tile, int end_tile,
                           float *scratch) {
  int across = (w->columns + 3) / 4, tiles = end_tile - first_tile;
  int in = w->input_channels, out = w->output_channels, block = block_size(out), V = block / LANES;
  float *inputs = scratch, *products = scratch + (ptrdiff_t)36 * tiles * in;
  ptrdiff_t input_plane = (ptrdiff_t)tiles * in, product_plane = (ptrdiff_t)tiles * out;
  for (int t = 0; t < tiles; t++) {
    int y = (first_tile + t) / across * 4, x = (first_tile + t) % across * 4;
    tile_input(w->input + y * w->input_row + (ptrdiff_t)x * in, w->input_row, in,
               inputs + (ptrdiff_t)t * in, input_plane);
  }
  for (int k = 0; k < 36; k++)
    for (int o = 0; o < out / block; o++)
      tile_row(tiles, V, in, 1, inputs + k * input_plane, in, 0,
               w->weights + ((ptrdiff_t)k * (out / block) + o) * in * block, NULL, NULL,
               products + k * product_plane + (ptrdiff_t)o * block, out);
  for (int t = 0; t < tiles; t++) {
    int y = (first_tile + t) / across * 4, x = (first_tile + t) % across * 4;
    tile_output(w, products + (ptrdiff_t)t * out, product_plane, y, x);
  }
}

// G g Gᵀ of every kernel, stored [36, outBlock, in, outInBlock].
static void winograd_weights(const float *weights, int in, int out, int flipped,
                             float *transformed) {
  static const float G[6][3] = {{1 / 4.f, 0, 0},
                                {-1 / 6.f, -1 / 6.f, -1 / 6.f},
                                {-1 / 6.f, 1 / 6.f, -1 / 6.f},
                                {1 / 24.f, 1 / 12.f, 1 / 6.f},
                                {1 / 24.f, -1 / 12.f, 1 / 6.f},
                                {0, 0, 1}};
  int block = block_size(out);
  for (int i = 0; i < in; i++)
    for (int o = 0; o < out; o += LANES) {
      vec g[9], t[6][3];
      for (int k = 0; k < 9; k++)
        for (int l = 0; l < LANES; l++)
          g[k][l] = flipped ? weights[((ptrdiff_t)i * out + o + l) * 9 + 8 - k]
                            : weights[((ptrdiff_t)(o + l) * in + i) * 9 + k];
      for (int a = 0; a < 6; a++)
        for (int b = 0; b < 3; b++) t[a][b] = G[a][0] * g[b] + G[a][1] * g[3 + b] + G[a][2] * g[6 + b];
      for (int a = 0; a < 6; a++)
        for (int b = 0; b < 6; b++)
          store(transformed +
                    ((ptrdiff_t)((a * 6 + b) * (out / block) + o / block) * in + i) * block +
                    o % block,
                t[a][0] * G[b][0] + t[a][1] * G[b][1] + t[a][2] * G[b][2]);
    }
}

// ---- activation, padding, up-sampling ------------------------------------------------------------

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

const kernel_table SUFFIX = {NAME,
                             block_size,
                             direct_rows,
                             winograd_tiles,
                             weight_gradient_rows,
                             winograd_weights,
                             pad_rows,
                             upsample_pad_rows,
                             upsample_adjoint_rows,
                             activation_gradient_rows,
                             adam};
