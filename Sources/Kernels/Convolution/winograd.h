// Winograd F(4x4, 3x3), forward and backward to input. Part of template.h.
//
// A block of tiles at a time: input transforms to 36 planes [tiles, in], 36 matrix products to planes
// [tiles, out], output transforms. The largest difference from the direct kernel, relative to the root
// mean square of the output and for values uniform in (-1, 1), is 2e-5 at 16 channels, 4e-5 at 128 and
// 9e-5 at 512 (weight gradient: 1e-5 to 6e-5); the tests bound it against the definition in double.

// One axis of the input transform Bᵀ: six samples to six.
INLINE void transform_input(const vec *d, vec *o, int step) {
  vec a = d[4] - 4 * d[2], b = d[3] - 4 * d[1], c = d[4] - d[2], e = d[3] - d[1];
  o[0] = 4 * d[0] + (d[4] - 5 * d[2]);
  o[step] = a + b;
  o[2 * step] = a - b;
  o[3 * step] = c + 2 * e;
  o[4 * step] = c - 2 * e;
  o[5 * step] = 4 * d[1] + (d[5] - 5 * d[3]);
}

// One axis of the output transform Aᵀ: six products to four samples.
INLINE void transform_output(const vec *m, vec *o, int step) {
  vec a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  o[0] = m[0] + a + c;
  o[step] = b + 2 * e;
  o[2 * step] = a + 4 * c;
  o[3 * step] = (b + m[5]) + 8 * e;
}

INLINE void input_vectors(const int activated, const float *x, ptrdiff_t row, ptrdiff_t pixel,
                          int channels, float slope, float *out, ptrdiff_t plane) {
  for (int c = 0; c < channels; c += LANES) {
    vec t[36];
    UNROLL for (int j = 0; j < 6; j++) {
      vec column[6];
      UNROLL for (int i = 0; i < 6; i++) {
        column[i] = load(x + i * row + j * pixel + c);
        if (activated) column[i] = leaky(column[i], slope);
      }
      transform_input(column, t + j, 6);
    }
    UNROLL for (int i = 0; i < 6; i++) {
      vec d[6];
      transform_input(t + i * 6, d, 1);
      UNROLL for (int j = 0; j < 6; j++) store(out + (i * 6 + j) * plane + c, d[j]);
    }
  }
}

// The transform of the 6x6 pixels from (y - 1, x - 1) on of channels [first, first + channels).
// `edge` holds 36 * roundUp16(channels) floats.
static void input_tile(const feature_view *view, int image, int y, int x, int first, int channels,
                       float *edge, float *out, ptrdiff_t plane) {
  int inside = y >= 1 && x >= 1 && y + 5 <= view->rows && x + 5 <= view->columns;
  if (inside && channels % LANES == 0) {
    const float *from = view->values + image * view->image + (y - 1) * view->row +
                        (x - 1) * view->pixel + first;
    if (view->slope == 1)
      input_vectors(0, from, view->row, view->pixel, channels, 1, out, plane);
    else
      input_vectors(1, from, view->row, view->pixel, channels, view->slope, out, plane);
    return;
  }
  int stride = round_up_16(channels);
  feature_view part = *view;
  part.values += first;
  part.channels = channels;
  copy_window(&part, image, y - 1, y + 5, x - 1, x + 5, stride, edge);
  input_vectors(0, edge, 6 * stride, stride, channels, 1, out, plane);
}

INLINE void output_vectors(const int gated, const int adding, const feature_output *w,
                           const float *m, ptrdiff_t plane, int image, int y, int x, int first,
                           int end) {
  int rows = smaller(w->rows - y, 4), columns = smaller(w->columns - x, 4);
  ptrdiff_t at = image * w->image + y * w->row + x * w->pixel;
  ptrdiff_t gate_at = image * w->gate_image + y * w->gate_row + x * w->gate_pixel;
  for (int c = first; c < end; c += LANES) {
    vec t[24], o[16];
    UNROLL for (int j = 0; j < 6; j++) {
      vec column[6];
      UNROLL for (int i = 0; i < 6; i++) column[i] = load(m + (i * 6 + j) * plane + c);
      transform_output(column, t + j, 6);
    }
    vec bias = w->bias ? load(w->bias + c) : broadcast(0);
    UNROLL for (int i = 0; i < 4; i++) {
      transform_output(t + i * 6, o + i * 4, 1);
      UNROLL for (int j = 0; j < 4; j++) o[i * 4 + j] += bias;
    }
    float *to = w->values + at + c;
    const float *added = adding ? w->added + at + c : NULL;
    const float *gate = gated ? w->gate + gate_at + c : NULL;
    if (rows == 4 && columns == 4 && c + LANES <= end) {
      UNROLL for (int i = 0; i < 4; i++) UNROLL for (int j = 0; j < 4; j++) {
        ptrdiff_t p = i * w->row + j * w->pixel;
        store(to + p, finish(o[i * 4 + j], gated ? gate + i * w->gate_row + j * w->gate_pixel : NULL,
                             w->slope, adding ? added + p : NULL));
      }
    } else {
      int count = smaller(LANES, end - c);
      for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
          ptrdiff_t p = i * w->row + j * w->pixel;
          store_part(to + p, o[i * 4 + j], count,
                     gated ? gate + i * w->gate_row + j * w->gate_pixel : NULL, w->slope,
                     adding ? added + p : NULL);
        }
    }
  }
}

static void output_tile(const feature_output *w, const float *m, ptrdiff_t plane, int image, int y,
                        int x, int first, int end) {
  if (w->gate && w->added) output_vectors(1, 1, w, m, plane, image, y, x, first, end);
  else if (w->gate) output_vectors(1, 0, w, m, plane, image, y, x, first, end);
  else if (w->added) output_vectors(0, 1, w, m, plane, image, y, x, first, end);
  else output_vectors(0, 0, w, m, plane, image, y, x, first, end);
}

typedef struct {
  int image, y, x;
} tile_position;

INLINE tile_position position_of_tile(const feature_view *view, int tile) {
  int across = (view->columns + 3) / 4, down = (view->rows + 3) / 4;
  int within = tile % (across * down);
  return (tile_position){tile / (across * down), within / across * 4, within % across * 4};
}

static void winograd_tiles(const winograd_convolution *w, int first_tile, int end_tile,
                           int first_block, int end_block, float *scratch) {
  int in = w->input.channels, out = w->output.channels, lda = round_up_16(in);
  int block = block_size(out), blocks = round_up_16(out) / block, V = block / LANES;
  int first = first_block * block, end = smaller(end_block * block, out);
  int at_once = winograd_tiles_at_once(in, out), ldc = (end_block - first_block) * block;
  ptrdiff_t input_plane = winograd_plane(at_once, in), plane = winograd_plane(at_once, ldc);
  float *inputs = scratch, *products = inputs + 36 * input_plane, *edge = products + 36 * plane;
  for (int t0 = first_tile; t0 < end_tile; t0 += at_once) {
    int tiles = smaller(end_tile - t0, at_once);
    for (int t = 0; t < tiles; t++) {
      tile_position p = position_of_tile(&w->input, t0 + t);
      input_tile(&w->input, p.image, p.y, p.x, 0, in, edge, inputs + (ptrdiff_t)t * lda,
                 input_plane);
    }
    for (int k = 0; k < 36; k++)
      for (int o = first_block; o < end_block; o++)
        tile_row(tiles, V, in, 1, inputs + k * input_plane, lda, 0,
                 w->weights + ((ptrdiff_t)k * blocks + o) * in * block, NULL,
                 products + k * plane + (o - first_block) * block, ldc);
    for (int t = 0; t < tiles; t++) {
      tile_position p = position_of_tile(&w->input, t0 + t);
      output_tile(&w->output, products + (ptrdiff_t)t * ldc - first, plane, p.image, p.y, p.x, first,
                  end);
    }
  }
}

// One axis of G: three weights to six.
INLINE void transform_weights(const vec *g, int from, vec *o, int step) {
  vec a = (g[0] + g[2 * from]) * (-1 / 6.f), b = g[from] * (1 / 6.f);
  vec c = g[0] * (1 / 24.f) + g[2 * from] * (1 / 6.f), d = g[from] * (1 / 12.f);
  o[0] = g[0] * .25f;
  o[step] = a - b;
  o[2 * step] = a + b;
  o[3 * step] = c + d;
  o[4 * step] = c - d;
  o[5 * step] = g[2 * from];
}

// G g Gᵀ of the kernels of one block of outputs.
static void winograd_weights(const float *weights, int in, int out, int flipped, int block_index,
                             float *transformed) {
  int block = block_size(out), blocks = round_up_16(out) / block;
  for (int l0 = 0; l0 < block; l0 += LANES) {
    int o = block_index * block + l0, lanes = larger(0, smaller(LANES, out - o));
    for (int i = 0; i < in; i++) {
      float gathered[9 * LANES] __attribute__((aligned(64)));
      if (lanes < LANES) memset(gathered, 0, sizeof gathered);
      for (int l = 0; l < lanes; l++) {
        const float *from =
            weights + (flipped ? (ptrdiff_t)i * out + o + l : (ptrdiff_t)(o + l) * in + i) * 9;
        if (flipped)
          UNROLL for (int k = 0; k < 9; k++) gathered[k * LANES + l] = from[8 - k];
        else
          UNROLL for (int k = 0; k < 9; k++) gathered[k * LANES + l] = from[k];
      }
      vec g[9], t[18];
      UNROLL for (int k = 0; k < 9; k++) g[k] = load(gathered + k * LANES);
      UNROLL for (int b = 0; b < 3; b++) transform_weights(g + b, 3, t + b, 3);
      float *to = transformed + ((ptrdiff_t)block_index * in + i) * block + l0;
      ptrdiff_t plane = (ptrdiff_t)blocks * in * block;
      UNROLL for (int a = 0; a < 6; a++) {
        vec u[6];
        transform_weights(t + a * 3, 1, u, 1);
        UNROLL for (int b = 0; b < 6; b++) store(to + (a * 6 + b) * plane, u[b]);
      }
    }
  }
}
