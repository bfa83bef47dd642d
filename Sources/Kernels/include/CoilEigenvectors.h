// The dominant eigenvectors of coil matrices, sixteen pixels at a time.
//
// A unit is a block of 4 x 4 pixels, lane 4 * row + column. No function here starts a thread or
// allocates. The tables exist three times, like `kernel_table`.
//
// Layouts (floats, last axis fastest)
//   matrices  [pairs, 2, 16]  the coil pairs c <= d, row by row of the upper triangle; real, imaginary
//   vectors   [coils, 2, 16]
//   nodes     [node rows, node columns, 2, roundUp16(coils)], zero beyond the last coil
#ifndef MRI_ILO_COIL_EIGENVECTORS_H
#define MRI_ILO_COIL_EIGENVECTORS_H

#include <stddef.h>

typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;  ///< "avx512", "avx2" or "plain"

  /// matrices[pair] = sum over `row_shifts` of wave * series. `series` [row_shifts, pairs] has
  /// `series_line` floats from line to line, of which 8 are read: four columns' real parts, then
  /// their imaginary parts. `waves` [row_shifts, 2, 16]: cosine and sine of each lane's row.
  void (*matrices)(int pairs, int row_shifts, const float *series, ptrdiff_t series_line,
                   const float *waves, float *matrices);

  /// Power iteration from each matrix's column of the largest diagonal entry, until no lane's unit
  /// vector changes by more than `tolerance` squared, `most` times at most. `values` [16] gets the
  /// eigenvalues; `products` is scratch like `vectors`. Returns the number of iterations.
  int (*dominant)(int coils, const float *matrices, int most, float tolerance, float *vectors,
                  float *products, float *values);

  /// Interpolates 4 x 4 nodes (`node_row` and `value_row` floats from row to row) to unit vectors
  /// and eigenvalues, at most 1, with `weights` [16 nodes, 16 lanes]. Each node's phase is first turned to that
  /// of node (1, 1), `rotated` [16, 2, roundUp16(coils)] being scratch. Returns the largest squared
  /// length among the three combinations `checks` [3, 16 nodes] of the nodes' vectors.
  float (*interpolate)(int coils, const float *nodes, ptrdiff_t node_row, const float *node_values,
                       ptrdiff_t value_row, const float *weights, const float *checks,
                       float *rotated, float *vectors, float *values);

  /// Turns each vector such that its product with `reference` [coils, 2] is real and positive;
  /// where the product vanishes the vector stays.
  void (*align)(int coils, const float *reference, float *vectors);
} coil_eigenvector_table;

/// The table for this processor.
const coil_eigenvector_table *coil_eigenvectors(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const coil_eigenvector_table *coil_eigenvectors_named(const char *name);

#endif
