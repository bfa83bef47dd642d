// The kernels for the compiler's own target: SSE2 on x86-64, NEON on ARM.
#define LANES 4
#define VECTORS 2
#define SUFFIX kernels_plain
#define FOURIER_TABLE fourier_plain
#define VECTOR_TABLE vectors_plain
#define NAME "plain"
#include "template.h"
