// Latents of a ladder and their posteriors. Part of template.h.
//
// A pixel's means lie before its log scales. Blocks of values are brought together first, so that the
// arithmetic runs over whole vectors whatever the number of latents.

#define BLOCK 512

// exp(x) for |x| <= 80: 2^n exp(r) with |r| <= ln 2 / 2 and exp's polynomial of degree 6 (Cephes,
// expf.c). NaN stays NaN.
INLINE vec exponential_of(vec x) {
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to a whole number
  vec t = x * 1.44269504088896341f + shift;
  vec n = t - shift;
  vec r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  vec p = broadcast(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * (r * r) + r + 1.0f;
  ivec exponent = ((ivec)t - 0x4b400000 + 127) << 23;
  return p * (vec)exponent;
}

// Passes NaN on.
INLINE vec limited(vec x, log_range range) {
  vec low = broadcast(range.low), high = broadcast(range.high);
  x = choose(x < low, low, x);
  return choose(x > high, high, x);
}
// The gradient that a limited value hands on: beyond a limit only what leads back.
INLINE vec passing(vec gradient, vec at, log_range range) {
  vec zero = broadcast(0);
  ivec out = ((at > range.high) & (gradient < zero)) | ((at < range.low) & (gradient > zero));
  return choose(out, zero, gradient);
}

INLINE void gather_of(const int width, int pixels, ptrdiff_t stride, const float *from, float *to) {
  for (int p = 0; p < pixels; p++)
    for (int c = 0; c < width; c++) to[p * width + c] = from[p * stride + c];
}
static void gather(int width, int pixels, ptrdiff_t stride, const float *from, float *to) {
  switch (width) {
    case 1: return gather_of(1, pixels, stride, from, to);
    case 2: return gather_of(2, pixels, stride, from, to);
    case 4: return gather_of(4, pixels, stride, from, to);
    case 8: return gather_of(8, pixels, stride, from, to);
    case 12: return gather_of(12, pixels, stride, from, to);
    case 16: return gather_of(16, pixels, stride, from, to);
    default: return gather_of(width, pixels, stride, from, to);
  }
}
INLINE void scatter_of(const int width, int pixels, ptrdiff_t stride, const float *from, float *to) {
  for (int p = 0; p < pixels; p++)
    for (int c = 0; c < width; c++) to[p * stride + c] = from[p * width + c];
}
static void scatter(int width, int pixels, ptrdiff_t stride, const float *from, float *to) {
  switch (width) {
    case 1: return scatter_of(1, pixels, stride, from, to);
    case 2: return scatter_of(2, pixels, stride, from, to);
    case 4: return scatter_of(4, pixels, stride, from, to);
    case 8: return scatter_of(8, pixels, stride, from, to);
    case 12: return scatter_of(12, pixels, stride, from, to);
    case 16: return scatter_of(16, pixels, stride, from, to);
    default: return scatter_of(width, pixels, stride, from, to);
  }
}

// A block: channels c … c + width of pixels p … p + pixels; at most BLOCK values.
#define FOR_BLOCKS(total, latents)                                                              \
  for (int width = (latents) < BLOCK ? (latents) : BLOCK, span = BLOCK / width, c = 0;          \
       c < (latents); c += width, width = (latents) - c < width ? (latents) - c : width)        \
    for (size_t p = 0; p < (total); p += span)
// The last vector of a block may reach beyond its values: the buffers have room.
#define ROOM (BLOCK + LANES)

static void exponential(size_t count, const float *x, float *out) {
  float last[LANES] = {0};
  for (size_t i = 0; i < count; i += LANES) {
    if (i + LANES <= count) {
      store(out + i, exponential_of(load(x + i)));
    } else {
      memcpy(last, x + i, sizeof(float) * (count - i));
      store(last, exponential_of(load(last)));
      memcpy(out + i, last, sizeof(float) * (count - i));
    }
  }
}

static void latent(size_t total, int latents, log_range range, const float *prior,
                   const float *deviations, float *out) {
  float l[ROOM] = {0}, m[ROOM] = {0}, e[ROOM] = {0};
  FOR_BLOCKS(total, latents) {
    int pixels = total - p < (size_t)span ? (int)(total - p) : span;
    const float *from = prior + p * 2 * latents + c;
    gather(width, pixels, 2 * latents, from, m);
    if (deviations) {
      gather(width, pixels, 2 * latents, from + latents, l);
      gather(width, pixels, latents, deviations + p * latents + c, e);
      for (int i = 0; i < pixels * width; i += LANES)
        store(m + i, load(m + i) + exponential_of(limited(load(l + i), range)) * load(e + i));
    }
    scatter(width, pixels, latents, m, out + p * latents + c);
  }
}

static void latent_gradient(size_t total, int latents, log_range range, const float *gradient,
                            const float *prior, const float *deviations, float *to_deviations,
                            float *to_prior) {
  float l[ROOM] = {0}, g[ROOM] = {0}, e[ROOM] = {0};
  FOR_BLOCKS(total, latents) {
    int pixels = total - p < (size_t)span ? (int)(total - p) : span;
    gather(width, pixels, latents, gradient + p * latents + c, g);
    float *to = to_prior ? to_prior + p * 2 * latents + c : NULL;
    if (to) scatter(width, pixels, 2 * latents, g, to);
    if (deviations) gather(width, pixels, latents, deviations + p * latents + c, e);
    if (deviations || to_deviations) {
      gather(width, pixels, 2 * latents, prior + p * 2 * latents + latents + c, l);
      for (int i = 0; i < pixels * width; i += LANES) {
        vec raw = load(l + i), scaled = load(g + i) * exponential_of(limited(raw, range));
        store(g + i, scaled);
        store(l + i, passing(scaled * load(e + i), raw, range));
      }
    }
    if (to_deviations) scatter(width, pixels, latents, g, to_deviations + p * latents + c);
    if (!deviations) memset(l, 0, sizeof l);
    if (to) scatter(width, pixels, 2 * latents, l, to + latents);
  }
}

static double posterior(size_t total, int latents, log_range range, const float *statistics,
                        const float *noise, float *out) {
  float t[ROOM] = {0}, q[ROOM] = {0}, n[ROOM] = {0};
  double sum = 0;
  FOR_BLOCKS(total, latents) {
    int pixels = total - p < (size_t)span ? (int)(total - p) : span, count = pixels * width;
    const float *from = statistics + p * 2 * latents + c;
    gather(width, pixels, 2 * latents, from, q);
    gather(width, pixels, 2 * latents, from + latents, t);
    gather(width, pixels, latents, noise + p * latents + c, n);
    for (int i = 0; i < count; i += LANES) {
      vec shift = load(q + i), log = limited(load(t + i), range), s = exponential_of(log);
      store(q + i, shift + s * load(n + i));
      store(t + i, .5f * (s * s + shift * shift - 1) - log);
    }
    for (int i = 0; i < count; i++) sum += (double)t[i];
    scatter(width, pixels, latents, q, out + p * latents + c);
  }
  return sum;
}

static void posterior_gradient(size_t total, int latents, log_range range, float weight,
                               const float *gradient, const float *statistics, const float *noise,
                               float *out) {
  float t[ROOM] = {0}, q[ROOM] = {0}, n[ROOM] = {0}, g[ROOM] = {0};
  FOR_BLOCKS(total, latents) {
    int pixels = total - p < (size_t)span ? (int)(total - p) : span;
    const float *from = statistics + p * 2 * latents + c;
    gather(width, pixels, 2 * latents, from, q);
    gather(width, pixels, 2 * latents, from + latents, t);
    gather(width, pixels, latents, noise + p * latents + c, n);
    gather(width, pixels, latents, gradient + p * latents + c, g);
    for (int i = 0; i < pixels * width; i += LANES) {
      vec raw = load(t + i), s = exponential_of(limited(raw, range)), back = load(g + i);
      store(q + i, back + weight * load(q + i));
      store(t + i, passing(back * load(n + i) * s + weight * (s * s - 1), raw, range));
    }
    float *to = out + p * 2 * latents + c;
    scatter(width, pixels, 2 * latents, q, to);
    scatter(width, pixels, 2 * latents, t, to + latents);
  }
}
