// Winograd F(4x4, 3x3). Part of template.h.

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
