// Bilinear up-sampling by two (half-pixel centres, edges repeated) and its adjoint. Part of
// template.h.
//
// Both are separable: a row is mixed down the rows first, then along the columns, with the two or
// four neighbours of a channel vector held in registers while the pixels go by.

// One channel vector (or one channel) of an output row of 2 * columns pixels: rows p near, q far.
#define UPSAMPLE_ALONG(V, LOAD, STORE, ACTIVATE)                                                \
  {                                                                                             \
    V before = .75f * LOAD(p) + .25f * LOAD(q), here = before;                                  \
    for (int x = 0; x < columns; x++) {                                                         \
      ptrdiff_t next = (ptrdiff_t)(x + 1 < columns ? x + 1 : x) * channels;                     \
      V after = .75f * LOAD(p + next) + .25f * LOAD(q + next);                                  \
      V left = .75f * here + .25f * before, right = .75f * here + .25f * after;                 \
      STORE(o + (ptrdiff_t)2 * x * channels, ACTIVATE(left));                                   \
      STORE(o + (ptrdiff_t)(2 * x + 1) * channels, ACTIVATE(right));                            \
      before = here;                                                                            \
      here = after;                                                                             \
    }                                                                                           \
  }
#define LOAD_ONE(p) (*(p))
#define STORE_ONE(p, x) (*(p) = (x))
#define LEAKY(x) leaky(x, slope)
#define LEAKY_ONE(x) ((x) > 0 ? (x) : (x)*slope)

static void upsample_row(const float *near, const float *far, int columns, int channels,
                         float slope, float *out) {
  int c = 0;
  for (; c + LANES <= channels; c += LANES) {
    const float *p = near + c, *q = far + c;
    float *o = out + c;
    UPSAMPLE_ALONG(vec, load, store, LEAKY)
  }
  for (; c < channels; c++) {
    const float *p = near + c, *q = far + c;
    float *o = out + c;
    UPSAMPLE_ALONG(float, LOAD_ONE, STORE_ONE, LEAKY_ONE)
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
    int near = y / 2, far = (y & 1) ? near + 1 : near - 1;
    far = far < 0 ? 0 : far >= rows ? rows - 1 : far;
    upsample_row(input + near * row, input + far * row, columns, channels, slope,
                 o + border * channels);
  }
}

INLINE vec passed(const float *g, const float *a, float slope) {
  vec x = load(g);
  return a ? choose(load(a) > 0, x, x * slope) : x;
}
INLINE float passed_one(const float *g, const float *a, float slope) {
  return a && !(*a > 0) ? *g * slope : *g;
}

// Input pixel y gets from output rows 2y - 1 … 2y + 2 with weights ¼ ¾ ¾ ¼; at the edge the repeated
// sample's share comes back to the edge row itself. Columns likewise.
#define MIXED(V, PASSED, x)                                                                     \
  (.25f * (V)(PASSED(g[0] + (x)*channels, a[0] ? a[0] + (x)*channels : NULL, slope) +           \
              PASSED(g[3] + (x)*channels, a[3] ? a[3] + (x)*channels : NULL, slope)) +          \
   .75f * (V)(PASSED(g[1] + (x)*channels, a[1] ? a[1] + (x)*channels : NULL, slope) +           \
              PASSED(g[2] + (x)*channels, a[2] ? a[2] + (x)*channels : NULL, slope)))
#define GATHER_ALONG(V, PASSED, STORE)                                                          \
  {                                                                                             \
    V before = MIXED(V, PASSED, (ptrdiff_t)0), left = before;                                   \
    for (int x = 0; x < columns; x++) {                                                         \
      V right = MIXED(V, PASSED, (ptrdiff_t)(2 * x + 1));                                       \
      V after = right;                                                                          \
      if (x + 1 < columns) after = MIXED(V, PASSED, (ptrdiff_t)(2 * x + 2));                    \
      STORE(o + (ptrdiff_t)x * channels, .25f * (before + after) + .75f * (left + right));      \
      before = right;                                                                           \
      left = after;                                                                             \
    }                                                                                           \
  }

INLINE void upsample_gradient_row(const float *const rows_g[4], const float *const rows_a[4],
                                  const int activates, float slope, int columns, int channels,
                                  float *out) {
  const float *g[4], *a[4] = {NULL, NULL, NULL, NULL};
  int c = 0;
  for (; c < channels; c += c + LANES <= channels ? LANES : 1) {
    for (int k = 0; k < 4; k++) {
      g[k] = rows_g[k] + c;
      if (activates) a[k] = rows_a[k] + c;
    }
    float *o = out + c;
    if (c + LANES <= channels) {
      GATHER_ALONG(vec, passed, store)
    } else {
      GATHER_ALONG(float, passed_one, STORE_ONE)
    }
  }
}

static void upsample_gradient_rows(const float *gradient, const float *activated,
                                   ptrdiff_t activated_row, float slope, int rows, int columns,
                                   int channels, int first_row, int end_row, float *output) {
  ptrdiff_t wide_row = (ptrdiff_t)2 * columns * channels;
  for (int y = first_row; y < end_row; y++) {
    const float *g[4], *a[4] = {NULL, NULL, NULL, NULL};
    for (int k = 0; k < 4; k++) {
      int row = 2 * y - 1 + k;
      row = row < 0 ? 0 : row > 2 * rows - 1 ? 2 * rows - 1 : row;
      g[k] = gradient + row * wide_row;
      if (activated) a[k] = activated + row * activated_row;
    }
    float *o = output + (ptrdiff_t)y * columns * channels;
    if (activated)
      upsample_gradient_row(g, a, 1, slope, columns, channels, o);
    else
      upsample_gradient_row(g, a, 0, slope, columns, channels, o);
  }
}
