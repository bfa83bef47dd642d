// Element-wise loops and sums over flat vectors. Part of template.h.
#include "latents.h"
#include "upsampling.h"
#include "vectors.h"

const element_table TABLE(elements_) = {
    exponential,   latent,      latent_gradient, posterior,
    posterior_gradient, add,    join,            split,
    upsample_rows, upsample_gradient_rows, absolute_loss, adam, dot,
    absolute_sum,  excess,      shrink,          add_scaled_dot,
    sum_scaled,    scale};
