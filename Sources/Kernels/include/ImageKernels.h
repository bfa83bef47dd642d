// Kernels of the classical solvers: wavelets, shrinkage, total variation and the passes of FISTA and
// conjugate gradients over images of interleaved complex floats. The rules are those of Kernels.h: no threads, no allocation,
// three times compiled, picked at run time.
#ifndef MRI_ILO_IMAGE_KERNELS_H
#define MRI_ILO_IMAGE_KERNELS_H

#include <stddef.h>

/// One level of an orthonormal, periodised wavelet transform of a complex image, either way.
///
/// Row i of the level is row (i + row_offset) mod image_rows of `image`, column c is column
/// (c + column_offset) mod columns: so a shift of the transform costs no copy. Along an axis of odd
/// size the last sample passes into the approximation. Strides count floats. A band is found in
/// `details` where the approximation would be its first corner of (rows + 1) / 2 × (columns + 1) / 2.
typedef struct {
  int rows, columns;
  int taps;  ///< 2, 4 or 8
  const float *low, *high;
  float *image;
  ptrdiff_t image_stride;
  int image_rows, row_offset, column_offset;
  float *approximation;
  ptrdiff_t approximation_stride;
  float *details;
  ptrdiff_t details_stride;
} wavelet_level;

/// One step of the fast gradient projection on the dual of total variation denoising.
typedef struct {
  int rows, columns;
  const float *image;   ///< v [rows, columns]
  const float *point;   ///< r [2, rows, columns], where the gradient is taken
  float *dual;          ///< p [2, rows, columns], from the step before to this one
  float *next_point;    ///< p + momentum (p - the p before)
  float step, radius, momentum;
} variation_step;

/// One step of a primal-dual method for total generalised variation denoising.
typedef struct {
  int rows, columns;
  const float *measured;  ///< v [rows, columns]
  float *image;           ///< x = v - Dᵀ p
  float *field;           ///< w [2, rows, columns]
  float *ahead;           ///< w + (w - the w before)
  float *dual;            ///< p [2, rows, columns]
  float *second;          ///< q [3, rows, columns]
  float field_step, dual_step;
  float radius, second_radius;  ///< the greatest lengths of p and q
  float half;                   ///< what the mixed difference is multiplied by
} generalized_step;

typedef struct __attribute__((swift_attr("@Sendable"))) {
  /// Rows `first` to `end` of the approximation, with the details of the same rows.
  void (*wavelet_analyse)(const wavelet_level *, int first, int end, float *scratch);
  /// The image rows that belong to these rows of the approximation.
  void (*wavelet_synthesise)(const wavelet_level *, int first, int end, float *scratch);
  /// Shortens complex values by `threshold`, at most to 0; one that is not finite stays so.
  void (*soft_threshold)(size_t count, float *values, float threshold);
  /// Each real and each imaginary part becomes argmin ½(c - v)² + to_zero |c| + to_centre |c - g| with
  /// g that part of `centres` (0 where `centres` is NULL).
  void (*centred_threshold)(size_t count, float *values, const float *centres, float to_zero,
                            float to_centre);
  /// Dual rows `first` to `end` of p = proj(r + step D(v - Dᵀ r)), each pixel's length at most radius.
  void (*variation_dual)(const variation_step *, int first, int end, float *scratch);
  /// target = v - Dᵀ p for rows `first` to `end`.
  void (*variation_primal)(int rows, int columns, const float *image, const float *dual, int first,
                           int end, float *target);
  /// Rows `first` to `end` of x = v - Dᵀ p and of w ← w - field_step (Eᵀ q - p).
  void (*generalized_primal)(const generalized_step *, int first, int end);
  /// Rows of p ← proj(p + dual_step (D x - ahead)) and q ← proj(q + dual_step E ahead).
  void (*generalized_dual)(const generalized_step *, int first, int end);
  /// Rows of x = v - Dᵀ p.
  void (*generalized_image)(const generalized_step *, int first, int end);
  /// target = a + factor b.
  void (*combine)(size_t floats, const float *a, float factor, const float *b, float *target);
  /// point = x + factor (x - previous).
  void (*extrapolate)(size_t floats, const float *x, const float *previous, float factor,
                      float *point);
  /// Σ (point - x)(x - previous).
  double (*uphill)(size_t floats, const float *point, const float *x, const float *previous);
  /// image += weight direction; Σ direction · image of the new image.
  double (*curvature)(size_t floats, float weight, const float *direction, float *image);
  /// solution += length direction, residual -= length image; sums are Σ residual² and Σ solution².
  void (*descend)(size_t floats, float length, const float *direction, const float *image,
                  float *solution, float *residual, double *sums);
} image_kernel_table;

/// The table for this processor.
const image_kernel_table *image_kernels(void);
/// A table by name, as `kernels_named`; for tests.
const image_kernel_table *image_kernels_named(const char *name);

/// Floats of scratch that both wavelet kernels need.
size_t kernels_wavelet_scratch(int columns, int taps);
/// Floats of scratch that `variation_dual` needs.
size_t kernels_variation_scratch(int columns);

#endif
