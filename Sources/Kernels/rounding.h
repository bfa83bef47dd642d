// Whole numbers that all kernels need.
#ifndef MRI_ILO_ROUNDING_H
#define MRI_ILO_ROUNDING_H

static inline int round_up_16(int channels) { return (channels + 15) / 16 * 16; }
static inline int smaller(int a, int b) { return a < b ? a : b; }
static inline int larger(int a, int b) { return a > b ? a : b; }

#endif
