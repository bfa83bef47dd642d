// Discrete Fourier transforms of many lines at once, and the fused SENSE operators on them.
//
// Eight lines lie in the lanes of a *block* [size][re, im][8]: a complex value of all lines is one
// cache line, and a butterfly needs no shuffles. All instruction sets share this layout. No function
// starts a thread or allocates.
//
// A transform runs in place, decimation in frequency: `forward` leaves frequency k at
// `position[k]`. `backward` takes values there and runs the mirrored passes, so that the pair needs
// no reordering; whoever reads frequencies reads them through `position`. Neither is scaled.
#ifndef MRI_ILO_FOURIER_H
#define MRI_ILO_FOURIER_H

#include <stddef.h>

/// Lines in a block.
#define FOURIER_LANES 8
/// Floats that a block holds for each complex value of its lines.
#define FOURIER_STRIDE (2 * FOURIER_LANES)
/// The largest prime factor that is transformed by its definition; a larger one is turned into a
/// convolution.
#define FOURIER_LARGEST_DIRECT 31
#define FOURIER_MAX_PASSES 16

typedef struct fourier_plan {
  int size;
  int passes;
  int radix[FOURIER_MAX_PASSES];  ///< of each pass, whose product is `size`
  /// Of each pass [size of its sub-transforms / radix][radix - 1] (re, im).
  const float *twiddles[FOURIER_MAX_PASSES];
  const int *position;  ///< [size]
  // Of the passes p of a prime radix without codelet, else NULL:
  const float *primes[FOURIER_MAX_PASSES];  ///< [(p - 1) / 2][(p - 1) / 2] (cos, sin) or, if large,
  const int *powers[FOURIER_MAX_PASSES];    ///< of a primitive root, [p - 1],
  const struct fourier_plan *convolution[FOURIER_MAX_PASSES];  ///< the plan of a convolution and
  const float *spectrum[FOURIER_MAX_PASSES];  ///< what it multiplies by, in the plan's own order.
} fourier_plan;

/// One coil's part of a SENSE operator on one block of rows; all pointers to blocks.
typedef struct {
  const fourier_plan *plan;
  const float *map;
  const float *next_map;  ///< of the coil that follows, to be fetched in time; may be NULL
  float *work;          ///< [fourier_work_floats(plan)]
  const float *weights; ///< [size], in the order of `position`: 1 where sampled, else 0
} fourier_coil;

typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;  ///< "avx512", "avx2" or "plain"

  /// In place on `data` [fourier_work_floats(plan)], of which the block is the first part.
  void (*forward)(const fourier_plan *plan, float *data);
  void (*backward)(const fourier_plan *plan, float *data);

  /// work = F (map * image), with frequencies at `position`.
  void (*encode)(const fourier_coil *coil, const float *image);
  /// image += conj(map) * Fᴴ work.
  void (*decode)(const fourier_coil *coil, float *image);
  /// sum += conj(map) * Fᴴ (weights * F (map * image)).
  void (*normal)(const fourier_coil *coil, const float *image, float *sum);
  /// With r = weights * F (map * image) - data: gradient += conj(map) * Fᴴ r; returns Σ|r|².
  /// `data` is a block in the order of `position`, zero where nothing is sampled.
  double (*residual)(const fourier_coil *coil, const float *image, const float *data,
                     float *gradient);

  /// product = a * b, for `count` values of blocks.
  void (*multiply)(int count, const float *a, const float *b, float *product);

  /// Copies complex `lines` into the block: value i of line l, at `from + 2 (l * line + i)`, goes to
  /// place[i] of lane l. Lanes from `lines` on become zero. `swapped` exchanges re and im.
  void (*load_lines)(const float *from, ptrdiff_t line, int lines, int count, const int *place,
                     int swapped, float *block);
  /// The reverse, times `scale`.
  void (*store_lines)(const float *block, const int *place, int swapped, float scale, int lines,
                      int count, float *to, ptrdiff_t line);
  /// The same where the lanes are contiguous: value i of lane l at `from + 2 (i * row + l)`.
  void (*load_columns)(const float *from, ptrdiff_t row, int lines, int count, const int *place,
                       int swapped, float *block);
  void (*store_columns)(const float *block, const int *place, int swapped, float scale, int lines,
                        int count, float *to, ptrdiff_t row);
} fourier_table;

/// The table for this processor.
const fourier_table *fourier_kernels(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const fourier_table *fourier_kernels_named(const char *name);

/// Bytes of memory that a plan takes with its tables.
size_t fourier_plan_bytes(int size);
/// Makes a plan in `memory` [fourier_plan_bytes(size), 8-byte aligned]; the plan stands at its start.
/// Sines and cosines are computed in double precision.
const fourier_plan *fourier_make_plan(int size, void *memory);
/// Floats of memory that a transform works in.
size_t fourier_work_floats(const fourier_plan *plan);

#endif
