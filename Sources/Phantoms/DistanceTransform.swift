import Arrays

/// The Euclidean distance of every sample `[rows, columns]` to the nearest marked one, in samples.
///
/// Felzenszwalb and Huttenlocher, Theory of Computing 8:415, 2012: columns by two sweeps, then the
/// lower envelope of parabolas along each row. Without a marked sample every distance is
/// `rows + columns`.
func distances(to marked: [Bool], rows: Int, columns: Int) -> [Float] {
  let far = Float(rows + columns)
  var result = [Float](repeating: far, count: rows * columns)
  for row in 0..<rows {
    for column in 0..<columns {
      let index = row * columns + column
      if marked[index] {
        result[index] = 0
      } else if row > 0 {
        result[index] = min(far, result[index - columns] + 1)
      }
    }
  }
  for row in stride(from: rows - 2, through: 0, by: -1) {
    for column in 0..<columns {
      let index = row * columns + column
      result[index] = min(result[index], result[index + columns] + 1)
    }
  }
  result.withUnsafeMutableBufferPointer { buffer in
    guard let base = buffer.baseAddress else { return }
    nonisolated(unsafe) let start = base
    parallelFor(rows) { envelope(start + $0 * columns, columns) }
  }
  return result
}

/// Replaces `line`, the distances along the other axis, by the distances in the plane.
private func envelope(_ line: UnsafeMutablePointer<Float>, _ count: Int) {
  var sites = [Int](repeating: 0, count: count)
  var borders = [Float](repeating: 0, count: count + 1)
  let heights = (0..<count).map { line[$0] * line[$0] }
  var last = 0
  borders[0] = -.infinity
  borders[1] = .infinity
  for site in 1..<max(1, count) {
    var border: Float
    repeat {
      let other = sites[last]
      border =
        (heights[site] - heights[other] + Float(site * site - other * other))
        / Float(2 * (site - other))
      if border > borders[last] { break }
      last -= 1
    } while last >= 0
    last += 1
    sites[last] = site
    borders[last] = border
    borders[last + 1] = .infinity
  }
  var current = 0
  for position in 0..<count {
    while borders[current + 1] < Float(position) { current += 1 }
    let offset = Float(position - sites[current])
    line[position] = (offset * offset + heights[sites[current]]).squareRoot()
  }
}
