// Vector arithmetic of iterative reconstructions. Part of template.h.
//
// Sums run in 16 lanes whatever the instruction set. A product of two floats is exact in double
// precision, so that fused and separate additions agree to the last bit.

typedef float float8 __attribute__((vector_size(32), aligned(4)));
typedef double double8 __attribute__((vector_size(64), aligned(8)));

static void inner_product(size_t count, const float *a, const float *b, double *sum) {
  // Lanes alternate re and im: `same` gathers re re and im im, `crossed` re im and im re.
  double8 same[2] = {}, crossed[2] = {};
  size_t i = 0, floats = 2 * count;
  for (; i + 16 <= floats; i += 16) UNROLL for (int h = 0; h < 2; h++) {
      float8 x = *(const float8 *)(a + i + 8 * h), y = *(const float8 *)(b + i + 8 * h);
      float8 turned = __builtin_shufflevector(y, y, 1, 0, 3, 2, 5, 4, 7, 6);
      double8 wide = __builtin_convertvector(x, double8);
      same[h] += wide * __builtin_convertvector(y, double8);
      crossed[h] += wide * __builtin_convertvector(turned, double8);
    }
  double re = 0, im = 0;
  for (int h = 0; h < 2; h++)
    for (int l = 0; l < 8; l += 2) {
      re += same[h][l] + same[h][l + 1];
      im += crossed[h][l] - crossed[h][l + 1];
    }
  for (; i < floats; i += 2) {
    re += (double)a[i] * b[i] + (double)a[i + 1] * b[i + 1];
    im += (double)a[i] * b[i + 1] - (double)a[i + 1] * b[i];
  }
  sum[0] = re;
  sum[1] = im;
}

static double squared_sum(size_t count, const float *x) {
  double8 lanes[2] = {};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) UNROLL for (int h = 0; h < 2; h++) {
      double8 wide = __builtin_convertvector(*(const float8 *)(x + i + 8 * h), double8);
      lanes[h] += wide * wide;
    }
  double sum = 0;
  for (int h = 0; h < 2; h++)
    for (int l = 0; l < 8; l++) sum += lanes[h][l];
  for (; i < count; i++) sum += (double)x[i] * x[i];
  return sum;
}

static void add_multiple(size_t count, float factor, const float *x, float *y) {
  for (size_t i = 0; i < count; i++) y[i] += factor * x[i];
}

static void scale_values(size_t count, float factor, float *x) {
  for (size_t i = 0; i < count; i++) x[i] *= factor;
}

const vector_table TABLE(vector_kernels_) = {NAME, inner_product, squared_sum, add_multiple, scale_values};
