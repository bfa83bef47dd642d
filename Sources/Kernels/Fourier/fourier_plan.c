// Plans of the Fourier transforms: radices, twiddle factors, the order of frequencies.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "Fourier.h"
#include "Fourier.h"

#define PI 3.14159265358979323846

// Cost of a pass for each value, in arbitrary units, from operation counts; 0: no codelet.
static const double codelet_cost[21] = {
    [2] = 3.0,  [3] = 3.6,  [4] = 3.4,  [5] = 4.2,  [6] = 4.6,  [7] = 5.6,  [8] = 4.6, [9] = 6.0,
    [10] = 6.0, [11] = 9.0, [12] = 6.0, [13] = 11., [15] = 7.5, [16] = 6.5, [20] = 8.0};

static int has_codelet(int radix) { return radix <= 20 && codelet_cost[radix] > 0; }

static int is_prime(int n) {
  for (int d = 2; d * d <= n; d++)
    if (n % d == 0) return 0;
  return n > 1;
}

static double factorise(int n, int largest, int *radix, int *passes);

static int is_smooth(int n) {
  for (int p = 2; p <= FOURIER_LARGEST_DIRECT; p++)
    while (n % p == 0) n /= p;
  return n == 1;
}

static double size_cost(int n) {
  int radix[FOURIER_MAX_PASSES], passes;
  return n * factorise(n, n, radix, &passes);
}

// The size of the transforms that convolve p - 1 values: p - 1 itself or, where that has large prime
// factors of its own, the cheapest that has none and room for the values and their wrapped copies.
// A convolution inside a convolution would be as slow and lose twice the digits.
static int convolution_size(int p) {
  if (is_smooth(p - 1)) return p - 1;
  int least = 2 * (p - 1) - 1, chosen = 0;
  double best = INFINITY;
  for (int n = least; n <= least + least / 4 + 1; n++) {
    if (!is_smooth(n) || size_cost(n) >= best) continue;
    best = size_cost(n);
    chosen = n;
  }
  return chosen;
}

static double pass_cost(int radix) {
  if (has_codelet(radix)) return codelet_cost[radix];
  if (radix <= FOURIER_LARGEST_DIRECT) return 6 + 0.5 * radix;
  return 8 + 2 * size_cost(convolution_size(radix)) / radix;
}

// The cheapest product of radices, into `radix` in ascending order; returns its cost for each value.
static double factorise(int n, int largest, int *radix, int *passes) {
  *passes = 0;
  if (n == 1) return 0;
  double best = INFINITY;
  for (int r = largest < n ? largest : n; r >= 2; r--) {
    if (n % r != 0 || !(has_codelet(r) || is_prime(r))) continue;
    int rest[FOURIER_MAX_PASSES], count;
    double cost = pass_cost(r) + factorise(n / r, r, rest, &count);
    if (cost >= best || count >= FOURIER_MAX_PASSES) continue;
    best = cost;
    memcpy(radix, rest, sizeof(int) * count);
    radix[count] = r;
    *passes = count + 1;
  }
  return best;
}

// (cos, sin) of -2π numerator / denominator, reduced as integers so that no precision is lost.
static void root(long long numerator, long long denominator, double scale, float *out) {
  double angle = -2 * PI * (double)(numerator % denominator) / (double)denominator;
  out[0] = (float)(scale * cos(angle));
  out[1] = (float)(scale * sin(angle));
}

// Hands out parts of the plan's memory or, where there is none, counts what it would.
typedef struct {
  char *base;
  size_t used;
} arena;

static void *take(arena *memory, size_t bytes) {
  void *part = memory->base ? memory->base + memory->used : NULL;
  memory->used += (bytes + 7) / 8 * 8;
  return part;
}

static float *make_twiddles(arena *memory, int length, int r) {
  int m = length / r;
  float *twiddles = take(memory, sizeof(float) * 2 * m * (r - 1));
  if (twiddles)
    for (int j = 0; j < m; j++)
      for (int s = 1; s < r; s++)
        root((long long)j * s, length, 1, twiddles + 2 * ((ptrdiff_t)j * (r - 1) + s - 1));
  return twiddles;
}

static float *make_prime(arena *memory, int p) {
  int half = (p - 1) / 2;
  float *table = take(memory, sizeof(float) * 2 * half * half);
  if (table)
    for (int k = 1; k <= half; k++)
      for (int j = 1; j <= half; j++) {
        float *w = table + 2 * ((ptrdiff_t)(k - 1) * half + j - 1);
        root((long long)k * j, p, 1, w);
        w[1] = -w[1];
      }
  return table;
}

// The powers of the least primitive root of a prime.
static int *make_powers(arena *memory, int p) {
  int *powers = take(memory, sizeof(int) * (p - 1));
  if (!powers) return NULL;
  for (int g = 2;; g++) {
    long long x = 1;
    int order = 0;
    do {
      powers[order++] = (int)x;
      x = x * g % p;
    } while (x != 1);
    if (order == p - 1) return powers;
  }
}

// The transform of the roots of unity exp(-2πi g^-q / p), divided by its size, in the order of its
// plan; by its definition in double precision. A size above p - 1 holds them twice, for positive
// and for negative q.
static float *make_spectrum(arena *memory, int p, const int *powers, const fourier_plan *plan,
                            int size) {
  float *spectrum = take(memory, sizeof(float) * 2 * size);
  if (!spectrum) return NULL;
  double *roots = calloc(4 * (size_t)size, sizeof(double)), *values = roots + 2 * size;
  if (!roots) abort();
  for (int q = 0; q < size; q++) {
    roots[2 * q] = cos(2 * PI * q / size);
    roots[2 * q + 1] = -sin(2 * PI * q / size);
  }
  for (int q = 0; q < p - 1; q++) {
    double angle = -2 * PI * powers[q == 0 ? 0 : p - 1 - q] / p;
    values[2 * q] = cos(angle);
    values[2 * q + 1] = sin(angle);
    int wrapped = size - (p - 1) + q;
    if (q == 0 || size == p - 1) continue;
    values[2 * wrapped] = cos(angle);
    values[2 * wrapped + 1] = sin(angle);
  }
  for (int k = 0; k < size; k++) {
    double re = 0, im = 0;
    for (int q = 0, angle = 0; q < size; q++) {
      double c = roots[2 * angle], s = roots[2 * angle + 1];
      re += values[2 * q] * c - values[2 * q + 1] * s;
      im += values[2 * q] * s + values[2 * q + 1] * c;
      angle += k;
      if (angle >= size) angle -= size;
    }
    spectrum[2 * plan->position[k]] = (float)(re / size);
    spectrum[2 * plan->position[k] + 1] = (float)(im / size);
  }
  free(roots);
  return spectrum;
}

// Frequency k = s₁ + r₁ (s₂ + r₂ (…)) ends at s₁ N / r₁ + s₂ N / (r₁ r₂) + ….
static int *make_positions(arena *memory, int size, const int *radix, int passes) {
  int *position = take(memory, sizeof(int) * size);
  if (!position) return NULL;
  for (int frequency = 0; frequency < size; frequency++) {
    int k = frequency, place = 0, length = size;
    for (int i = 0; i < passes; k /= radix[i++]) {
      length /= radix[i];
      place += k % radix[i] * length;
    }
    position[frequency] = place;
  }
  return position;
}

static const fourier_plan *make_plan(int size, arena *memory) {
  fourier_plan plan = {.size = size}, *stored = take(memory, sizeof plan);
  factorise(size, size, plan.radix, &plan.passes);
  // Primes without codelet come first, so that the middle of an operator is a fused codelet.
  for (int i = plan.passes - 1, moved = 0; i > moved;) {
    int r = plan.radix[i];
    if (has_codelet(r)) {
      i--;
      continue;
    }
    memmove(plan.radix + 1, plan.radix, sizeof(int) * i);
    plan.radix[0] = r;
    moved++;
  }
  plan.position = make_positions(memory, size, plan.radix, plan.passes);
  for (int i = 0, length = size; i < plan.passes; length /= plan.radix[i++]) {
    int r = plan.radix[i];
    plan.twiddles[i] = make_twiddles(memory, length, r);
    if (has_codelet(r)) continue;
    if (r <= FOURIER_LARGEST_DIRECT) {
      plan.primes[i] = make_prime(memory, r);
      continue;
    }
    int convolution = convolution_size(r);
    plan.convolution[i] = make_plan(convolution, memory);
    plan.powers[i] = make_powers(memory, r);
    plan.spectrum[i] =
        make_spectrum(memory, r, plan.powers[i], plan.convolution[i], convolution);
  }
  if (stored) *stored = plan;
  return stored;
}

size_t fourier_plan_bytes(int size) {
  arena memory = {NULL, 0};
  make_plan(size, &memory);
  return memory.used;
}

const fourier_plan *fourier_make_plan(int size, void *memory) {
  arena parts = {memory, 0};
  return make_plan(size, &parts);
}

size_t fourier_work_floats(const fourier_plan *plan) {
  size_t scratch = 0;
  for (int i = 0; i < plan->passes; i++) {
    if (!plan->convolution[i]) continue;
    size_t needed = fourier_work_floats(plan->convolution[i]);
    if (needed > scratch) scratch = needed;
  }
  return (size_t)plan->size * FOURIER_STRIDE + scratch;
}
