// The element-wise loops of the layers and the vector work of the optimisers, single precision.
//
// As in Kernels.h: no threads, no allocation, three builds of every function, chosen at run time.
// Sums are taken in double precision in an order that depends on the count alone.
#ifndef MRI_ILO_ELEMENTS_H
#define MRI_ILO_ELEMENTS_H

#include <stddef.h>

/// The limits of a log scale.
typedef struct {
  float low, high;
} log_range;

/// What a step of Adam needs besides its vectors (Kingma & Ba 2015, algorithm 1).
typedef struct {
  float gradient_factor;  ///< every gradient is multiplied by this first
  float rate, beta1, beta2, epsilon;
  float correction1, correction2;  ///< 1 / (1 - beta^step)
  float average_share;             ///< average += average_share * (value - average)
} adam_step;

typedef struct __attribute__((swift_attr("@Sendable"))) {
  /// out[i] = exp(x[i]) for |x| <= 80; relative error below 2e-7. NaN stays NaN.
  void (*exponential)(size_t count, const float *x, float *out);

  /// Latents of a ladder, z = mean + exp(l) e. `prior` is [pixels, 2 latents]: means, then log scales
  /// l before they are limited to `range`; `deviations` e and `out` are [pixels, latents]. Without
  /// deviations (NULL) z is the mean.
  void (*latent)(size_t pixels, int latents, log_range range, const float *prior,
                 const float *deviations, float *out);
  /// Its gradient. `deviations`, `to_deviations` and `to_prior` may be NULL; a log scale beyond its
  /// limit gets only what leads it back.
  void (*latent_gradient)(size_t pixels, int latents, log_range range, const float *gradient,
                          const float *prior, const float *deviations, float *to_deviations,
                          float *to_prior);
  /// e = q + exp(t) n for `posterior` [pixels, 2 latents]: q, then t. Returns the divergence from
  /// N(0, 1), the sum of (exp(2t) + q^2 - 1) / 2 - t.
  double (*posterior)(size_t pixels, int latents, log_range range, const float *posterior,
                      const float *noise, float *out);
  /// Gradient of likelihood + weight * divergence with respect to q and t, given the likelihood's
  /// with respect to e.
  void (*posterior_gradient)(size_t pixels, int latents, log_range range, float weight,
                             const float *gradient, const float *posterior, const float *noise,
                             float *out);

  /// a += b.
  void (*add)(size_t count, float *a, const float *b);
  /// out = [first | leaky(second)], pixel by pixel; slope 1 is the identity.
  void (*join)(size_t pixels, int first, int second, float slope, const float *a, const float *b,
               float *out);
  /// The adjoint of `join` at `joined`: splits the gradient.
  void (*split)(size_t pixels, int first, int second, float slope, const float *gradient,
                const float *joined, float *a, float *b);

  /// Bilinear up-sampling by two (half-pixel centres, edges repeated): rows of the output
  /// [2 rows, 2 columns, channels] from [rows, columns, channels].
  void (*upsample_rows)(const float *input, int rows, int columns, int channels, int first_row,
                        int end_row, float *output);
  /// Its adjoint: rows of [rows, columns, channels] from `gradient` [2 rows, 2 columns, channels].
  void (*upsample_gradient_rows)(const float *gradient, int rows, int columns, int channels,
                                 int first_row, int end_row, float *output);

  /// gradient = factor * sign(image - target); adds sum |d| and sum d^2 to `sums`.
  void (*absolute_loss)(size_t count, const float *image, const float *target, float factor,
                        float *gradient, double *sums);
  /// One step of Adam, with clipping before and the moving average after; `average` may be NULL.
  void (*adam)(size_t count, const adam_step *step, float *value, float *mean, float *square,
               float *average, const float *gradient);

  double (*dot)(size_t count, const float *a, const float *b);
  /// sum |a|.
  double (*absolute_sum)(size_t count, const float *a);
  /// Of the values with |a| > threshold: the sum of |a| - threshold; their number goes to `above`.
  double (*excess)(size_t count, const float *a, double threshold, size_t *above);
  /// a = sign(a) max(|a| - threshold, 0), the difference in double precision.
  void (*shrink)(size_t count, double threshold, float *a);
  /// y += factor * x, then y . z of the new y; z may be y.
  double (*add_scaled_dot)(size_t count, float factor, const float *x, float *y, const float *z);
  /// out = a + factor * b.
  void (*sum_scaled)(size_t count, const float *a, float factor, const float *b, float *out);
  void (*scale)(size_t count, float factor, float *a);
} element_table;

/// The table for this processor.
const element_table *elements(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const element_table *elements_named(const char *name);

#endif
