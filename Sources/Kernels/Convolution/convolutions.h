// The convolutions of a generator. Part of template.h.
#include "sizes.h"

static int block_size(int output_channels) {
  int padded = round_up_16(output_channels), lanes = VECTORS * LANES;
  while (padded % lanes != 0) lanes /= 2;
  return lanes;
}

#include "tiles.h"

#include "transpose.h"
#include "views.h"

#include "direct.h"
#include "peak.h"
#include "weight_gradient.h"
#include "winograd.h"
#include "winograd_gradient.h"

const kernel_table TABLE(kernels_) = {NAME,
                             block_size,
                             direct_rows,
                             winograd_tiles,
                             weight_gradient_rows,
                             winograd_weight_gradient,
                             winograd_weights,
                             multiply_adds};
