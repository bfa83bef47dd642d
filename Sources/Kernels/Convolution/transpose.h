// Transposition of a square of LANES x LANES floats in registers. Part of template.h.

#if LANES == 16
#define EACH_LANE(F, s)                                                                      \
  F(0, s), F(1, s), F(2, s), F(3, s), F(4, s), F(5, s), F(6, s), F(7, s), F(8, s), F(9, s),  \
      F(10, s), F(11, s), F(12, s), F(13, s), F(14, s), F(15, s)
#elif LANES == 8
#define EACH_LANE(F, s) F(0, s), F(1, s), F(2, s), F(3, s), F(4, s), F(5, s), F(6, s), F(7, s)
#else
#define EACH_LANE(F, s) F(0, s), F(1, s), F(2, s), F(3, s)
#endif

// Swaps the off-diagonal squares of side s of every square of side 2 s.
#define LOW_LANE(l, s) ((l) & (s) ? LANES + (l) - (s) : (l))
#define HIGH_LANE(l, s) ((l) & (s) ? LANES + (l) : (l) + (s))
#define SWAP_SQUARES(s)                                                                      \
  UNROLL for (int i = 0; i < LANES; i++) if (!(i & (s))) {                                   \
    vec low = __builtin_shufflevector(v[i], v[i + (s)], EACH_LANE(LOW_LANE, s));             \
    v[i + (s)] = __builtin_shufflevector(v[i], v[i + (s)], EACH_LANE(HIGH_LANE, s));         \
    v[i] = low;                                                                              \
  }

INLINE void transpose(vec *v) {
#if LANES >= 16
  SWAP_SQUARES(8)
#endif
#if LANES >= 8
  SWAP_SQUARES(4)
#endif
  SWAP_SQUARES(2)
  SWAP_SQUARES(1)
}
