// Weight gradient of a 3x3 convolution by Winograd F(4x4, 3x3). Part of template.h.
//
// With U = G g Gᵀ and a tile's output Aᵀ (Σ U ∘ (Bᵀ d B)) A, the gradient with respect to g is
// Gᵀ (Σ (Bᵀ d B) ∘ (A dy Aᵀ)) G, summed over tiles: 36 outer products a block of tiles.

// One axis of A: four samples to six products.
INLINE void transform_gradient(const vec *y, int from, vec *o, int step) {
  vec a = y[0] + y[2 * from], b = y[from] + y[3 * from];
  vec c = y[0] + 4 * y[2 * from], d = 2 * y[from] + 8 * y[3 * from];
  o[0] = y[0];
  o[step] = a + b;
  o[2 * step] = a - b;
  o[3 * step] = c + d;
  o[4 * step] = c - d;
  o[5 * step] = y[3 * from];
}

// One axis of Gᵀ: six to three.
INLINE void transform_weights_adjoint(const vec *u, int from, vec *g, int step) {
  vec a = u[from] + u[2 * from], b = u[2 * from] - u[from];
  vec c = u[3 * from] + u[4 * from], d = u[3 * from] - u[4 * from];
  g[0] = u[0] * .25f + c * (1 / 24.f) - a * (1 / 6.f);
  g[step] = b * (1 / 6.f) + d * (1 / 12.f);
  g[2 * step] = (c - a) * (1 / 6.f) + u[5 * from];
}

// The transform of 4x4 pixels of the output gradient; `edge` as in `input_tile`.
static void gradient_tile(const feature_view *view, int image, int y, int x, int first,
                          int channels, float *edge, float *out, ptrdiff_t plane) {
  const float *from =
      view->values + image * view->image + y * view->row + x * view->pixel + first;
  ptrdiff_t row = view->row, pixel = view->pixel;
  if (y + 4 > view->rows || x + 4 > view->columns || channels % LANES != 0) {
    feature_view part = *view;
    part.values += first;
    part.channels = channels;
    pixel = round_up_16(channels);
    row = 4 * pixel;
    copy_window(&part, image, y, y + 4, x, x + 4, (int)pixel, edge);
    from = edge;
  }
  for (int c = 0; c < channels; c += LANES) {
    vec t[24];
    UNROLL for (int j = 0; j < 4; j++) {
      vec column[4];
      UNROLL for (int i = 0; i < 4; i++) column[i] = load(from + i * row + j * pixel + c);
      transform_gradient(column, 1, t + j, 4);
    }
    UNROLL for (int i = 0; i < 6; i++) {
      vec o[6];
      transform_gradient(t + i * 4, 1, o, 1);
      UNROLL for (int j = 0; j < 6; j++) store(out + (i * 6 + j) * plane + c, o[j]);
    }
  }
}

// Gᵀ u G of every pair of channels, added to the canonical gradient. `turned` holds
// 9 * ins * LANES floats.
static void add_winograd_gradient(const float *products, channel_block b, int ldc, ptrdiff_t plane,
                                  int in_channels, float *gradient, float *turned) {
  for (int o = 0; o < b.outs; o += LANES) {
    for (int i = 0; i < b.ins; i++) {
      const float *from = products + (ptrdiff_t)i * ldc + o;
      vec t[18];
      UNROLL for (int j = 0; j < 6; j++) {
        vec u[6];
        UNROLL for (int k = 0; k < 6; k++) u[k] = load(from + (k * 6 + j) * plane);
        transform_weights_adjoint(u, 1, t + j, 6);
      }
      UNROLL for (int a = 0; a < 3; a++) {
        vec g[3];
        transform_weights_adjoint(t + a * 6, 1, g, 1);
        UNROLL for (int c = 0; c < 3; c++) store(turned + (i * 9 + a * 3 + c) * LANES, g[c]);
      }
    }
    int outs = smaller(LANES, b.outs - o), count = b.ins * 9, r = 0;
    float *to = gradient + ((ptrdiff_t)(b.out + o) * in_channels + b.in) * 9;
    ptrdiff_t next = (ptrdiff_t)in_channels * 9;
    if (outs == LANES)
      for (; r + LANES <= count; r += LANES) {
        vec v[LANES];
        UNROLL for (int l = 0; l < LANES; l++) v[l] = load(turned + (r + l) * LANES);
        transpose(v);
        UNROLL for (int l = 0; l < LANES; l++) {
          float *at = to + l * next + r;
          store(at, load(at) + v[l]);
        }
      }
    for (; r < count; r++)
      for (int l = 0; l < outs; l++) to[l * next + r] += turned[r * LANES + l];
  }
}

static void winograd_weight_gradient(const weight_gradient *g, int first_tile, int end_tile,
                                     channel_block b, float *gradient, double *bias_gradient,
                                     float *scratch) {
  if (first_tile >= end_tile) return;
  int at_once = winograd_gradient_tiles_at_once(b.ins, b.outs);
  int lda = round_up_16(b.ins), ldc = round_up_16(b.outs);
  ptrdiff_t input_plane = winograd_plane(at_once, lda), plane = winograd_plane(at_once, ldc);
  ptrdiff_t product_plane = winograd_plane(b.ins, ldc);
  float *inputs = scratch, *gradients = inputs + 36 * input_plane;
  float *products = gradients + 36 * plane, *edge = products + 36 * product_plane;
  // Lanes beyond the channels are multiplied, so they must hold numbers.
  if (b.outs % LANES != 0) clear(gradients, 36 * plane);
  for (int t0 = first_tile; t0 < end_tile; t0 += at_once) {
    int tiles = smaller(end_tile - t0, at_once);
    for (int t = 0; t < tiles; t++) {
      tile_position p = position_of_tile(&g->input, t0 + t);
      input_tile(&g->input, p.image, p.y, p.x, b.in, b.ins, edge, inputs + (ptrdiff_t)t * lda,
                 input_plane);
      gradient_tile(&g->output_gradient, p.image, p.y, p.x, b.out, b.outs, edge,
                    gradients + (ptrdiff_t)t * ldc, plane);
    }
    for (int k = 0; k < 36; k++)
      outer_block(tiles, b.ins, inputs + k * input_plane, lda, (b.outs + LANES - 1) / LANES * LANES,
                  gradients + k * plane, ldc, t0 == first_tile, products + k * product_plane, ldc);
    if (bias_gradient) {
      // Row 1 of A is all ones: product 7 of a tile is the sum of its 16 pixels.
      const float *sums = gradients + 7 * plane;
      for (int t = 0; t < tiles; t++)
        for (int o = 0; o < b.outs; o++) bias_gradient[b.out + o] += sums[t * ldc + o];
    }
  }
  add_winograd_gradient(products, b, ldc, product_plane, g->input.channels, gradient, edge);
}
