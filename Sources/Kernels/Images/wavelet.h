// Wavelet levels. Part of template.h.

// Even and odd complex samples of two vectors, and back.
#define CLANES (LANES / 2)
typedef double cvec __attribute__((vector_size(LANES * 4), aligned(4)));
#if LANES == 16
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15)
#define FRONT(a, b) __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define BACK(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#define PARTNER(x) \
  __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
#elif LANES == 8
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2, 4, 6)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3, 5, 7)
#define FRONT(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define BACK(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#define PARTNER(x) __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6)
#else
#define EVEN(a, b) __builtin_shufflevector(a, b, 0, 2)
#define ODD(a, b) __builtin_shufflevector(a, b, 1, 3)
#define FRONT(a, b) __builtin_shufflevector(a, b, 0, 2)
#define BACK(a, b) __builtin_shufflevector(a, b, 1, 3)
#define PARTNER(x) __builtin_shufflevector(x, x, 1, 0, 3, 2)
#endif

/// a = Σ weights_a[t] inputs[t], b = Σ weights_b[t] inputs[t].
INLINE void weigh(const float *const *inputs, int taps, const float *weights_a,
                  const float *weights_b, int floats, float *a, float *b) {
  int i = 0;
  for (; i + LANES <= floats; i += LANES) {
    vec sum_a = {}, sum_b = {};
    for (int t = 0; t < taps; t++) {
      vec x = load(inputs[t] + i);
      sum_a += x * weights_a[t];
      sum_b += x * weights_b[t];
    }
    store(a + i, sum_a);
    store(b + i, sum_b);
  }
  for (; i < floats; i++) {
    float sum_a = 0, sum_b = 0;
    for (int t = 0; t < taps; t++) {
      sum_a += inputs[t][i] * weights_a[t];
      sum_b += inputs[t][i] * weights_b[t];
    }
    a[i] = sum_a;
    b[i] = sum_b;
  }
}

/// `weigh` with the number of taps known to the compiler.
static void weigh_taps(const float *const *inputs, int taps, const float *weights_a,
                       const float *weights_b, int floats, float *a, float *b) {
  if (taps == 2)
    weigh(inputs, 2, weights_a, weights_b, floats, a, b);
  else if (taps == 4)
    weigh(inputs, 4, weights_a, weights_b, floats, a, b);
  else
    weigh(inputs, taps, weights_a, weights_b, floats, a, b);
}

/// The even and the odd ones of 2 `count` complex samples.
INLINE void part(const float *line, int count, float *even, float *odd) {
  int i = 0;
  for (; i + CLANES <= count; i += CLANES) {
    cvec a = (cvec)load(line + 4 * i), b = (cvec)load(line + 4 * i + LANES);
    store(even + 2 * i, (vec)EVEN(a, b));
    store(odd + 2 * i, (vec)ODD(a, b));
  }
  for (; i < count; i++) {
    memcpy(even + 2 * i, line + 4 * i, 8);
    memcpy(odd + 2 * i, line + 4 * i + 2, 8);
  }
}

INLINE void interleave(const float *even, const float *odd, int count, float *line) {
  int i = 0;
  for (; i + CLANES <= count; i += CLANES) {
    cvec a = (cvec)load(even + 2 * i), b = (cvec)load(odd + 2 * i);
    store(line + 4 * i, (vec)FRONT(a, b));
    store(line + 4 * i + LANES, (vec)BACK(a, b));
  }
  for (; i < count; i++) {
    memcpy(line + 4 * i, even + 2 * i, 8);
    memcpy(line + 4 * i + 2, odd + 2 * i, 8);
  }
}

/// One line of `columns` samples to its approximation and detail.
static void split_line(const wavelet_level *l, const float *line, float *scratch, float *coarse,
                       float *fine) {
  int half = l->columns / 2, phases = l->taps / 2, extended = half + phases - 1;
  float *even = scratch, *odd = scratch + 2 * extended;
  if (half > 0) {
    part(line, half, even, odd);
    for (int i = half; i < extended; i++) {
      memcpy(even + 2 * i, even + 2 * (i % half), 8);
      memcpy(odd + 2 * i, odd + 2 * (i % half), 8);
    }
    const float *inputs[8];
    for (int t = 0; t < l->taps; t++) inputs[t] = (t % 2 ? odd : even) + 2 * (t / 2);
    weigh_taps(inputs, l->taps, l->low, l->high, 2 * half, coarse, fine);
  }
  if (l->columns % 2) memcpy(coarse + 2 * half, line + 2 * (l->columns - 1), 8);
}

static float *image_row(const wavelet_level *l, int row) {
  return l->image + (ptrdiff_t)((row + l->row_offset) % l->image_rows) * l->image_stride;
}

static void wavelet_analyse(const wavelet_level *l, int first, int end, float *scratch) {
  int half = l->rows / 2, coarse_rows = l->rows - half, columns = l->columns;
  int coarse_columns = columns - columns / 2;
  int offset = l->column_offset, front = columns - offset;
  float *low = scratch, *high = scratch + 2 * columns, *rest = scratch + 4 * columns;
  for (int r = first; r < end; r++) {
    float *coarse = l->approximation + r * l->approximation_stride;
    float *right = l->details + r * l->details_stride + 2 * coarse_columns;
    if (r == half) {
      const float *row = image_row(l, l->rows - 1);
      memcpy(low, row + 2 * offset, sizeof(float) * 2 * front);
      memcpy(low + 2 * front, row, sizeof(float) * 2 * offset);
    } else {
      const float *inputs[8], *wrapped[8];
      for (int t = 0; t < l->taps; t++) {
        wrapped[t] = image_row(l, 2 * ((r + t / 2) % half) + t % 2);
        inputs[t] = wrapped[t] + 2 * offset;
      }
      weigh_taps(inputs, l->taps, l->low, l->high, 2 * front, low, high);
      weigh_taps(wrapped, l->taps, l->low, l->high, 2 * offset, low + 2 * front, high + 2 * front);
      float *below = l->details + (coarse_rows + r) * l->details_stride;
      split_line(l, high, rest, below, below + 2 * coarse_columns);
    }
    split_line(l, low, rest, coarse, right);
  }
}

/// A line [approximation | detail] of `columns` samples to a row of the image.
static void merge_line(const wavelet_level *l, const float *line, const float *even_taps,
                       const float *odd_taps, float *scratch, int row) {
  int columns = l->columns, half = columns / 2, phases = l->taps / 2, before = phases - 1;
  int extended = half + before, offset = l->column_offset, front = columns - offset;
  float *coarse = scratch, *fine = coarse + 2 * extended;
  float *even = fine + 2 * extended, *odd = even + 2 * half;
  const float *detail = line + 2 * (columns - half);
  const float *from_coarse = line, *from_fine = detail;
  if (before > 0 && half > 0) {
    for (int i = 0; i < before; i++) {
      int wrapped = half - 1 - (before - 1 - i) % half;
      memcpy(coarse + 2 * i, line + 2 * wrapped, 8);
      memcpy(fine + 2 * i, detail + 2 * wrapped, 8);
    }
    memcpy(coarse + 2 * before, line, sizeof(float) * 2 * half);
    memcpy(fine + 2 * before, detail, sizeof(float) * 2 * half);
    from_coarse = coarse;
    from_fine = fine;
  }
  const float *inputs[8];
  for (int t = 0; t < l->taps; t++)
    inputs[t] = (t % 2 ? from_fine : from_coarse) + 2 * (phases - 1 - t / 2);
  weigh_taps(inputs, l->taps, even_taps, odd_taps, 2 * half, even, odd);
  float *target = image_row(l, row), *whole = offset ? odd + 2 * half : target;
  interleave(even, odd, half, whole);
  if (columns % 2) memcpy(whole + 2 * (columns - 1), line + 2 * half, 8);
  if (offset) {
    memcpy(target + 2 * offset, whole, sizeof(float) * 2 * front);
    memcpy(target, whole + 2 * front, sizeof(float) * 2 * offset);
  }
}

static void wavelet_synthesise(const wavelet_level *l, int first, int end, float *scratch) {
  int half = l->rows / 2, coarse_rows = l->rows - half, columns = l->columns;
  int fine_columns = columns / 2, coarse_columns = columns - fine_columns;
  float *even = scratch, *odd = scratch + 2 * columns, *rest = scratch + 4 * columns;
  float even_taps[8], odd_taps[8];
  for (int t = 0; t < l->taps; t += 2) {
    even_taps[t] = l->low[t];
    even_taps[t + 1] = l->high[t];
    odd_taps[t] = l->low[t + 1];
    odd_taps[t + 1] = l->high[t + 1];
  }
  for (int r = first; r < end; r++) {
    if (r == half) {
      memcpy(even, l->approximation + r * l->approximation_stride,
             sizeof(float) * 2 * coarse_columns);
      memcpy(even + 2 * coarse_columns, l->details + r * l->details_stride + 2 * coarse_columns,
             sizeof(float) * 2 * fine_columns);
      merge_line(l, even, even_taps, odd_taps, rest, l->rows - 1);
      continue;
    }
    const float *left[8], *right[8];
    for (int t = 0; t < l->taps; t += 2) {
      int k = (r - t / 2 % half + half) % half;
      const float *upper = l->details + k * l->details_stride;
      const float *lower = l->details + (coarse_rows + k) * l->details_stride;
      left[t] = l->approximation + k * l->approximation_stride;
      left[t + 1] = lower;
      right[t] = upper + 2 * coarse_columns;
      right[t + 1] = lower + 2 * coarse_columns;
    }
    weigh_taps(left, l->taps, even_taps, odd_taps, 2 * coarse_columns, even, odd);
    weigh_taps(right, l->taps, even_taps, odd_taps, 2 * fine_columns, even + 2 * coarse_columns,
               odd + 2 * coarse_columns);
    merge_line(l, even, even_taps, odd_taps, rest, 2 * r);
    merge_line(l, odd, even_taps, odd_taps, rest, 2 * r + 1);
  }
}
