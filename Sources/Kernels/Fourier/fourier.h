// Whole transforms of a block, and the SENSE operators fused with them. Part of template.h.
#include "fourier_codelets.h"

#include "fourier_passes.h"

#include "fourier_primes.h"

static void pass_forward(const fourier_plan *plan, int pass, int blocks, int m, float *data) {
  const codelet_passes *c = codelet(plan->radix[pass]);
  if (!c)
    prime_forward(plan, pass, data, blocks, m);
  else if (m > 1)
    c->forward(data, blocks, m, plan->twiddles[pass]);
  else
    c->forward_last(data, blocks);
}

static void pass_backward(const fourier_plan *plan, int pass, int blocks, int m, float *data) {
  const codelet_passes *c = codelet(plan->radix[pass]);
  if (!c)
    prime_backward(plan, pass, data, blocks, m);
  else if (m > 1)
    c->backward(data, blocks, m, plan->twiddles[pass]);
  else
    c->backward_first(data, blocks);
}

// The passes first … end - 1 forward; those before `first` are done.
static void passes_forward(const fourier_plan *plan, int first, int end, float *data) {
  int blocks = 1;
  for (int i = 0; i < end; i++) {
    if (i >= first) pass_forward(plan, i, blocks, plan->size / blocks / plan->radix[i], data);
    blocks *= plan->radix[i];
  }
}

// The passes end - 1 … first backward.
static void passes_backward(const fourier_plan *plan, int first, int end, float *data) {
  int m = 1;
  for (int i = plan->passes - 1; i >= first; i--) {
    if (i < end) pass_backward(plan, i, plan->size / m / plan->radix[i], m, data);
    m *= plan->radix[i];
  }
}

static void fourier_forward(const fourier_plan *plan, float *data) {
  passes_forward(plan, 0, plan->passes, data);
}

static void fourier_backward(const fourier_plan *plan, float *data) {
  passes_backward(plan, 0, plan->passes, data);
}

// The last pass and its codelet, if it has one.
INLINE const codelet_passes *last_codelet(const fourier_plan *plan) {
  return plan->passes > 0 ? codelet(plan->radix[plan->passes - 1]) : NULL;
}

static void convolve(const fourier_plan *plan, const float *spectrum, float *data) {
  int last = plan->passes - 1;
  const codelet_passes *c = last_codelet(plan);
  if (c) {
    passes_forward(plan, 0, last, data);
    c->product(data, plan->size / plan->radix[last], spectrum);
    passes_backward(plan, 0, last, data);
    return;
  }
  fourier_forward(plan, data);
  for (int i = 0; i < plan->size; i++) HALVES {
      float *x = data + (ptrdiff_t)i * FOURIER_STRIDE + h;
      fvec re = fload(x), im = fload(x + IM);
      twiddle(&re, &im, spectrum + 2 * i);
      fstore(x, re);
      fstore(x + IM, im);
    }
  fourier_backward(plan, data);
}

static void multiply_map(int count, const float *image, const float *map, float *data) {
  for (int i = 0; i < count; i++) HALVES {
      ptrdiff_t at = (ptrdiff_t)i * FOURIER_STRIDE + h;
      fvec a = fload(image + at), b = fload(image + at + IM);
      fvec c = fload(map + at), d = fload(map + at + IM);
      fstore(data + at, a * c - b * d);
      fstore(data + at + IM, a * d + b * c);
    }
}

static void add_conjugate_map(int count, const float *data, const float *map, float *sum) {
  for (int i = 0; i < count; i++) HALVES {
      ptrdiff_t at = (ptrdiff_t)i * FOURIER_STRIDE + h;
      fvec a = fload(data + at), b = fload(data + at + IM);
      fvec c = fload(map + at), d = fload(map + at + IM);
      fstore(sum + at, fload(sum + at) + a * c + b * d);
      fstore(sum + at + IM, fload(sum + at + IM) + b * c - a * d);
    }
}

// The first pass's codelet where it can take the map with it.
INLINE const codelet_passes *fused_codelet(const fourier_plan *plan) {
  return plan->passes > 1 ? codelet(plan->radix[0]) : NULL;
}

// map * image and the passes before `end`.
static void encode_passes(const fourier_coil *coil, const float *image, int end) {
  const fourier_plan *plan = coil->plan;
  const codelet_passes *c = fused_codelet(plan);
  if (c)
    c->first(image, coil->map, coil->work, plan->size / plan->radix[0], plan->twiddles[0]);
  else
    multiply_map(plan->size, image, coil->map, coil->work);
  passes_forward(plan, c ? 1 : 0, end, coil->work);
}

// The passes before `end` backward, and their sum with conjugate maps.
static void decode_passes(const fourier_coil *coil, float *sum, int end) {
  const fourier_plan *plan = coil->plan;
  const codelet_passes *c = fused_codelet(plan);
  passes_backward(plan, c ? 1 : 0, end, coil->work);
  if (c)
    c->final(coil->work, coil->map, sum, plan->size / plan->radix[0], plan->twiddles[0]);
  else
    add_conjugate_map(plan->size, coil->work, coil->map, sum);
}

static void fourier_encode(const fourier_coil *coil, const float *image) {
  encode_passes(coil, image, coil->plan->passes);
}

static void fourier_decode(const fourier_coil *coil, float *image) {
  decode_passes(coil, image, coil->plan->passes);
}

// The mask or, where `expected` is given, the residual, after a whole transform.
static double mask_values(const fourier_coil *coil, const float *expected) {
  fdvec energy = {};
  for (int i = 0; i < coil->plan->size; i++) HALVES {
      ptrdiff_t at = (ptrdiff_t)i * FOURIER_STRIDE + h;
      fvec re = fload(coil->work + at) * coil->weights[i];
      fvec im = fload(coil->work + at + IM) * coil->weights[i];
      if (expected) {
        re -= fload(expected + at);
        im -= fload(expected + at + IM);
        energy += __builtin_convertvector(re * re + im * im, fdvec);
      }
      fstore(coil->work + at, re);
      fstore(coil->work + at + IM, im);
    }
  return lane_sum(energy);
}

static double normal_or_residual(const fourier_coil *coil, const float *image,
                                 const float *expected, float *sum) {
  const fourier_plan *plan = coil->plan;
  const codelet_passes *c = last_codelet(plan);
  double energy = 0;
  if (!c) {
    fourier_encode(coil, image);
    energy = mask_values(coil, expected);
    fourier_decode(coil, sum);
    return energy;
  }
  int last = plan->passes - 1, blocks = plan->size / plan->radix[last];
  encode_passes(coil, image, last);
  if (expected)
    energy = c->residual(coil->work, blocks, coil->weights, expected, coil->next_map);
  else
    c->middle(coil->work, blocks, coil->weights, coil->next_map);
  decode_passes(coil, sum, last);
  return energy;
}

static void fourier_normal(const fourier_coil *coil, const float *image, float *sum) {
  normal_or_residual(coil, image, NULL, sum);
}

static double fourier_residual(const fourier_coil *coil, const float *image, const float *data,
                               float *gradient) {
  return normal_or_residual(coil, image, data, gradient);
}

#include "fourier_lines.h"

const fourier_table TABLE(fourier_kernels_) = {NAME,           fourier_forward, fourier_backward,
                                     fourier_encode, fourier_decode,  fourier_normal,
                                     fourier_residual, multiply_map,  load_lines,
                                     store_lines,    load_columns,    store_columns};
