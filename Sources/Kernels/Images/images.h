// Wavelets, shrinkage, total variation and its generalisation. Part of template.h.
#include "wavelet.h"

#include "conjugate_gradient.h"
#include "generalized_variation.h"
#include "shrinkage.h"
#include "variation.h"

const image_kernel_table TABLE(image_kernels_) = {
    wavelet_analyse, wavelet_synthesise, soft_threshold, centred_threshold, variation_dual,
    variation_primal, generalized_primal, generalized_dual, generalized_image, combine, extrapolate, uphill,
    curvature, descend};
