// Small transforms of vectors held in registers. Part of template.h.
//
// All take and give natural order, in place; re and im exchanged they are the inverse.

#define FLANES (LANES < FOURIER_LANES ? LANES : FOURIER_LANES)
typedef float fvec __attribute__((vector_size(FLANES * 4), aligned(4)));

INLINE fvec fload(const float *p) { return *(const fvec *)p; }
INLINE void fstore(float *p, fvec x) { *(fvec *)p = x; }
INLINE fvec fbroadcast(float x) { return x - (fvec){}; }

// cos and sin of 2πk / n.
static const float cos3[3] = {1, -.5f, -.5f};
static const float sin3[3] = {0, .86602540378443864676f, -.86602540378443864676f};
static const float cos5[5] = {1, .30901699437494742410f, -.80901699437494742410f,
                              -.80901699437494742410f, .30901699437494742410f};
static const float sin5[5] = {0, .95105651629515357212f, .58778525229247312917f,
                              -.58778525229247312917f, -.95105651629515357212f};
static const float cos7[7] = {1,
                              .62348980185873353053f,
                              -.22252093395631440429f,
                              -.90096886790241912624f,
                              -.90096886790241912624f,
                              -.22252093395631440429f,
                              .62348980185873353053f};
static const float sin7[7] = {0,
                              .78183148246802980871f,
                              .97492791218182360702f,
                              .43388373911755812048f,
                              -.43388373911755812048f,
                              -.97492791218182360702f,
                              -.78183148246802980871f};
static const float cos9[9] = {1,
                              .76604444311897803520f,
                              .17364817766693034885f,
                              -.5f,
                              -.93969262078590838405f,
                              -.93969262078590838405f,
                              -.5f,
                              .17364817766693034885f,
                              .76604444311897803520f};
static const float sin9[9] = {0,
                              .64278760968653932632f,
                              .98480775301220805937f,
                              .86602540378443864676f,
                              .34202014332566873304f,
                              -.34202014332566873304f,
                              -.86602540378443864676f,
                              -.98480775301220805937f,
                              -.64278760968653932632f};
static const float cos11[11] = {1,
                                .84125353283118116886f,
                                .41541501300188642553f,
                                -.14231483827328514044f,
                                -.65486073394528506406f,
                                -.95949297361449738989f,
                                -.95949297361449738989f,
                                -.65486073394528506406f,
                                -.14231483827328514044f,
                                .41541501300188642553f,
                                .84125353283118116886f};
static const float sin11[11] = {0,
                                .54064081745559758211f,
                                .90963199535451837141f,
                                .98982144188093273238f,
                                .75574957435425828377f,
                                .28173255684142969771f,
                                -.28173255684142969771f,
                                -.75574957435425828377f,
                                -.98982144188093273238f,
                                -.90963199535451837141f,
                                -.54064081745559758211f};
static const float cos13[13] = {1,
                                .88545602565320989590f,
                                .56806474673115580251f,
                                .12053668025532305335f,
                                -.35460488704253562597f,
                                -.74851074817110109863f,
                                -.97094181742605202716f,
                                -.97094181742605202716f,
                                -.74851074817110109863f,
                                -.35460488704253562597f,
                                .12053668025532305335f,
                                .56806474673115580251f,
                                .88545602565320989590f};
static const float sin13[13] = {0,
                                .46472317204376854566f,
                                .82298386589365639458f,
                                .99270887409805399280f,
                                .93501624268541482344f,
                                .66312265824079520238f,
                                .23931566428755776715f,
                                -.23931566428755776715f,
                                -.66312265824079520238f,
                                -.93501624268541482344f,
                                -.99270887409805399280f,
                                -.82298386589365639458f,
                                -.46472317204376854566f};
static const float cos16[10] = {1,
                                .92387953251128675613f,
                                .70710678118654752440f,
                                .38268343236508977173f,
                                0,
                                -.38268343236508977173f,
                                -.70710678118654752440f,
                                -.92387953251128675613f,
                                -1,
                                -.92387953251128675613f};
static const float sin16[10] = {0,
                                .38268343236508977173f,
                                .70710678118654752440f,
                                .92387953251128675613f,
                                1,
                                .92387953251128675613f,
                                .70710678118654752440f,
                                .38268343236508977173f,
                                0,
                                -.38268343236508977173f};

// x *= c - i s.
INLINE void rotate(fvec *re, fvec *im, float c, float s) {
  fvec a = *re, b = *im;
  *re = a * c + b * s;
  *im = b * c - a * s;
}

INLINE void dft2(fvec *re, fvec *im) {
  fvec a = re[0], b = im[0];
  re[0] = a + re[1];
  im[0] = b + im[1];
  re[1] = a - re[1];
  im[1] = b - im[1];
}

INLINE void dft4(fvec *re, fvec *im) {
  fvec ar = re[0] + re[2], ai = im[0] + im[2], br = re[0] - re[2], bi = im[0] - im[2];
  fvec cr = re[1] + re[3], ci = im[1] + im[3], dr = re[1] - re[3], di = im[1] - im[3];
  re[0] = ar + cr;
  im[0] = ai + ci;
  re[1] = br + di;
  im[1] = bi - dr;
  re[2] = ar - cr;
  im[2] = ai - ci;
  re[3] = br - di;
  im[3] = bi + dr;
}

// An odd P by its definition, the inputs j and P - j taken together: their sum meets the cosine of
// the outputs k and P - k, their difference the sine, so that a product serves two terms.
INLINE void dft_odd(const int P, const float *cosines, const float *sines, fvec *re, fvec *im) {
  const int H = (P - 1) / 2;
  fvec sr[7], si[7], dr[7], di[7], zr = re[0], zi = im[0], tr = re[0], ti = im[0];
  UNROLL for (int j = 1; j <= H; j++) {
    sr[j] = re[j] + re[P - j];
    si[j] = im[j] + im[P - j];
    dr[j] = re[j] - re[P - j];
    di[j] = im[j] - im[P - j];
    tr += sr[j];
    ti += si[j];
  }
  re[0] = tr;
  im[0] = ti;
  UNROLL for (int k = 1; k <= H; k++) {
    fvec ar = zr, ai = zi, br = dr[1] * sines[k], bi = di[1] * sines[k];
    UNROLL for (int j = 1; j <= H; j++) {
      ar += sr[j] * cosines[j * k % P];
      ai += si[j] * cosines[j * k % P];
      if (j > 1) {
        br += dr[j] * sines[j * k % P];
        bi += di[j] * sines[j * k % P];
      }
    }
    re[k] = ar + bi;
    im[k] = ai - br;
    re[P - k] = ar - bi;
    im[P - k] = ai + br;
  }
}

INLINE void dft8(fvec *re, fvec *im) {
  fvec ar[4], ai[4], br[4], bi[4];
  UNROLL for (int j = 0; j < 4; j++) {
    ar[j] = re[j] + re[j + 4];
    ai[j] = im[j] + im[j + 4];
    br[j] = re[j] - re[j + 4];
    bi[j] = im[j] - im[j + 4];
  }
  const float h = cos16[2];
  fvec u = br[1], v = bi[1];
  br[1] = (u + v) * h;
  bi[1] = (v - u) * h;
  u = br[2];
  br[2] = bi[2];
  bi[2] = -u;
  u = br[3], v = bi[3];
  br[3] = (v - u) * h;
  bi[3] = (u + v) * -h;
  dft4(ar, ai);
  dft4(br, bi);
  UNROLL for (int j = 0; j < 4; j++) {
    re[2 * j] = ar[j];
    im[2 * j] = ai[j];
    re[2 * j + 1] = br[j];
    im[2 * j + 1] = bi[j];
  }
}

INLINE void dft_coprime(const int A, const int B, fvec *re, fvec *im);

INLINE void dft_square(const int A, const float *cosines, const float *sines, fvec *re, fvec *im);

INLINE void dft(const int R, fvec *re, fvec *im) {
  if (R == 2) dft2(re, im);
  if (R == 3) dft_odd(3, cos3, sin3, re, im);
  if (R == 4) dft4(re, im);
  if (R == 5) dft_odd(5, cos5, sin5, re, im);
  if (R == 6) dft_coprime(2, 3, re, im);
  if (R == 7) dft_odd(7, cos7, sin7, re, im);
  if (R == 8) dft8(re, im);
  if (R == 9) dft_square(3, cos9, sin9, re, im);
  if (R == 10) dft_coprime(2, 5, re, im);
  if (R == 11) dft_odd(11, cos11, sin11, re, im);
  if (R == 12) dft_coprime(4, 3, re, im);
  if (R == 13) dft_odd(13, cos13, sin13, re, im);
  if (R == 15) dft_coprime(3, 5, re, im);
  if (R == 16) dft_square(4, cos16, sin16, re, im);
  if (R == 20) dft_coprime(4, 5, re, im);
}

INLINE void dft_prime_power(const int R, fvec *re, fvec *im) {
  if (R == 2) dft2(re, im);
  if (R == 3) dft_odd(3, cos3, sin3, re, im);
  if (R == 4) dft4(re, im);
  if (R == 5) dft_odd(5, cos5, sin5, re, im);
}

// A * B without common factor, by Good's index maps (J. R. Stat. Soc. B 20:361, 1958): no twiddles.
INLINE void dft_coprime(const int A, const int B, fvec *re, fvec *im) {
  const int N = A * B;
  fvec tr[20], ti[20];
  UNROLL for (int b = 0; b < B; b++) {
    fvec xr[5], xi[5];
    UNROLL for (int a = 0; a < A; a++) {
      xr[a] = re[(B * a + A * b) % N];
      xi[a] = im[(B * a + A * b) % N];
    }
    dft_prime_power(A, xr, xi);
    UNROLL for (int a = 0; a < A; a++) {
      tr[a * B + b] = xr[a];
      ti[a * B + b] = xi[a];
    }
  }
  UNROLL for (int a = 0; a < A; a++) dft_prime_power(B, tr + a * B, ti + a * B);
  UNROLL for (int k = 0; k < N; k++) {
    re[k] = tr[k % A * B + k % B];
    im[k] = ti[k % A * B + k % B];
  }
}

// A * A by Cooley and Tukey; the tables of A * A.
INLINE void dft_square(const int A, const float *cosines, const float *sines, fvec *re, fvec *im) {
  fvec tr[16], ti[16];
  UNROLL for (int b = 0; b < A; b++) {
    fvec xr[4], xi[4];
    UNROLL for (int a = 0; a < A; a++) {
      xr[a] = re[A * a + b];
      xi[a] = im[A * a + b];
    }
    dft_prime_power(A, xr, xi);
    UNROLL for (int a = 0; a < A; a++) {
      if (A == 4 && a * b == 4) {
        fvec t = xr[a];
        xr[a] = xi[a];
        xi[a] = -t;
      } else if (a * b > 0)
        rotate(&xr[a], &xi[a], cosines[a * b], sines[a * b]);
      tr[a * A + b] = xr[a];
      ti[a * A + b] = xi[a];
    }
  }
  UNROLL for (int a = 0; a < A; a++) {
    dft_prime_power(A, tr + a * A, ti + a * A);
    UNROLL for (int b = 0; b < A; b++) {
      re[a + A * b] = tr[a * A + b];
      im[a + A * b] = ti[a * A + b];
    }
  }
}
