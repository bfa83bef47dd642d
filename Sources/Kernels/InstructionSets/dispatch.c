// Choice of the instruction set at run time: the same one for all kinds of kernels.
#include <string.h>

#include "Kernels.h"

enum { AVX512, AVX2, PLAIN, NONE };

static int set_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  int has_fma = __builtin_cpu_supports("fma");
  if (strcmp(name, "avx512") == 0)
    return has_fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")
               ? AVX512
               : NONE;
  if (strcmp(name, "avx2") == 0) return has_fma && __builtin_cpu_supports("avx2") ? AVX2 : NONE;
#endif
  return strcmp(name, "plain") == 0 ? PLAIN : NONE;
}

static int best_set(void) {
  if (set_named("avx512") != NONE) return AVX512;
  return set_named("avx2") != NONE ? AVX2 : PLAIN;
}

#if defined(__x86_64__)
#define TABLES(kind) {&kind##_avx512, &kind##_avx2, &kind##_plain, NULL}
#else
#define TABLES(kind) {NULL, NULL, &kind##_plain, NULL}
#endif
#define CHOICE(type, kind)                                     \
  extern const type kind##_avx512, kind##_avx2, kind##_plain;  \
  static const type *const kind##_tables[] = TABLES(kind);     \
  const type *kind(void) { return kind##_tables[best_set()]; } \
  const type *kind##_named(const char *name) { return kind##_tables[set_named(name)]; }

CHOICE(kernel_table, kernels)
CHOICE(element_table, elements)
CHOICE(vector_table, vector_kernels)
CHOICE(fourier_table, fourier_kernels)
CHOICE(image_kernel_table, image_kernels)
CHOICE(coil_eigenvector_table, coil_eigenvectors)
