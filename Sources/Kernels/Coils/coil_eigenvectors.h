// Dominant eigenvectors of coil matrices. Part of template.h; layouts in CoilEigenvectors.h.

#define EACH_GROUP(lane) for (int lane = 0; lane < 16; lane += LANES)

/// Four floats, repeated over the vector: columns run fastest in a block of 4 x 4 pixels.
INLINE vec repeat4(const float *p) {
#if LANES == 16
  typedef float quad __attribute__((vector_size(16), aligned(4)));
  quad q = *(const quad *)p;
  return __builtin_shufflevector(q, q, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
#elif LANES == 8
  typedef float quad __attribute__((vector_size(16), aligned(4)));
  quad q = *(const quad *)p;
  return __builtin_shufflevector(q, q, 0, 1, 2, 3, 0, 1, 2, 3);
#else
  return load(p);
#endif
}

INLINE vec square_root(vec x) {
  vec result;
  UNROLL for (int i = 0; i < LANES; i++) result[i] = __builtin_sqrtf(x[i]);
  return result;
}

INLINE vec select(ivec where, vec yes, vec no) {
  return (vec)(((ivec)yes & where) | ((ivec)no & ~where));
}

INLINE vec length_or_least(vec squared) {
  // Zero vectors stay zero instead of turning to NaN; NaN itself passes.
  vec length = square_root(squared), least = broadcast(1.17549435e-38f);
  return select(length < least, least, length);
}

static void coil_matrices(int pairs, int row_shifts, const float *series, ptrdiff_t series_line,
                          const float *waves, float *matrices) {
  for (int pair = 0; pair < pairs; pair++)
    EACH_GROUP(l) {
      vec re = {}, im = {};
      const float *s = series + pair * series_line;
      for (int shift = 0; shift < row_shifts; shift++, s += pairs * series_line) {
        vec a = repeat4(s), b = repeat4(s + 4);
        vec c = load(waves + shift * 32 + l), d = load(waves + shift * 32 + 16 + l);
        re += a * c - b * d;
        im += a * d + b * c;
      }
      store(matrices + pair * 32 + l, re);
      store(matrices + pair * 32 + 16 + l, im);
    }
}

/// vectors = the column of each matrix that has the largest diagonal entry, of unit length.
INLINE void dominant_start(int coils, const float *matrices, float *vectors) {
  vec best = broadcast(-1), squared = {};
  int diagonal = 0;
  for (int candidate = 0; candidate < coils; candidate++) {
    vec entry = load(matrices + diagonal * 32);
    ivec better = entry > best;
    best = select(better, entry, best);
    for (int coil = 0, pair = candidate; coil < coils; coil++) {
      // Above the diagonal the entry (coil, candidate) is stored; below, its conjugate.
      const float *m = matrices + pair * 32;
      vec im = load(m + 16);
      store(vectors + coil * 32, select(better, load(m), load(vectors + coil * 32)));
      store(vectors + coil * 32 + 16,
            select(better, coil <= candidate ? im : -im, load(vectors + coil * 32 + 16)));
      pair += coil < candidate ? coils - coil - 1 : 1;
    }
    diagonal += coils - candidate;
  }
  for (int coil = 0; coil < coils; coil++) {
    vec re = load(vectors + coil * 32), im = load(vectors + coil * 32 + 16);
    squared += re * re + im * im;
  }
  vec scale = 1 / length_or_least(squared);
  for (int coil = 0; coil < coils; coil++) {
    store(vectors + coil * 32, load(vectors + coil * 32) * scale);
    store(vectors + coil * 32 + 16, load(vectors + coil * 32 + 16) * scale);
  }
}

INLINE void coil_multiply(int coils, const float *matrices, const float *vectors,
                          float *products) {
  for (int coil = 0; coil < coils; coil++) {
    store(products + coil * 32, (vec){});
    store(products + coil * 32 + 16, (vec){});
  }
  const float *m = matrices;
  for (int row = 0; row < coils; row++) {
    vec x = load(vectors + row * 32), y = load(vectors + row * 32 + 16);
    vec re = load(products + row * 32) + load(m) * x;
    vec im = load(products + row * 32 + 16) + load(m) * y;
    m += 32;
    for (int column = row + 1; column < coils; column++, m += 32) {
      vec a = load(m), b = load(m + 16);
      vec u = load(vectors + column * 32), v = load(vectors + column * 32 + 16);
      re += a * u - b * v;
      im += a * v + b * u;
      float *p = products + column * 32;
      store(p, load(p) + a * x + b * y);
      store(p + 16, load(p + 16) + a * y - b * x);
    }
    store(products + row * 32, re);
    store(products + row * 32 + 16, im);
  }
}

static int coil_dominant(int coils, const float *matrices, int most, float tolerance,
                         float *vectors, float *products, float *values) {
  int iterations = 0;
  EACH_GROUP(l) {
    dominant_start(coils, matrices + l, vectors + l);
    for (int k = 0; k < most; k++) {
      iterations++;
      coil_multiply(coils, matrices + l, vectors + l, products + l);
      vec squared = {}, change = {};
      for (int coil = 0; coil < coils; coil++) {
        vec re = load(products + coil * 32 + l), im = load(products + coil * 32 + 16 + l);
        squared += re * re + im * im;
      }
      vec length = length_or_least(squared), scale = 1 / length;
      for (int coil = 0; coil < coils; coil++) {
        float *p = products + coil * 32 + l, *v = vectors + coil * 32 + l;
        vec re = load(p) * scale, im = load(p + 16) * scale;
        vec moved_re = re - load(v), moved_im = im - load(v + 16);
        change += moved_re * moved_re + moved_im * moved_im;
        store(v, re);
        store(v + 16, im);
      }
      store(values + l, length);
      int moving = 0;
      for (int i = 0; i < LANES; i++) moving |= change[i] >= tolerance;
      if (!moving) break;
    }
  }
  return iterations;
}

static float coil_interpolate(int coils, const float *nodes, ptrdiff_t node_row,
                              const float *node_values, ptrdiff_t value_row, const float *weights,
                              const float *checks, float *rotated, float *vectors, float *values) {
  int padded = round_up_16(coils);
  const float *centre = nodes + node_row + 2 * padded;
  for (int k = 0; k < 16; k++) {
    const float *node = nodes + k / 4 * node_row + k % 4 * 2 * padded;
    vec re = {}, im = {};
    for (int c = 0; c < padded; c += LANES) {
      vec a = load(centre + c), b = load(centre + padded + c);
      vec x = load(node + c), y = load(node + padded + c);
      re += a * x + b * y;
      im += a * y - b * x;
    }
    float cosine = 0, sine = 0;
    for (int i = 0; i < LANES; i++) {
      cosine += re[i];
      sine += im[i];
    }
    float length = __builtin_sqrtf(cosine * cosine + sine * sine);
    float scale = length > 1e-10f ? 1 / length : 0;
    cosine = length > 1e-10f ? cosine * scale : 1;
    sine *= scale;
    float *to = rotated + k * 2 * padded;
    for (int c = 0; c < padded; c += LANES) {
      vec x = load(node + c), y = load(node + padded + c);
      store(to + c, x * cosine + y * sine);
      store(to + padded + c, y * cosine - x * sine);
    }
  }

  float largest = 0;
  for (int check = 0; check < 3; check++) {
    vec squared = {};
    for (int c = 0; c < 2 * padded; c += LANES) {
      vec sum = {};
      for (int k = 0; k < 16; k++) sum += checks[check * 16 + k] * load(rotated + k * 2 * padded + c);
      squared += sum * sum;
    }
    float total = 0;
    for (int i = 0; i < LANES; i++) total += squared[i];
    if (total > largest || total != total) largest = total;
  }

  EACH_GROUP(l) {
    vec w[16], squared = {}, value = {};
    UNROLL for (int k = 0; k < 16; k++) w[k] = load(weights + k * 16 + l);
    for (int coil = 0; coil < coils; coil++) {
      vec re = {}, im = {};
      UNROLL for (int k = 0; k < 16; k++) {
        re += w[k] * rotated[k * 2 * padded + coil];
        im += w[k] * rotated[k * 2 * padded + padded + coil];
      }
      squared += re * re + im * im;
      store(vectors + coil * 32 + l, re);
      store(vectors + coil * 32 + 16 + l, im);
    }
    vec scale = 1 / length_or_least(squared);
    for (int row = 0; row < 2 * coils; row++)
      store(vectors + row * 16 + l, load(vectors + row * 16 + l) * scale);
    for (int k = 0; k < 16; k++) value += w[k] * node_values[k / 4 * value_row + k % 4];
    // No eigenvalue of these matrices exceeds 1, but a cubic polynomial may.
    store(values + l, select(value > 1, broadcast(1), value));
  }
  return largest;
}

static void coil_align(int coils, const float *reference, float *vectors) {
  EACH_GROUP(l) {
    vec re = {}, im = {};
    for (int coil = 0; coil < coils; coil++) {
      float x = reference[2 * coil], y = reference[2 * coil + 1];
      vec a = load(vectors + coil * 32 + l), b = load(vectors + coil * 32 + 16 + l);
      re += a * x + b * y;
      im += b * x - a * y;
    }
    vec squared = re * re + im * im, one = broadcast(1);
    ivec defined = squared > 1e-20f;
    vec scale = 1 / square_root(select(defined, squared, one));
    vec cosine = select(defined, re * scale, one), sine = select(defined, im * scale, (vec){});
    for (int coil = 0; coil < coils; coil++) {
      float *v = vectors + coil * 32 + l;
      vec a = load(v), b = load(v + 16);
      store(v, a * cosine + b * sine);
      store(v + 16, b * cosine - a * sine);
    }
  }
}

const coil_eigenvector_table TABLE(coil_eigenvectors_) = {
    NAME, coil_matrices, coil_dominant, coil_interpolate, coil_align};
