// Reading and writing features: zero border, activation, bias, gate, addition. Part of template.h.

INLINE float leaky_one(float x, float slope) { return x > 0 ? x : x * slope; }

// `count` channels of one pixel, activated.
INLINE void copy_activated(const float *x, ptrdiff_t count, float slope, float *out) {
  ptrdiff_t i = 0;
  if (slope == 1) {
    for (; i + LANES <= count; i += LANES) store(out + i, load(x + i));
    for (; i < count; i++) out[i] = x[i];
  } else {
    for (; i + LANES <= count; i += LANES) store(out + i, leaky(load(x + i), slope));
    for (; i < count; i++) out[i] = leaky_one(x[i], slope);
  }
}

INLINE void clear(float *out, ptrdiff_t count) {
  ptrdiff_t i = 0;
  for (; i + LANES <= count; i += LANES) store(out + i, broadcast(0));
  for (; i < count; i++) out[i] = 0;
}

// Rows [first_row, end_row) and columns [first_column, end_column) of an image, activated, zero
// outside it, to `out` [rows, columns, stride] with channels from `view->channels` on zero.
static void copy_window(const feature_view *view, int image, int first_row, int end_row,
                        int first_column, int end_column, int stride, float *out) {
  const float *base = view->values + image * view->image;
  int channels = view->channels;
  int from = larger(first_column, 0), to = smaller(end_column, view->columns);
  if (to < from) from = to = first_column;
  ptrdiff_t width = (ptrdiff_t)(end_column - first_column) * stride;
  for (int y = first_row; y < end_row; y++, out += width) {
    if (y < 0 || y >= view->rows || to == from) {
      clear(out, width);
      continue;
    }
    const float *x = base + y * view->row + from * view->pixel;
    float *o = out;
    clear(o, (ptrdiff_t)(from - first_column) * stride);
    o += (ptrdiff_t)(from - first_column) * stride;
    if (view->pixel == channels && stride == channels) {
      copy_activated(x, (ptrdiff_t)(to - from) * channels, view->slope, o);
      o += (ptrdiff_t)(to - from) * channels;
    } else {
      for (int c = from; c < to; c++, x += view->pixel, o += stride) {
        copy_activated(x, channels, view->slope, o);
        clear(o + channels, stride - channels);
      }
    }
    clear(o, (ptrdiff_t)(end_column - to) * stride);
  }
}

// The last two steps of an output: times the gate's slope, plus what is added.
INLINE vec finish(vec value, const float *gate, float slope, const float *added) {
  if (gate) {
    ivec positive = load(gate) > 0;
    vec scaled = value * slope;
    value = (vec)(((ivec)value & positive) | ((ivec)scaled & ~positive));
  }
  if (added) value += load(added);
  return value;
}

// The same for the `count` < LANES channels of the last vector.
static void store_part(float *out, vec value, int count, const float *gate, float slope,
                       const float *added) {
  float lanes[LANES];
  store(lanes, value);
  for (int c = 0; c < count; c++) {
    float v = lanes[c];
    if (gate) v = gate[c] > 0 ? v : v * slope;
    out[c] = added ? v + added[c] : v;
  }
}
