// Shrinkage towards an image and the passes of FISTA. Part of template.h; uses wavelet.h.

static void soft_threshold(size_t count, float *values, float threshold) {
  size_t i = 0, floats = 2 * count;
  for (; i + LANES <= floats; i += LANES) {
    vec x = load(values + i), square = x * x;
    vec length = __builtin_elementwise_sqrt(square + PARTNER(square));
    // A comparison with NaN is false, so that NaN goes through the division.
    vec factor = (vec)((ivec)(1 - threshold / length) & ~(length <= threshold));
    store(values + i, x * factor);
  }
  for (; i < floats; i += 2) {
    float a = values[i], b = values[i + 1], length = __builtin_sqrtf(a * a + b * b);
    float factor = length <= threshold ? 0 : 1 - threshold / length;
    values[i] = a * factor;
    values[i + 1] = b * factor;
  }
}

/// argmin ½(c - v)² + a|c| + b|c - g|, for g of either sign; NaN stays NaN.
INLINE vec between(vec v, vec g, float a, float b) {
  ivec sign = (ivec)g & (int)0x80000000;
  v = (vec)((ivec)v ^ sign);
  g = (vec)((ivec)g ^ sign);
  // From the side of g > 0: beyond g both pull back, between 0 and g they pull apart, and 0 and g
  // themselves catch what comes near.
  vec beyond = v - a - b, inside = v - a + b, below = v + a + b;
  vec negative = choose(below > 0, (vec){}, below);
  vec c = choose(beyond > g, beyond, choose(inside >= g, g, choose(inside > 0, inside, negative)));
  return (vec)((ivec)c ^ sign);
}

static void centred_threshold(size_t count, float *values, const float *centres, float to_zero,
                              float to_centre) {
  size_t i = 0, floats = 2 * count;
  for (; i < floats; i += LANES) {
    float tail[2][LANES] = {};
    size_t left = floats - i;
    float *at = values + i;
    const float *centre = centres ? centres + i : tail[1];
    if (left < LANES) {
      memcpy(tail[0], at, sizeof(float) * left);
      if (centres) memcpy(tail[1], centre, sizeof(float) * left);
      at = tail[0];
      centre = tail[1];
    }
    vec v = load(at), g = load(centre);
    store(at, between(v, g, to_zero, to_centre));
    if (left < LANES) memcpy(values + i, tail[0], sizeof(float) * left);
  }
}

static void combine(size_t floats, const float *a, float factor, const float *b, float *target) {
  for (size_t i = 0; i < floats; i++) target[i] = a[i] + factor * b[i];
}

static void extrapolate(size_t floats, const float *x, const float *previous, float factor,
                        float *point) {
  for (size_t i = 0; i < floats; i++) point[i] = x[i] + factor * (x[i] - previous[i]);
}

static double uphill(size_t floats, const float *point, const float *x, const float *previous) {
  typedef double wide __attribute__((vector_size(LANES * 8)));
  wide sums = {};
  size_t i = 0;
  for (; i + LANES <= floats; i += LANES) {
    vec here = load(x + i);
    vec a = load(point + i) - here, b = here - load(previous + i);
    sums += __builtin_convertvector(a, wide) * __builtin_convertvector(b, wide);
  }
  double sum = 0;
  for (int k = 0; k < LANES; k++) sum += sums[k];
  for (; i < floats; i++) sum += (double)(point[i] - x[i]) * (double)(x[i] - previous[i]);
  return sum;
}
