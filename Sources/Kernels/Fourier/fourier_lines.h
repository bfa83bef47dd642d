// Between interleaved complex arrays and blocks. Part of template.h.

typedef float lane8 __attribute__((vector_size(32), aligned(4)));

// Macros, because without AVX such a vector cannot be an argument.
#define LOAD8(p) (*(const lane8 *)(p))
#define STORE8(p, x) (*(lane8 *)(p) = (x))

INLINE void transpose8(lane8 *x) {
  lane8 t[8];
  UNROLL for (int i = 0; i < 8; i += 2) {
    t[i] = __builtin_shufflevector(x[i], x[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    t[i + 1] = __builtin_shufflevector(x[i], x[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  UNROLL for (int i = 0; i < 8; i += 4) UNROLL for (int j = 0; j < 2; j++) {
    x[i + j] = __builtin_shufflevector(t[i + j], t[i + j + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    x[i + j + 2] = __builtin_shufflevector(t[i + j], t[i + j + 2], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  UNROLL for (int i = 0; i < 4; i++) {
    t[i] = __builtin_shufflevector(x[i], x[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    t[i + 4] = __builtin_shufflevector(x[i], x[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
  UNROLL for (int i = 0; i < 8; i++) x[i] = t[i];
}

static void load_lines(const float *from, ptrdiff_t line, int lines, int count, const int *place,
                       int swapped, float *block) {
  int re = swapped ? IM : 0, im = swapped ? 0 : IM, i = 0;
  if (lines == FOURIER_LANES)
    for (; i + 4 <= count; i += 4) {
      lane8 x[8];
      UNROLL for (int l = 0; l < 8; l++) x[l] = LOAD8(from + 2 * (l * line + i));
      transpose8(x);
      UNROLL for (int c = 0; c < 4; c++) {
        float *to = block + (ptrdiff_t)place[i + c] * FOURIER_STRIDE;
        STORE8(to + re, x[2 * c]);
        STORE8(to + im, x[2 * c + 1]);
      }
    }
  for (; i < count; i++) {
    float *to = block + (ptrdiff_t)place[i] * FOURIER_STRIDE;
    for (int l = 0; l < FOURIER_LANES; l++) {
      to[re + l] = l < lines ? from[2 * (l * line + i)] : 0;
      to[im + l] = l < lines ? from[2 * (l * line + i) + 1] : 0;
    }
  }
}

static void store_lines(const float *block, const int *place, int swapped, float scale, int lines,
                        int count, float *to, ptrdiff_t line) {
  int re = swapped ? IM : 0, im = swapped ? 0 : IM, i = 0;
  if (lines == FOURIER_LANES)
    for (; i + 4 <= count; i += 4) {
      lane8 x[8];
      UNROLL for (int c = 0; c < 4; c++) {
        const float *from = block + (ptrdiff_t)place[i + c] * FOURIER_STRIDE;
        x[2 * c] = LOAD8(from + re) * scale;
        x[2 * c + 1] = LOAD8(from + im) * scale;
      }
      transpose8(x);
      UNROLL for (int l = 0; l < 8; l++) STORE8(to + 2 * (l * line + i), x[l]);
    }
  for (; i < count; i++) {
    const float *from = block + (ptrdiff_t)place[i] * FOURIER_STRIDE;
    for (int l = 0; l < lines; l++) {
      to[2 * (l * line + i)] = from[re + l] * scale;
      to[2 * (l * line + i) + 1] = from[im + l] * scale;
    }
  }
}

static void load_columns(const float *from, ptrdiff_t row, int lines, int count, const int *place,
                         int swapped, float *block) {
  int re = swapped ? IM : 0, im = swapped ? 0 : IM;
  for (int i = 0; i < count; i++) {
    const float *x = from + 2 * i * row;
    float *to = block + (ptrdiff_t)place[i] * FOURIER_STRIDE;
    if (lines == FOURIER_LANES) {
      lane8 a = LOAD8(x), b = LOAD8(x + 8);
      STORE8(to + re, __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14));
      STORE8(to + im, __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15));
    } else
      for (int l = 0; l < FOURIER_LANES; l++) {
        to[re + l] = l < lines ? x[2 * l] : 0;
        to[im + l] = l < lines ? x[2 * l + 1] : 0;
      }
  }
}

static void store_columns(const float *block, const int *place, int swapped, float scale, int lines,
                          int count, float *to, ptrdiff_t row) {
  int re = swapped ? IM : 0, im = swapped ? 0 : IM;
  for (int i = 0; i < count; i++) {
    const float *from = block + (ptrdiff_t)place[i] * FOURIER_STRIDE;
    float *x = to + 2 * i * row;
    if (lines == FOURIER_LANES) {
      lane8 a = LOAD8(from + re) * scale, b = LOAD8(from + im) * scale;
      STORE8(x, __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
      STORE8(x + 8, __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
    } else
      for (int l = 0; l < lines; l++) {
        x[2 * l] = from[re + l] * scale;
        x[2 * l + 1] = from[im + l] * scale;
      }
  }
}
