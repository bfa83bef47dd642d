// The processor's arithmetic peak. Part of template.h.

/// Independent sums: enough to hide a latency of four cycles at two operations a cycle, few enough
/// for sixteen registers.
#define PEAK_CHAINS 12

static double multiply_adds(long rounds, float *sums) {
  vec chain[PEAK_CHAINS], factor = broadcast(sums[0]), added = broadcast(sums[1]);
  for (int c = 0; c < PEAK_CHAINS; c++) chain[c] = broadcast(sums[c % 2] + (float)c);
  for (long round = 0; round < rounds; round++)
    UNROLL for (int c = 0; c < PEAK_CHAINS; c++) chain[c] = chain[c] * factor + added;
  vec sum = chain[0];
  for (int c = 1; c < PEAK_CHAINS; c++) sum += chain[c];
  sums[0] = sum[0];
  return 2.0 * LANES * PEAK_CHAINS * (double)rounds;
}
