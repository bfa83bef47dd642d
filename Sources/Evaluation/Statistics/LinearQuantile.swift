/// The quantile of `sorted`, which must be in ascending order, not empty and without NaN, at the
/// fraction `probability` in 0...1.
///
/// The quantile lies at the index (n − 1)·p and is interpolated linearly between its neighbours:
/// NumPy's default method `linear` (numpy:numpy/lib/_function_base_impl.py, `_lerp`), definition 7
/// of Hyndman and Fan, The American Statistician 50(4), 1996. Between a finite and an infinite
/// neighbour it is infinite, and between −∞ and ∞ it is the nearer of the two.
func linearQuantile(ofSorted sorted: [Double], _ probability: Double) -> Double {
  let position = Double(sorted.count - 1) * min(max(probability, 0), 1)
  let index = min(Int(position), sorted.count - 1)
  let (low, high) = (sorted[index], sorted[min(index + 1, sorted.count - 1)])
  let fraction = position - Double(index)
  // ∞ − ∞ and 0 · ∞ have no value, so that these cases never reach the interpolation.
  if low == high || fraction == 0 { return low }
  if low.isInfinite, high.isInfinite { return fraction < 0.5 ? low : high }
  if low.isInfinite { return low }
  if high.isInfinite { return high }
  // NumPy's two forms: each is exact at its own end.
  let step = high - low
  return fraction < 0.5 ? low + step * fraction : high - step * (1 - fraction)
}
