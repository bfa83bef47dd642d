// Choice of the vector arithmetic at run time.
#include "shared.h"

const vector_table *vector_kernels_named(const char *name) {
  const kernel_table *table = kernels_named(name);
#if defined(__x86_64__)
  if (table == &kernels_avx512) return &vectors_avx512;
  if (table == &kernels_avx2) return &vectors_avx2;
#endif
  return table == &kernels_plain ? &vectors_plain : NULL;
}

const vector_table *vector_kernels(void) { return vector_kernels_named(kernels()->name); }
