// Vector arithmetic of iterative reconstructions. Sums are taken in double precision, in an order
// that is the same in all instruction sets.
#ifndef MRI_ILO_VECTORS_H
#define MRI_ILO_VECTORS_H

#include <stddef.h>

typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;  ///< "avx512", "avx2" or "plain"

  /// Σ conj(a) b over `count` interleaved complex values, as (re, im).
  void (*inner_product)(size_t count, const float *a, const float *b, double *sum);
  /// Σ x² over `count` floats.
  double (*squared_sum)(size_t count, const float *x);
  /// y += factor * x over `count` floats.
  void (*add)(size_t count, float factor, const float *x, float *y);
  /// x *= factor over `count` floats.
  void (*scale)(size_t count, float factor, float *x);
} vector_table;

/// The table for this processor.
const vector_table *vector_kernels(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const vector_table *vector_kernels_named(const char *name);

#endif
