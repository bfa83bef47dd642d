// Convolution kernels, channels-last.
//
// Layouts (floats, last axis fastest)
//   features          [batch, rows, columns, channels]
//   weights, canonical  [out, in, kernelRows, kernelColumns], as PyTorch and safetensors keep them
//   weights, packed     [outBlock, kernelRow, kernelColumn * in, outInBlock]; for up to
//                       `KERNELS_NARROW` outputs [out, kernelRow, kernelColumn * in]
//   weights, Winograd   [36, outBlock, in, outInBlock]
#ifndef MRI_ILO_CONVOLUTIONS_H
#define MRI_ILO_CONVOLUTIONS_H

#include <stddef.h>

/// Features as the kernels read them. What lies outside the rows and columns counts as zero, so no
/// padded copy need be made.
typedef struct {
  const float *values;  ///< channel 0 of pixel (0, 0) of image 0
  ptrdiff_t image;      ///< floats from an image to the next
  ptrdiff_t row;        ///< floats from a row to the next
  ptrdiff_t pixel;      ///< floats from a pixel to the next, at least `channels`
  int batch, rows, columns, channels;
  float slope;          ///< of the leaky rectifier applied while reading; 1 for none
} feature_view;

/// Where a convolution writes, and what it does with every sum on the way:
/// output = (sum + bias) * (gate > 0 ? 1 : slope) + added.
///
/// `gate` is the derivative of a leaky rectifier where it is the rectifier's input (or its output,
/// which has the same sign).
typedef struct {
  float *values;
  ptrdiff_t image, row, pixel;
  int batch, rows, columns, channels;
  const float *bias;   ///< [channels rounded up to 16]; may be NULL
  const float *added;  ///< laid out like `values`; may be NULL
  const float *gate;   ///< may be NULL
  ptrdiff_t gate_image, gate_row, gate_pixel;
  float slope;
} feature_output;

/// A direct convolution. Output pixel (y, x) reads the input from row y * stride - top and column
/// x * stride - left on. Strided convolutions and the four phases of their adjoint have this form.
typedef struct {
  feature_view input;
  feature_output output;
  int kernel_rows, kernel_columns, stride, top, left;
  const float *weights;  ///< packed
} direct_convolution;

/// A 3x3, stride 1, zero-padded convolution by Winograd F(4x4, 3x3) (Lavin & Gray 2016, points
/// 0, ±1, ±2, ∞), with any number of channels. Tiles are numbered over the whole batch, row by row.
typedef struct {
  feature_view input;
  feature_output output;  ///< as many images, rows and columns as the input
  const float *weights;   ///< Winograd-transformed, best on a 64-byte boundary
} winograd_convolution;

/// The gradient of a convolution with respect to its weights.
typedef struct {
  feature_view input;            ///< what the convolution read
  feature_view output_gradient;  ///< slope 1
  int kernel_rows, kernel_columns, stride, top, left;
} weight_gradient;

/// The part of a gradient that one call computes: input channels [in, in + ins), output channels
/// [out, out + outs).
typedef struct {
  int in, ins, out, outs;
} channel_block;

/// Output channels up to which the direct kernels run their vectors along the input channels.
#define KERNELS_NARROW 4

typedef struct __attribute__((swift_attr("@Sendable"))) {
  const char *name;  ///< "avx512", "avx2" or "plain"
  int (*block)(int output_channels);  ///< channels per block of the packed layouts

  void (*direct_rows)(const direct_convolution *, int image, int first_row, int end_row,
                      float *scratch);
  /// Output blocks [first_block, end_block) of the tiles [first_tile, end_tile).
  void (*winograd_tiles)(const winograd_convolution *, int first_tile, int end_tile,
                         int first_block, int end_block, float *scratch);
  /// Adds rows [first_row, end_row) of an image to `gradient`
  /// [kernelRows, kernelColumns * in, outputs] and to `bias_gradient` [outputs].
  void (*weight_gradient_rows)(const weight_gradient *, int image, int first_row, int end_row,
                               float *gradient, double *bias_gradient, float *scratch);
  /// Adds the tiles [first_tile, end_tile) of a 3x3 convolution to a block of channels of the
  /// canonical `gradient`, and, unless it is NULL, to `bias_gradient` [outputs].
  void (*winograd_weight_gradient)(const weight_gradient *, int first_tile, int end_tile,
                                   channel_block, float *gradient, double *bias_gradient,
                                   float *scratch);
  /// Transforms the kernels of output block `block` of [out, in] convolutions; `flipped` swaps
  /// in and out of the canonical weights and turns the kernels round.
  void (*winograd_weights)(const float *weights, int in, int out, int flipped, int block,
                           float *transformed);

  /// `rounds` of multiply-adds in registers alone, to measure the processor's peak; gives the number
  /// of floating-point operations. `sums` holds a factor below 1 and what is added, and gets a sum.
  double (*multiply_adds)(long rounds, float *sums);
} kernel_table;

/// The table for this processor.
const kernel_table *kernels(void);
/// A table by name, or NULL where this processor or build lacks it; for tests.
const kernel_table *kernels_named(const char *name);

/// The number of Winograd tiles of a view.
int kernels_winograd_tiles(const feature_view *view);

/// Floats of scratch that `direct_rows` needs for `rows` rows at a time.
size_t kernels_direct_scratch(const direct_convolution *, int rows);
/// Floats of scratch that `winograd_tiles` needs for any number of tiles.
size_t kernels_winograd_scratch(int input_channels, int output_channels);
/// Floats of scratch that `weight_gradient_rows` needs for any number of rows.
size_t kernels_weight_gradient_scratch(const weight_gradient *);
/// Floats of scratch that `winograd_weight_gradient` needs for a block of that size.
size_t kernels_winograd_gradient_scratch(channel_block);

/// Floats of the packed weights of a convolution of `in` to `out` channels.
size_t kernels_packed_count(int out, int in, int taps);
/// Packs canonical weights [out, in, kr, kc]; `flipped` swaps in/out and turns the kernel round,
/// which gives the stride-1 adjoint.
void kernels_pack_weights(const kernel_table *table, const float *weights, int out, int in,
                          int kernel_rows, int kernel_columns, int flipped, float *packed);
/// Packs one phase of the adjoint of a 4x4, stride 2 convolution: a 2x2 convolution of the output
/// gradient that gives the input pixels of row parity `row_phase`, column parity `column_phase`.
void kernels_pack_stride2_adjoint(const kernel_table *table, const float *weights, int out, int in,
                                  int row_phase, int column_phase, float *packed);

#endif
