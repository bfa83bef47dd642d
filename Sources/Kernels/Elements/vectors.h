// Sums, optimiser steps and other passes over flat vectors. Part of template.h.

typedef double dvec __attribute__((vector_size(LANES * 8), aligned(8)));

typedef long long lvec __attribute__((vector_size(LANES * 8), aligned(8)));

// A macro and a pointer: vectors of this width cannot be passed by value on every target.
#define wide(x) __builtin_convertvector(x, dvec)
INLINE double total_of(const dvec *x) {
  double sum = 0;
  for (int i = 0; i < LANES; i++) sum += (*x)[i];
  return sum;
}
INLINE vec magnitude(vec x) { return (vec)((ivec)x & 0x7fffffff); }

static double dot(size_t count, const float *a, const float *b) {
  dvec first = {}, second = {};
  size_t i = 0;
  for (; i + 2 * LANES <= count; i += 2 * LANES) {
    first += wide(load(a + i)) * wide(load(b + i));
    second += wide(load(a + i + LANES)) * wide(load(b + i + LANES));
  }
  first += second;
  double sum = total_of(&first);
  for (; i < count; i++) sum += (double)a[i] * b[i];
  return sum;
}

static double absolute_sum(size_t count, const float *a) {
  dvec sums = {};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) sums += wide(magnitude(load(a + i)));
  double sum = total_of(&sums);
  for (; i < count; i++) sum += (double)__builtin_fabsf(a[i]);
  return sum;
}

static double excess(size_t count, const float *a, double threshold, size_t *above) {
  dvec sums = {};
  lvec counts = {};
  size_t i = 0, number = 0;
  for (; i + LANES <= count; i += LANES) {
    dvec over = wide(magnitude(load(a + i))) - threshold;
    lvec is_over = over > 0;
    counts -= is_over;
    sums += (dvec)((lvec)over & is_over);
  }
  double sum = total_of(&sums);
  for (; i < count; i++) {
    double over = (double)__builtin_fabsf(a[i]) - threshold;
    if (over > 0) {
      sum += over;
      number++;
    }
  }
  for (int l = 0; l < LANES; l++) number += (size_t)counts[l];
  *above = number;
  return sum;
}

static void shrink(size_t count, double threshold, float *a) {
  for (size_t i = 0; i < count; i++) {
    double size = (double)__builtin_fabsf(a[i]) - threshold;
    a[i] = size > 0 ? __builtin_copysignf((float)size, a[i]) : 0;
  }
}

static double add_scaled_dot(size_t count, float factor, const float *x, float *y,
                             const float *z) {
  dvec sums = {};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vec next = load(y + i) + factor * load(x + i);
    store(y + i, next);
    sums += wide(next) * wide(load(z + i));
  }
  double sum = total_of(&sums);
  for (; i < count; i++) {
    y[i] += factor * x[i];
    sum += (double)y[i] * z[i];
  }
  return sum;
}

static void sum_scaled(size_t count, const float *a, float factor, const float *b, float *out) {
  for (size_t i = 0; i < count; i++) out[i] = a[i] + factor * b[i];
}

static void scale(size_t count, float factor, float *a) {
  for (size_t i = 0; i < count; i++) a[i] *= factor;
}

static void add(size_t count, float *a, const float *b) {
  for (size_t i = 0; i < count; i++) a[i] += b[i];
}

static void join(size_t pixels, int first, int second, float slope, const float *a, const float *b,
                 float *out) {
  for (size_t p = 0; p < pixels; p++) {
    float *to = out + p * (first + second);
    memcpy(to, a + p * first, sizeof(float) * first);
    const float *x = b + p * second;
    for (int c = 0; c < second; c++) to[first + c] = x[c] > 0 ? x[c] : x[c] * slope;
  }
}

static void split(size_t pixels, int first, int second, float slope, const float *gradient,
                  const float *joined, float *a, float *b) {
  for (size_t p = 0; p < pixels; p++) {
    const float *from = gradient + p * (first + second), *at = joined + p * (first + second) + first;
    memcpy(a + p * first, from, sizeof(float) * first);
    for (int c = 0; c < second; c++) b[p * second + c] = from[first + c] * (at[c] > 0 ? 1 : slope);
  }
}

static void absolute_loss(size_t count, const float *image, const float *target, float factor,
                          float *gradient, double *sums) {
  dvec absolute = {}, squared = {};
  size_t i = 0;
  for (; i + LANES <= count; i += LANES) {
    vec d = load(image + i) - load(target + i);
    absolute += wide(magnitude(d));
    squared += wide(d * d);
    vec g = choose(d > 0, broadcast(factor), broadcast(0));
    store(gradient + i, choose(d < 0, broadcast(-factor), g));
  }
  sums[0] += total_of(&absolute);
  sums[1] += total_of(&squared);
  for (; i < count; i++) {
    float d = image[i] - target[i];
    sums[0] += (double)__builtin_fabsf(d);
    sums[1] += (double)(d * d);
    gradient[i] = d > 0 ? factor : d < 0 ? -factor : 0;
  }
}

INLINE void adam_of(const int averaged, size_t count, const adam_step *step, float *value,
                    float *mean, float *square, float *average, const float *gradient) {
  adam_step s = *step;
  for (size_t i = 0; i < count; i++) {
    float g = gradient[i] * s.gradient_factor;
    float m = s.beta1 * mean[i] + (1 - s.beta1) * g;
    float q = s.beta2 * square[i] + (1 - s.beta2) * g * g;
    mean[i] = m;
    square[i] = q;
    float v =
        value[i] - s.rate * (m * s.correction1) / (__builtin_sqrtf(q * s.correction2) + s.epsilon);
    value[i] = v;
    if (averaged) average[i] += s.average_share * (v - average[i]);
  }
}

static void adam(size_t count, const adam_step *step, float *restrict value, float *restrict mean,
                 float *restrict square, float *restrict average,
                 const float *restrict gradient) {
  if (average)
    adam_of(1, count, step, value, mean, square, average, gradient);
  else
    adam_of(0, count, step, value, mean, square, NULL, gradient);
}
