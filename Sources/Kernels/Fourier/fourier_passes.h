// The passes of a transform over a block: loads, one codelet, twiddle factors, stores. Part of
// template.h.
//
// A pass of radix R over sub-transforms of length R * m takes, for each of them and each j < m, the
// values at j + m * s. Forward, twiddles follow the codelet; backward (re and im exchanged) they
// come before it, and the passes run in the reverse order.

typedef double fdvec __attribute__((vector_size(FLANES * 8)));

// A macro, because without AVX such a vector cannot be an argument.
#define lane_sum(x)                                       \
  ({                                                      \
    double sum = 0;                                       \
    for (int lane = 0; lane < FLANES; lane++) sum += (x)[lane]; \
    sum;                                                  \
  })

// Every codelet radix.
#define FOR_EACH_RADIX(F) \
  F(2) F(3) F(4) F(5) F(6) F(7) F(8) F(9) F(10) F(11) F(12) F(13) F(15) F(16) F(20)

#define HALVES for (int h = 0; h < FOURIER_LANES; h += FLANES)
#define IM FOURIER_LANES
#define MAX_RADIX 20

// x *= w for x = (re, im).
INLINE void twiddle(fvec *re, fvec *im, const float *w) {
  fvec a = *re, b = *im;
  *re = a * w[0] - b * w[1];
  *im = a * w[1] + b * w[0];
}

INLINE void load_values(const int R, const int BACK, const float *x, ptrdiff_t step, fvec *re,
                        fvec *im) {
  UNROLL for (int s = 0; s < R; s++) {
    re[s] = fload(x + s * step + (BACK ? IM : 0));
    im[s] = fload(x + s * step + (BACK ? 0 : IM));
  }
}

INLINE void store_values(const int R, const int BACK, float *x, ptrdiff_t step, const fvec *re,
                         const fvec *im) {
  UNROLL for (int s = 0; s < R; s++) {
    fstore(x + s * step + (BACK ? IM : 0), re[s]);
    fstore(x + s * step + (BACK ? 0 : IM), im[s]);
  }
}

INLINE void twiddles(const int R, const float *w, fvec *re, fvec *im) {
  UNROLL for (int s = 1; s < R; s++) twiddle(&re[s], &im[s], w + 2 * (s - 1));
}

INLINE void codelet_pass(const int R, const int BACK, const int TWIDDLED, float *data, int blocks,
                         int m, const float *w) {
  ptrdiff_t step = (ptrdiff_t)(TWIDDLED ? m : 1) * FOURIER_STRIDE;
  for (int b = 0; b < blocks; b++)
    for (int j = 0; j < (TWIDDLED ? m : 1); j++) HALVES {
        float *x = data + b * R * step + j * FOURIER_STRIDE + h;
        fvec re[MAX_RADIX], im[MAX_RADIX];
        load_values(R, BACK, x, step, re, im);
        if (TWIDDLED && BACK) twiddles(R, w + 2 * (R - 1) * j, re, im);
        dft(R, re, im);
        if (TWIDDLED && !BACK) twiddles(R, w + 2 * (R - 1) * j, re, im);
        store_values(R, BACK, x, step, re, im);
      }
}

// The first pass of map * image.
INLINE void first_pass(const int R, const float *image, const float *map, float *data, int m,
                       const float *w) {
  ptrdiff_t step = (ptrdiff_t)m * FOURIER_STRIDE;
  for (int j = 0; j < m; j++) HALVES {
      ptrdiff_t at = j * FOURIER_STRIDE + h;
      fvec re[MAX_RADIX], im[MAX_RADIX];
      UNROLL for (int s = 0; s < R; s++) {
        const float *x = image + at + s * step, *y = map + at + s * step;
        fvec a = fload(x), b = fload(x + IM), c = fload(y), d = fload(y + IM);
        re[s] = a * c - b * d;
        im[s] = a * d + b * c;
      }
      dft(R, re, im);
      twiddles(R, w + 2 * (R - 1) * j, re, im);
      store_values(R, 0, data + at, step, re, im);
    }
}

// The last pass backward; sum += conj(map) * result.
INLINE void final_pass(const int R, const float *data, const float *map, float *sum, int m,
                       const float *w) {
  ptrdiff_t step = (ptrdiff_t)m * FOURIER_STRIDE;
  for (int j = 0; j < m; j++) HALVES {
      ptrdiff_t at = j * FOURIER_STRIDE + h;
      fvec re[MAX_RADIX], im[MAX_RADIX];
      load_values(R, 1, data + at, step, re, im);
      twiddles(R, w + 2 * (R - 1) * j, re, im);
      dft(R, re, im);
      UNROLL for (int s = 0; s < R; s++) {
        const float *y = map + at + s * step;
        float *to = sum + at + s * step;
        fvec a = im[s], b = re[s], c = fload(y), d = fload(y + IM);
        fstore(to, fload(to) + a * c + b * d);
        fstore(to + IM, fload(to + IM) + b * c - a * d);
      }
    }
}

// Brings R values of a block into the second-level cache while the processor computes: the next
// coil's map, which otherwise keeps the first pass waiting.
INLINE void prefetch(const int R, const float *next) {
  UNROLL for (int s = 0; s < R; s++) __builtin_prefetch(next + s * FOURIER_STRIDE, 0, 2);
}

// The last pass forward, the mask, and the first pass backward, on contiguous groups of R.
INLINE void middle_pass(const int R, float *data, int blocks, const float *weights,
                        const float *next) {
  for (int b = 0; b < blocks; b++) {
    const float *weight = weights + b * R;
    if (next) prefetch(R, next + (ptrdiff_t)b * R * FOURIER_STRIDE);
    HALVES {
      float *x = data + (ptrdiff_t)b * R * FOURIER_STRIDE + h;
      fvec re[MAX_RADIX], im[MAX_RADIX];
      load_values(R, 0, x, FOURIER_STRIDE, re, im);
      dft(R, re, im);
      UNROLL for (int s = 0; s < R; s++) {
        re[s] *= weight[s];
        im[s] *= weight[s];
      }
      dft(R, im, re);
      store_values(R, 0, x, FOURIER_STRIDE, re, im);
    }
  }
}

// The same with a product in the place of the mask.
INLINE void product_pass(const int R, float *data, int blocks, const float *factors) {
  for (int b = 0; b < blocks; b++) HALVES {
      float *x = data + (ptrdiff_t)b * R * FOURIER_STRIDE + h;
      fvec re[MAX_RADIX], im[MAX_RADIX];
      load_values(R, 0, x, FOURIER_STRIDE, re, im);
      dft(R, re, im);
      UNROLL for (int s = 0; s < R; s++) twiddle(&re[s], &im[s], factors + 2 * (b * R + s));
      dft(R, im, re);
      store_values(R, 0, x, FOURIER_STRIDE, re, im);
    }
}

// The same with the residual against `expected` in the place of the masked values.
INLINE double residual_pass(const int R, float *data, int blocks, const float *weights,
                            const float *expected, const float *next) {
  fdvec energy = {};
  for (int b = 0; b < blocks; b++) {
    const float *weight = weights + b * R;
    if (next) prefetch(R, next + (ptrdiff_t)b * R * FOURIER_STRIDE);
    HALVES {
      float *x = data + (ptrdiff_t)b * R * FOURIER_STRIDE + h;
      const float *e = expected + (ptrdiff_t)b * R * FOURIER_STRIDE + h;
      fvec re[MAX_RADIX], im[MAX_RADIX], er[MAX_RADIX], ei[MAX_RADIX], squares = {};
      load_values(R, 0, x, FOURIER_STRIDE, re, im);
      load_values(R, 0, e, FOURIER_STRIDE, er, ei);
      dft(R, re, im);
      UNROLL for (int s = 0; s < R; s++) {
        re[s] = re[s] * weight[s] - er[s];
        im[s] = im[s] * weight[s] - ei[s];
        squares += re[s] * re[s] + im[s] * im[s];
      }
      energy += __builtin_convertvector(squares, fdvec);
      dft(R, im, re);
      store_values(R, 0, x, FOURIER_STRIDE, re, im);
    }
  }
  return lane_sum(energy);
}

#define CODELET_PASSES(R)                                                                         \
  static void forward_pass_##R(float *data, int blocks, int m, const float *w) {                  \
    codelet_pass(R, 0, 1, data, blocks, m, w);                                                    \
  }                                                                                               \
  static void forward_last_##R(float *data, int blocks) {                                         \
    codelet_pass(R, 0, 0, data, blocks, 1, NULL);                                                 \
  }                                                                                               \
  static void backward_pass_##R(float *data, int blocks, int m, const float *w) {                 \
    codelet_pass(R, 1, 1, data, blocks, m, w);                                                    \
  }                                                                                               \
  static void backward_first_##R(float *data, int blocks) {                                       \
    codelet_pass(R, 1, 0, data, blocks, 1, NULL);                                                 \
  }                                                                                               \
  static void first_pass_##R(const float *image, const float *map, float *data, int m,            \
                             const float *w) {                                                    \
    first_pass(R, image, map, data, m, w);                                                        \
  }                                                                                               \
  static void final_pass_##R(const float *data, const float *map, float *sum, int m,              \
                             const float *w) {                                                    \
    final_pass(R, data, map, sum, m, w);                                                          \
  }                                                                                               \
  static void middle_pass_##R(float *data, int blocks, const float *weights,                      \
                              const float *next) {                                                \
    middle_pass(R, data, blocks, weights, next);                                                  \
  }                                                                                               \
  static void product_pass_##R(float *data, int blocks, const float *factors) {                   \
    product_pass(R, data, blocks, factors);                                                       \
  }                                                                                               \
  static double residual_pass_##R(float *data, int blocks, const float *weights,                  \
                                  const float *expected, const float *next) {                     \
    return residual_pass(R, data, blocks, weights, expected, next);                               \
  }
FOR_EACH_RADIX(CODELET_PASSES)

typedef struct {
  void (*forward)(float *data, int blocks, int m, const float *w);
  void (*forward_last)(float *data, int blocks);
  void (*backward)(float *data, int blocks, int m, const float *w);
  void (*backward_first)(float *data, int blocks);
  void (*first)(const float *image, const float *map, float *data, int m, const float *w);
  void (*final)(const float *data, const float *map, float *sum, int m, const float *w);
  void (*middle)(float *data, int blocks, const float *weights, const float *next);
  void (*product)(float *data, int blocks, const float *factors);
  double (*residual)(float *data, int blocks, const float *weights, const float *expected,
                     const float *next);
} codelet_passes;

#define CODELET_ENTRY(R)                                                                \
  [R] = {forward_pass_##R, forward_last_##R, backward_pass_##R, backward_first_##R,     \
         first_pass_##R,   final_pass_##R,   middle_pass_##R,   product_pass_##R,             \
         residual_pass_##R},
static const codelet_passes codelets[MAX_RADIX + 1] = {FOR_EACH_RADIX(CODELET_ENTRY)};

// The passes of a codelet radix, or NULL.
INLINE const codelet_passes *codelet(int radix) {
  return radix <= MAX_RADIX && codelets[radix].forward ? &codelets[radix] : NULL;
}
