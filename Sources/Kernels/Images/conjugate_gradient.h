// The passes of conjugate gradients, each with the sums that it needs. Part of template.h; uses
// vectors.h.

static double curvature(size_t floats, float weight, const float *direction, float *image) {
  dvec sums = {};
  size_t i = 0;
  for (; i + LANES <= floats; i += LANES) {
    vec p = load(direction + i), a = load(image + i) + weight * p;
    store(image + i, a);
    sums += wide(p) * wide(a);
  }
  double sum = total_of(&sums);
  for (; i < floats; i++) {
    image[i] += weight * direction[i];
    sum += (double)direction[i] * image[i];
  }
  return sum;
}

static void descend(size_t floats, float length, const float *direction, const float *image,
                    float *solution, float *residual, double *sums) {
  dvec residuals = {}, solutions = {};
  size_t i = 0;
  for (; i + LANES <= floats; i += LANES) {
    vec x = load(solution + i) + length * load(direction + i);
    vec r = load(residual + i) - length * load(image + i);
    store(solution + i, x);
    store(residual + i, r);
    residuals += wide(r) * wide(r);
    solutions += wide(x) * wide(x);
  }
  sums[0] = total_of(&residuals);
  sums[1] = total_of(&solutions);
  for (; i < floats; i++) {
    solution[i] += length * direction[i];
    residual[i] -= length * image[i];
    sums[0] += (double)residual[i] * residual[i];
    sums[1] += (double)solution[i] * solution[i];
  }
}
