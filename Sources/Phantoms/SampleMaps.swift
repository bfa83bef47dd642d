import Arrays

/// `body(x, y, index)` at every sample of a grid, rows shared out over the threads.
func mapSamples<Value: Sendable>(
  _ grid: SliceGrid, _ body: @Sendable (_ x: Float, _ y: Float, _ index: Int) -> Value
) -> [Value] {
  [Value](unsafeUninitializedCapacity: grid.count) { buffer, count in
    guard let base = buffer.baseAddress else { return }
    nonisolated(unsafe) let start = base
    parallelFor(grid.rows) { row in
      for column in 0..<grid.columns {
        let index = row * grid.columns + column
        (start + index).initialize(to: body(grid.x(column), grid.y(row), index))
      }
    }
    count = grid.count
  }
}

/// Three running means along rows and columns: nearly a Gaussian of standard deviation `radius`
/// samples.
func blurred(_ values: [Float], rows: Int, columns: Int, radius: Float) -> [Float] {
  // Three boxes of half-width h have the variance h (h + 1).
  let half = max(1, Int(((radius * radius + 0.25).squareRoot() - 0.5).rounded()))
  var result = values
  for _ in 0..<3 {
    runningMean(&result, lines: rows, length: columns, lineStep: columns, step: 1, half: half)
    runningMean(&result, lines: columns, length: rows, lineStep: 1, step: columns, half: half)
  }
  return result
}

private func runningMean(
  _ values: inout [Float], lines: Int, length: Int, lineStep: Int, step: Int, half: Int
) {
  let weight = 1 / Float(2 * half + 1)
  var line = [Float](repeating: 0, count: length)
  for number in 0..<lines {
    let start = number * lineStep
    for index in 0..<length { line[index] = values[start + index * step] }
    // Summed in whole numbers of 2⁻¹⁰: no rounding error runs along the line.
    func value(_ index: Int) -> Int { Int(line[min(length - 1, max(0, index))] * 1024) }
    var sum = (-half...half).reduce(0) { $0 + value($1) }
    for index in 0..<length {
      values[start + index * step] = Float(sum) / 1024 * weight
      sum += value(index + half + 1) - value(index - half)
    }
  }
}
