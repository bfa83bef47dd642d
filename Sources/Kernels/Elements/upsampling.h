// Bilinear up-sampling by two (half-pixel centres, edges repeated) and its adjoint. Part of
// template.h.
//
// Both are separable: a row is mixed down the rows first, then along the columns, with the two or
// four neighbours of a channel vector held in registers while the pixels go by.

// One channel vector (or one channel) of an output row of 2 * columns pixels: rows p near, q far.
#define UPSAMPLE_ALONG(V, LOAD, STORE)                                                          \
  {                                                                                             \
    V before = .75f * LOAD(p) + .25f * LOAD(q), here = before;                                  \
    for (int x = 0; x < columns; x++) {                                                         \
      ptrdiff_t next = (ptrdiff_t)(x + 1 < columns ? x + 1 : x) * channels;                     \
      V after = .75f * LOAD(p + next) + .25f * LOAD(q + next);                                  \
      STORE(o + (ptrdiff_t)2 * x * channels, .75f * here + .25f * before);                      \
      STORE(o + (ptrdiff_t)(2 * x + 1) * channels, .75f * here + .25f * after);                 \
      before = here;                                                                            \
      here = after;                                                                             \
    }                                                                                           \
  }
#define LOAD_ONE(p) (*(p))
#define STORE_ONE(p, x) (*(p) = (x))

static void upsample_row(const float *near, const float *far, int columns, int channels,
                         float *out) {
  int c = 0;
  for (; c + LANES <= channels; c += LANES) {
    const float *p = near + c, *q = far + c;
    float *o = out + c;
    UPSAMPLE_ALONG(vec, load, store)
  }
  for (; c < channels; c++) {
    const float *p = near + c, *q = far + c;
    float *o = out + c;
    UPSAMPLE_ALONG(float, LOAD_ONE, STORE_ONE)
  }
}

static void upsample_rows(const float *input, int rows, int columns, int channels, int first_row,
                          int end_row, float *output) {
  ptrdiff_t row = (ptrdiff_t)columns * channels;
  for (int y = first_row; y < end_row; y++) {
    int near = y / 2, far = (y & 1) ? near + 1 : near - 1;
    far = far < 0 ? 0 : far >= rows ? rows - 1 : far;
    upsample_row(input + near * row, input + far * row, columns, channels, output + 2 * y * row);
  }
}

// Input pixel y gets from output rows 2y - 1 … 2y + 2 with weights ¼ ¾ ¾ ¼; at the edge the repeated
// sample's share comes back to the edge row itself. Columns likewise.
#define MIXED(LOAD, x)                                                                          \
  (.25f * (LOAD(g[0] + (x)*channels) + LOAD(g[3] + (x)*channels)) +                             \
   .75f * (LOAD(g[1] + (x)*channels) + LOAD(g[2] + (x)*channels)))
#define GATHER_ALONG(V, LOAD, STORE)                                                            \
  {                                                                                             \
    V before = MIXED(LOAD, (ptrdiff_t)0), left = before;                                        \
    for (int x = 0; x < columns; x++) {                                                         \
      V right = MIXED(LOAD, (ptrdiff_t)(2 * x + 1));                                            \
      V after = right;                                                                          \
      if (x + 1 < columns) after = MIXED(LOAD, (ptrdiff_t)(2 * x + 2));                         \
      STORE(o + (ptrdiff_t)x * channels, .25f * (before + after) + .75f * (left + right));      \
      before = right;                                                                           \
      left = after;                                                                             \
    }                                                                                           \
  }

static void upsample_gradient_rows(const float *gradient, int rows, int columns, int channels,
                                   int first_row, int end_row, float *output) {
  ptrdiff_t wide_row = (ptrdiff_t)2 * columns * channels;
  for (int y = first_row; y < end_row; y++)
    for (int c = 0; c < channels; c += c + LANES <= channels ? LANES : 1) {
      const float *g[4];
      for (int k = 0; k < 4; k++) {
        int row = 2 * y - 1 + k;
        row = row < 0 ? 0 : row > 2 * rows - 1 ? 2 * rows - 1 : row;
        g[k] = gradient + row * wide_row + c;
      }
      float *o = output + (ptrdiff_t)y * columns * channels + c;
      if (c + LANES <= channels)
        GATHER_ALONG(vec, load, store)
      else
        GATHER_ALONG(float, LOAD_ONE, STORE_ONE)
    }
}
