// Choice of the kernels at run time, and weight packing.
#include <string.h>

#include "Kernels.h"
#include "shared.h"

const kernel_table *kernels_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (strcmp(name, "avx512") == 0)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("fma")
               ? &kernels_avx512
               : NULL;
  if (strcmp(name, "avx2") == 0)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &kernels_avx2 : NULL;
#endif
  return strcmp(name, "plain") == 0 ? &kernels_plain : NULL;
}

const kernel_table *kernels(void) {
  const kernel_table *best = kernels_named("avx512");
  if (!best) best = kernels_named("avx2");
  return best ? best : &kernels_plain;
}

size_t kernels_row_scratch(int columns, int output_channels) {
  return (size_t)columns * round_up_16(output_channels) + 64;
}

size_t kernels_winograd_scratch(int tiles, int input_channels, int output_channels) {
  return (size_t)36 * tiles * (input_channels + output_channels);
}

void kernels_pack_weights(const kernel_table *table, const float *weights, int out, int in,
                          int kernel_rows, int kernel_columns, int flipped, float *packed) {
  int taps = kernel_rows * kernel_columns, to = flipped ? in : out, from = flipped ? out : in;
  int block = table->block(to), blocks = round_up_16(to) / block;
  for (int b = 0; b < blocks; b++)
    for (int k = 0; k < taps; k++)
      for (int f = 0; f < from; f++)
        for (int l = 0; l < block; l++) {
          int t = b * block + l;
          float w = 0;
          if (t < to)
            w = flipped ? weights[((ptrdiff_t)f * in + t) * taps + taps - 1 - k]
                        : weights[((ptrdiff_t)t * in + f) * taps + k];
          *packed++ = w;
        }
}

void kernels_pack_stride2_adjoint(const kernel_table *table, const float *weights, int out, int in,
                                  int row_phase, int column_phase, float *packed) {
  // Input row Y (unpadded) meets output rows o - 1 (kernel row parity + 2) and o (kernel row
  // parity), where parity = (Y + 1) mod 2 and o = (Y + 1 - parity) / 2; columns likewise.
  int block = table->block(in), blocks = round_up_16(in) / block;
  int row_parity = (row_phase + 1) % 2, column_parity = (column_phase + 1) % 2;
  for (int b = 0; b < blocks; b++)
    for (int r = 0; r < 2; r++)
      for (int c = 0; c < 2; c++)
        for (int o = 0; o < out; o++)
          for (int l = 0; l < block; l++) {
            int i = b * block + l, kr = row_parity + 2 * (1 - r), kc = column_parity + 2 * (1 - c);
            *packed++ = i < in ? weights[(((ptrdiff_t)o * in + i) * 4 + kr) * 4 + kc] : 0;
          }
}
