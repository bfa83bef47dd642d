// Total generalised variation: the steps of a primal-dual method. Part of template.h; uses wavelet.h's PARTNER.
//
// Planes of w, p and q are [rows, columns] of complex pairs, one after the other. A pixel has no neighbour beyond an edge
// of the image; the first and the last pixel of a row are done apart, so that all others have both.

/// What `condition` lets through, else 0; for the first and the last row, where neighbours are missing.
#define EDGE(condition, value) ((condition) ? (vec){} : (value))

/// One pixel, whose two floats begin at `i` of row `r`: see generalized_primal.
INLINE void primal_pixel(const generalized_step *s, int r, ptrdiff_t i) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line, at = r * line + i;
  int first = r == 0, last = r + 1 == s->rows, left = i == 0, right = i + 2 == line;
  for (ptrdiff_t k = at; k < at + 2; k++) {
    const float *p = s->dual + k, *p2 = p + plane;
    const float *q = s->second + k, *q1 = q + plane, *q2 = q1 + plane;
    s->image[k] = s->measured[k] + (last ? 0 : p[0]) - (first ? 0 : p[-line]) + (right ? 0 : p2[0]) -
                  (left ? 0 : p2[-2]);
    float slopes[2] = {
        (first ? 0 : q[0]) - (last ? 0 : q[line]) +
            s->half * ((left ? 0 : q2[0]) - (right ? 0 : q2[2])) - p[0],
        (left ? 0 : q1[0]) - (right ? 0 : q1[2]) +
            s->half * ((first ? 0 : q2[0]) - (last ? 0 : q2[line])) - p2[0]};
    for (int f = 0; f < 2; f++) {
      float *w = s->field + f * plane + k, next = *w - s->field_step * slopes[f];
      s->ahead[f * plane + k] = 2 * next - *w;
      *w = next;
    }
  }
}

/// The same of the dual step: see generalized_dual.
INLINE void dual_pixel(const generalized_step *s, int r, ptrdiff_t i) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line, at = r * line + i;
  int first = r == 0, last = r + 1 == s->rows, left = i == 0, right = i + 2 == line;
  float p[2][2], q[3][2], length = 0, second = 0;
  for (int k = 0; k < 2; k++) {
    const float *x = s->image + at + k, *a = s->ahead + at + k, *b = a + plane;
    const float *dual = s->dual + at + k, *other = s->second + at + k;
    p[0][k] = dual[0] + s->dual_step * ((last ? 0 : x[line] - x[0]) - a[0]);
    p[1][k] = dual[plane] + s->dual_step * ((right ? 0 : x[2] - x[0]) - b[0]);
    q[0][k] = other[0] + s->dual_step * (first ? 0 : a[0] - a[-line]);
    q[1][k] = other[plane] + s->dual_step * (left ? 0 : b[0] - b[-2]);
    q[2][k] = other[2 * plane] + s->dual_step * s->half *
                                     ((left ? 0 : a[0] - a[-2]) + (first ? 0 : b[0] - b[-line]));
    length += p[0][k] * p[0][k] + p[1][k] * p[1][k];
    second += q[0][k] * q[0][k] + q[1][k] * q[1][k] + q[2][k] * q[2][k];
  }
  length = __builtin_sqrtf(length);
  second = __builtin_sqrtf(second);
  float shorter = length > s->radius ? s->radius / length : 1;
  float shorter2 = second > s->second_radius ? s->second_radius / second : 1;
  for (int k = 0; k < 2; k++) {
    for (int f = 0; f < 2; f++) s->dual[f * plane + at + k] = shorter * p[f][k];
    for (int f = 0; f < 3; f++) s->second[f * plane + at + k] = shorter2 * q[f][k];
  }
}

static void generalized_image(const generalized_step *s, int first_row, int end) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line;
  for (int r = first_row; r < end; r++) {
    int first = r == 0, last = r + 1 == s->rows;
    for (ptrdiff_t i = 0; i < line; i++) {
      const float *p = s->dual + r * line + i;
      s->image[r * line + i] = s->measured[r * line + i] + (last ? 0 : p[0]) -
                               (first ? 0 : p[-line]) + (i + 2 < line ? p[plane] : 0) -
                               (i >= 2 ? p[plane - 2] : 0);
    }
  }
}

static void generalized_primal(const generalized_step *s, int first_row, int end) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line;
  for (int r = first_row; r < end; r++) {
    int first = r == 0, last = r + 1 == s->rows;
    ptrdiff_t i = 2;
    primal_pixel(s, r, 0);
    for (; i + LANES + 2 <= line; i += LANES) {
      ptrdiff_t at = r * line + i;
      const float *p = s->dual + at, *p2 = p + plane;
      const float *q = s->second + at, *q1 = q + plane, *q2 = q1 + plane;
      vec here = load(p), other = load(p2), mixed = load(q2);
      store(s->image + at, load(s->measured + at) + EDGE(last, here) - EDGE(first, load(p - line)) +
                               other - load(p2 - 2));
      vec down = EDGE(first, load(q)) - EDGE(last, load(q + line));
      vec down2 = EDGE(first, mixed) - EDGE(last, load(q2 + line));
      vec slopes[2] = {down + s->half * (mixed - load(q2 + 2)) - here,
                       load(q1) - load(q1 + 2) + s->half * down2 - other};
      for (int f = 0; f < 2; f++) {
        float *w = s->field + f * plane + at;
        vec before = load(w), next = before - s->field_step * slopes[f];
        store(s->ahead + f * plane + at, 2 * next - before);
        store(w, next);
      }
    }
    for (; i < line; i += 2) primal_pixel(s, r, i);
  }
}

static void generalized_dual(const generalized_step *s, int first_row, int end) {
  ptrdiff_t line = 2 * (ptrdiff_t)s->columns, plane = s->rows * line;
  for (int r = first_row; r < end; r++) {
    int first = r == 0, last = r + 1 == s->rows;
    ptrdiff_t i = 2;
    dual_pixel(s, r, 0);
    for (; i + LANES + 2 <= line; i += LANES) {
      ptrdiff_t at = r * line + i;
      const float *x = s->image + at, *a = s->ahead + at, *b = a + plane;
      float *dual = s->dual + at, *other = s->second + at;
      vec here = load(x), a0 = load(a), b0 = load(b);
      vec p = load(dual) + s->dual_step * (EDGE(last, load(x + line) - here) - a0);
      vec p2 = load(dual + plane) + s->dual_step * (load(x + 2) - here - b0);
      vec q = load(other) + s->dual_step * EDGE(first, a0 - load(a - line));
      vec q1 = load(other + plane) + s->dual_step * (b0 - load(b - 2));
      vec q2 = load(other + 2 * plane) +
               s->dual_step * s->half * (a0 - load(a - 2) + EDGE(first, b0 - load(b - line)));
      vec square = p * p + p2 * p2, square2 = q * q + q1 * q1 + q2 * q2;
      vec length = __builtin_elementwise_sqrt(square + PARTNER(square));
      vec second = __builtin_elementwise_sqrt(square2 + PARTNER(square2));
      vec shorter = choose(length > s->radius, s->radius / length, broadcast(1));
      vec shorter2 = choose(second > s->second_radius, s->second_radius / second, broadcast(1));
      store(dual, shorter * p);
      store(dual + plane, shorter * p2);
      store(other, shorter2 * q);
      store(other + plane, shorter2 * q1);
      store(other + 2 * plane, shorter2 * q2);
    }
    for (; i < line; i += 2) dual_pixel(s, r, i);
  }
}
#undef EDGE
