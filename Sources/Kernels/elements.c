// Choice of the element-wise loops at run time: the same build as the convolutions'.
#include "Elements.h"

#include "shared.h"

extern const element_table kernels_avx512_elements, kernels_avx2_elements, kernels_plain_elements;

static const element_table *beside(const kernel_table *kernels) {
  if (!kernels) return NULL;
#if defined(__x86_64__)
  if (kernels == &kernels_avx512) return &kernels_avx512_elements;
  if (kernels == &kernels_avx2) return &kernels_avx2_elements;
#endif
  return &kernels_plain_elements;
}

const element_table *elements_named(const char *name) { return beside(kernels_named(name)); }

const element_table *elements(void) { return beside(kernels()); }
