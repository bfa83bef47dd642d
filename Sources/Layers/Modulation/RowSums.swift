import Arrays

/// Sums of `count` values over all rows: `add` adds a row's part to the sums it is given, rows are
/// shared out over the threads, and their parts are added in order, so that the bits do not depend on
/// the number of threads.
func rowSums(
  rows: Int, count: Int, _ add: @Sendable (Int, UnsafeMutablePointer<Double>) -> Void
) -> [Double] {
  var sums = [Double](repeating: 0, count: count)
  var parts = [Double](repeating: 0, count: rows * count)
  parts.withUnsafeMutableBufferPointer { parts in
    nonisolated(unsafe) let start = parts.baseAddress
    parallelFor(rows) { row in
      if let start { add(row, start + row * count) }
    }
  }
  for row in 0..<rows {
    for index in 0..<count { sums[index] += parts[row * count + index] }
  }
  return sums
}
