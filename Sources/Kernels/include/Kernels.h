// Convolution kernels and the few fused loops round them, channels-last, single precision.
//
// No function here starts a thread or allocates: the caller shares rows, tiles or elements out and
// lends the scratch. Every function of `kernel_table` exists three times, compiled for AVX-512, for
// AVX2 + FMA and for the compiler's plain target (NEON on ARM), and `kernels()` picks at run time.
//
// Layouts (floats, last axis fastest)
//   features          [rows, columns, channels]
//   padded features   [rows + border, columns + border, channels], border zero
//   weights, canonical  [out, in, kernelRows, kernelColumns], as PyTorch and safetensors keep them
//   weights, packed     [outBlock, kernelRow, kernelColumn * in, outInBlock]
//   weights, Winograd   [36, outBlock, in, outInBlock]
#ifndef MRI_ILO_KERNELS_H
#define MRI_ILO_KERNELS_H

#include <stddef.h>

#include "Fourier.h"
#include "Vectors.h"

/// A direct convolution as a matrix product: every output pixel is the sum over `segments` runs of
/// `segment_length` contiguous input floats (one run per kernel row) times the packed weights.
/// Strided convolutions and the four phases of their adjoint have the same form.
typedef struct {
  const float *input;        ///< first run of output pixel (0, 0)
  ptrdiff_t input_row;       ///< floats from one output row's first run to the next row's
  ptrdiff_t input_pixel;     ///< floats from one output pixel's run to the next pixel's
  ptrdiff_t segment_stride;  ///< floats from a run to the next kernel row's run
  int segments;              ///< kernel rows
  int segment_length;        ///< kernel columns * input channels
  const float *weights;      ///< packed
  const float *bias;         ///< padded to whole blocks; may be NULL
  const float *residual;     ///< added to the output, laid out like it; may be NULL
  float *output;
  ptrdiff_t output_row;
  ptrdiff_t output_pixel;
  int columns;               ///< output pixels per row
  int output_channels;
} direct_convolution;

/// A 3x3, stride 1 convolution by Winograd F(4x4, 3x3) (Lavin & Gray 2016, points 0, ±1, ±2, ∞).
/// Input and output channels are multiples of 16; the padded input has a border of one on the upper
/// and left side and reaches 4 * ceil(size / 4) + 2 in both directions.
typedef struct {
  const float *input;
  ptrdiff_t input_row;  ///< floats from one padded row to the next
  int input_channels;
  const float *weights;   ///< Winograd-transformed
  const float *bias;      ///< may be NULL
  const float *residual;  ///< may be NULL
  float *output;          ///< [rows, columns, output_channels]
  int rows, columns, output_channels;
} winograd_convolution;

/// Gradient of a convolution with respect to its weights, for the rows given, in the same terms.
typedef struct {
  const float *input;
  ptrdiff_t input_row, input_pixel, segment_stride;
  int segments, segment_length;
  const float *output_gradient;  ///< [rows, columns, output_channels]
  ptrdiff_t output_row;
  int columns, output_channels;
} weight_gradient;

typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;  ///< "avx512", "avx2" or "plain"
  int (*block)(int output_channels);  ///< channels per block of the packed layouts

  void (*direct_rows)(const direct_convolution *, int first_row, int end_row, float *scratch);
  void (*winograd_tiles)(const winograd_convolution *, int first_tile, int end_tile,
                         float *scratch);
  /// Adds to `gradient` [segments, segment_length, roundUp16(output_channels)].
  void (*weight_gradient_rows)(const weight_gradient *, int first_row, int end_row,
                               float *gradient, float *scratch);
  void (*winograd_weights)(const float *weights, int in, int out, int flipped, float *transformed);

  /// output = activate(input) inside a zero border; slope 1 is the identity.
  void (*pad_rows)(const float *input, int rows, int columns, int channels, int border,
                   int padded_rows, int padded_columns, float slope, int first_row, int end_row,
                   float *output);
  /// The same of the input bilinearly up-sampled by two (half-pixel centres, edges repeated).
  void (*upsample_pad_rows)(const float *input, int rows, int columns, int channels, int border,
                            int padded_rows, int padded_columns, float slope, int first_row,
                            int end_row, float *output);
  /// Adjoint of the up-sampling: [2 rows, 2 columns, channels] to [rows, columns, channels].
  void (*upsample_adjoint_rows)(const float *gradient, int rows, int columns, int channels,
                                int first_row, int end_row, float *output);
  /// gradient *= (activated > 0 ? 1 : slope) for rows of a padded activated input; then += `added`.
  void (*activation_gradient_rows)(const float *activated, ptrdiff_t activated_row, int border,
                                   int columns, int channels, float slope, const float *added,
                                   int first_row, int end_row, float *gradient);
  void (*adam)(size_t count, float *value, float *mean, float *square, const float *gradient,
               float rate, float beta1, float beta2, float epsilon, float correction1,
               float correction2);
} kernel_table;

/// The table for this processor.
const kernel_table *kernels(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const kernel_table *kernels_named(const char *name);

/// Floats of scratch that `direct_rows` and `weight_gradient_rows` need.
size_t kernels_row_scratch(int columns, int output_channels);
/// Floats of scratch that `winograd_tiles` needs for `tiles` tiles.
size_t kernels_winograd_scratch(int tiles, int input_channels, int output_channels);

/// Packs canonical weights [out, in, kr, kc]; `flipped` swaps in/out and turns the kernel round,
/// which gives the stride-1 adjoint. `packed` holds in' * kr * kc * roundUp16(out').
void kernels_pack_weights(const kernel_table *table, const float *weights, int out, int in,
                          int kernel_rows, int kernel_columns, int flipped, float *packed);
/// Packs one phase of the adjoint of a 4x4, stride 2 convolution: a 2x2 convolution of the output
/// gradient that gives the input pixels of row parity `row_phase`, column parity `column_phase`.
void kernels_pack_stride2_adjoint(const kernel_table *table, const float *weights, int out, int in,
                                  int row_phase, int column_phase, float *packed);

#endif
