// Wavelets, shrinkage and total variation of images. Part of template.h.
#include "wavelet.h"

#include "conjugate_gradient.h"
#include "shrinkage.h"
#include "variation.h"

const image_kernel_table TABLE(image_kernels_) = {
    wavelet_analyse, wavelet_synthesise, soft_threshold, centred_threshold, variation_dual,
    variation_primal, combine, extrapolate, uphill,
    curvature, descend};
