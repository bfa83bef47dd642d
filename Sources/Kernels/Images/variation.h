// Total variation: the dual's projected gradient. Part of template.h; uses wavelet.h's PARTNER.
//
// Dual fields are [2, rows, columns]: differences down, then right. Those past the last row and the
// last column are and stay zero, which is what lets Dᵀ do without the upper limits.

/// One row of v - Dᵀ r.
INLINE void primal_row(int columns, const float *image, const float *above, const float *down,
                       const float *right, float *target) {
  int floats = 2 * columns, i = 0;
  for (; i < 2 && i < floats; i++) target[i] = image[i] + down[i] + right[i] - (above ? above[i] : 0);
  if (above)
    for (; i < floats; i++) target[i] = image[i] + down[i] - above[i] + right[i] - right[i - 2];
  else
    for (; i < floats; i++) target[i] = image[i] + down[i] + right[i] - right[i - 2];
}

static void variation_primal(int rows, int columns, const float *image, const float *dual,
                             int first, int end, float *target) {
  ptrdiff_t line = 2 * (ptrdiff_t)columns, plane = rows * line;
  for (int r = first; r < end; r++) {
    const float *down = dual + r * line;
    primal_row(columns, image + r * line, r > 0 ? down - line : NULL, down, down + plane,
               target + r * line);
  }
}

static void variation_dual(const variation_step *s, int first, int end, float *scratch) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line;
  float *here = scratch, *next = scratch + line;
  for (int r = first; r < end; r++) {
    ptrdiff_t at = r * line;
    const float *point = s->point + at;
    if (r == first)
      primal_row(s->columns, s->image + at, r > 0 ? point - line : NULL, point, point + plane,
                 here);
    int last = r + 1 == s->rows;
    if (!last)
      primal_row(s->columns, s->image + at + line, point, point + line, point + plane + line, next);
    float *dual = s->dual + at, *to = s->next_point + at;
    for (ptrdiff_t i = 0; i < line; i += LANES) {
      // The last two floats, whose right neighbour is none, are done apart with zeros.
      if (i + LANES + 2 > line) {
        for (; i < line; i += 2) {
          float down[2], right[2], square = 0;
          for (int k = 0; k < 2; k++) {
            down[k] = last ? 0 : point[i + k] + s->step * (next[i + k] - here[i + k]);
            right[k] = i + 2 == line
                           ? 0
                           : point[plane + i + k] + s->step * (here[i + 2 + k] - here[i + k]);
            square += down[k] * down[k] + right[k] * right[k];
          }
          float length = __builtin_sqrtf(square);
          float factor = length > s->radius ? s->radius / length : 1;
          for (int k = 0; k < 2; k++) {
            float d = down[k] * factor, e = right[k] * factor;
            to[i + k] = d + s->momentum * (d - dual[i + k]);
            to[plane + i + k] = e + s->momentum * (e - dual[plane + i + k]);
            dual[i + k] = d;
            dual[plane + i + k] = e;
          }
        }
        break;
      }
      vec value = load(here + i);
      vec down = last ? (vec){} : load(point + i) + s->step * (load(next + i) - value);
      vec right = load(point + plane + i) + s->step * (load(here + i + 2) - value);
      vec square = down * down + right * right;
      vec length = __builtin_elementwise_sqrt(square + PARTNER(square));
      vec factor = choose(length > s->radius, s->radius / length, broadcast(1));
      down *= factor;
      right *= factor;
      store(to + i, down + s->momentum * (down - load(dual + i)));
      store(to + plane + i, right + s->momentum * (right - load(dual + plane + i)));
      store(dual + i, down);
      store(dual + plane + i, right);
    }
    float *swap = here;
    here = next;
    next = swap;
  }
}
