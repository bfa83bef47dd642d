// The kernels for the compiler's own target: SSE2 on x86-64, NEON on ARM.
#define LANES 4
#define VECTORS 2
#define SET plain
#include "template.h"
