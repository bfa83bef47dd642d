// Passes of a prime radix that has no codelet. Part of template.h.

// --- By its definition.
//
// As in `dft_odd`, inputs and outputs come in pairs. A tile of output pairs is held in registers
// while all sums and differences run past it.

#if LANES == 16
#define PRIME_PAIRS 4
#else
#define PRIME_PAIRS 2
#endif

typedef struct {
  int p, twiddled;
  const float *table;  // [(p - 1) / 2][(p - 1) / 2] (cos, sin)
  const float *w;      // twiddles of this butterfly
} prime_butterfly;

// Adds up output pairs k … k + PAIRS - 1 and stores them; `x` holds per pair of inputs the sums' re
// and im, then the differences'.
INLINE void prime_tile(const int PAIRS, const int BACK, const prime_butterfly *f, int k,
                       const fvec *x, fvec zr, fvec zi, float *y, ptrdiff_t step) {
  int p = f->p, half = (p - 1) / 2;
  fvec ar[PRIME_PAIRS], ai[PRIME_PAIRS], br[PRIME_PAIRS], bi[PRIME_PAIRS];
  UNROLL for (int t = 0; t < PAIRS; t++) {
    ar[t] = zr;
    ai[t] = zi;
    br[t] = bi[t] = fbroadcast(0);
  }
  const float *row = f->table + (ptrdiff_t)(k - 1) * 2 * half;
  for (int j = 0; j < half; j++) {
    fvec sr = x[4 * j], si = x[4 * j + 1], dr = x[4 * j + 2], di = x[4 * j + 3];
    UNROLL for (int t = 0; t < PAIRS; t++) {
      const float *w = row + (ptrdiff_t)t * 2 * half + 2 * j;
      ar[t] += sr * w[0];
      ai[t] += si * w[0];
      br[t] += dr * w[1];
      bi[t] += di * w[1];
    }
  }
  UNROLL for (int t = 0; t < PAIRS; t++) {
    fvec re = ar[t] + bi[t], im = ai[t] - br[t];
    if (f->twiddled && !BACK) twiddle(&re, &im, f->w + 2 * (k + t - 1));
    store_values(1, BACK, y + (k + t) * step, step, &re, &im);
    re = ar[t] - bi[t];
    im = ai[t] + br[t];
    if (f->twiddled && !BACK) twiddle(&re, &im, f->w + 2 * (p - k - t - 1));
    store_values(1, BACK, y + (p - k - t) * step, step, &re, &im);
  }
}

INLINE void prime_values(const int BACK, const prime_butterfly *f, float *y, ptrdiff_t step) {
  int p = f->p, half = (p - 1) / 2;
  fvec x[2 * FOURIER_LARGEST_DIRECT], zr, zi, tr, ti;
  load_values(1, BACK, y, step, &zr, &zi);
  tr = zr;
  ti = zi;
  for (int j = 0; j < half; j++) {
    fvec ar, ai, br, bi;
    load_values(1, BACK, y + (j + 1) * step, step, &ar, &ai);
    load_values(1, BACK, y + (p - 1 - j) * step, step, &br, &bi);
    if (f->twiddled && BACK) {
      twiddle(&ar, &ai, f->w + 2 * j);
      twiddle(&br, &bi, f->w + 2 * (p - 2 - j));
    }
    x[4 * j] = ar + br;
    x[4 * j + 1] = ai + bi;
    x[4 * j + 2] = ar - br;
    x[4 * j + 3] = ai - bi;
    tr += x[4 * j];
    ti += x[4 * j + 1];
  }
  store_values(1, BACK, y, step, &tr, &ti);
  // Tiles of nearly equal width.
  int tiles = (half + PRIME_PAIRS - 1) / PRIME_PAIRS;
  for (int k = 1; tiles > 0; tiles--) {
    int width = (half - k + tiles) / tiles;
#define PRIME_TILE(W) \
  if (width == W) prime_tile(W, BACK, f, k, x, zr, zi, y, step);
    PRIME_TILE(1)
    PRIME_TILE(2)
#if PRIME_PAIRS > 2
    PRIME_TILE(3)
    PRIME_TILE(4)
#endif
    k += width;
  }
}

INLINE void prime_pass(const int BACK, const fourier_plan *plan, int pass, float *data, int blocks,
                       int m) {
  int p = plan->radix[pass];
  ptrdiff_t step = (ptrdiff_t)m * FOURIER_STRIDE;
  prime_butterfly f = {p, m > 1, plan->primes[pass], NULL};
  for (int b = 0; b < blocks; b++)
    for (int j = 0; j < m; j++) {
      f.w = plan->twiddles[pass] + (ptrdiff_t)2 * (p - 1) * j;
      HALVES prime_values(BACK, &f, data + b * p * step + j * FOURIER_STRIDE + h, step);
    }
}

// --- As a cyclic convolution (Rader, Proc. IEEE 56:1107, 1968).
//
// With a primitive root g of p, input g^q and output g^-k meet in the root's power g^(q - k): all but
// input and output 0 are a convolution of length p - 1, which transforms of that length carry out, or
// longer ones of the same values and zeros.

static void convolve(const fourier_plan *plan, const float *spectrum, float *data);

INLINE void rader_values(const int BACK, const fourier_plan *plan, int pass, int twiddled,
                         const float *w, float *y, ptrdiff_t step, float *scratch) {
  int p = plan->radix[pass];
  const int *powers = plan->powers[pass];
  fvec zr[FOURIER_LANES / FLANES], zi[FOURIER_LANES / FLANES];
  HALVES {
    fvec tr = fbroadcast(0), ti = tr, re, im;
    for (int q = 0; q < p - 1; q++) {
      int s = powers[q];
      load_values(1, BACK, y + s * step + h, step, &re, &im);
      if (twiddled && BACK) twiddle(&re, &im, w + 2 * (s - 1));
      store_values(1, 0, scratch + (ptrdiff_t)q * FOURIER_STRIDE + h, step, &re, &im);
      tr += re;
      ti += im;
    }
    load_values(1, BACK, y + h, step, &re, &im);
    zr[h / FLANES] = re;
    zi[h / FLANES] = im;
    tr += re;
    ti += im;
    store_values(1, BACK, y + h, step, &tr, &ti);
  }
  const fourier_plan *convolution = plan->convolution[pass];
  memset(scratch + (ptrdiff_t)(p - 1) * FOURIER_STRIDE, 0,
         sizeof(float) * FOURIER_STRIDE * (convolution->size - (p - 1)));
  convolve(convolution, plan->spectrum[pass], scratch);
  HALVES for (int q = 0; q < p - 1; q++) {
    int s = powers[q == 0 ? 0 : p - 1 - q];
    fvec re, im;
    load_values(1, 0, scratch + (ptrdiff_t)q * FOURIER_STRIDE + h, step, &re, &im);
    re += zr[h / FLANES];
    im += zi[h / FLANES];
    if (twiddled && !BACK) twiddle(&re, &im, w + 2 * (s - 1));
    store_values(1, BACK, y + s * step + h, step, &re, &im);
  }
}

INLINE void rader_pass(const int BACK, const fourier_plan *plan, int pass, float *data, int blocks,
                       int m) {
  int p = plan->radix[pass];
  ptrdiff_t step = (ptrdiff_t)m * FOURIER_STRIDE;
  float *scratch = data + (ptrdiff_t)plan->size * FOURIER_STRIDE;
  for (int b = 0; b < blocks; b++)
    for (int j = 0; j < m; j++)
      rader_values(BACK, plan, pass, m > 1, plan->twiddles[pass] + (ptrdiff_t)2 * (p - 1) * j,
                   data + b * p * step + j * FOURIER_STRIDE, step, scratch);
}

static void prime_forward(const fourier_plan *plan, int pass, float *data, int blocks, int m) {
  if (plan->convolution[pass])
    rader_pass(0, plan, pass, data, blocks, m);
  else
    prime_pass(0, plan, pass, data, blocks, m);
}

static void prime_backward(const fourier_plan *plan, int pass, float *data, int blocks, int m) {
  if (plan->convolution[pass])
    rader_pass(1, plan, pass, data, blocks, m);
  else
    prime_pass(1, plan, pass, data, blocks, m);
}
