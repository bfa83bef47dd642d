/// The percentile `percent` (0 to 100) of `values`, between neighbours by linear interpolation as in
/// NumPy; 0 without values.
package func percentile(_ values: [Float], _ percent: Double) -> Float {
  guard !values.isEmpty else { return 0 }
  let position = percent / 100 * Double(values.count - 1)
  let below = Int(position)
  var values = values
  let lower = values.withUnsafeMutableBufferPointer { select(below, of: $0) }
  // What lies behind the selected element is no smaller, so the next one is the least of it.
  let upper = values[(below + 1)...].min() ?? lower
  return lower + Float(position - Double(below)) * (upper - lower)
}

/// The element that sorting would bring to `index`.
///
/// Afterwards those before it are no larger, those behind it no smaller. Hoare's FIND (Commun. ACM
/// 4:321, 1961) with the median of three as pivot.
private func select(_ index: Int, of values: UnsafeMutableBufferPointer<Float>) -> Float {
  var (low, high) = (0, values.count - 1)
  while low < high {
    let (a, b, c) = (values[low], values[low + (high - low) / 2], values[high])
    let pivot = max(min(a, b), min(max(a, b), c))
    var (left, right) = (low, high)
    while left <= right {
      while values[left] < pivot { left += 1 }
      while values[right] > pivot { right -= 1 }
      if left <= right {
        values.swapAt(left, right)
        left += 1
        right -= 1
      }
    }
    if index <= right {
      high = right
    } else if index >= left {
      low = left
    } else {
      break
    }
  }
  return values[index]
}
