#define MATHLIB_STANDALONE
#include <Rmath.h>
