import Arrays

/// One level of a periodised wavelet transform along one axis of interleaved complex memory.
///
/// Every pass is the same kernel: two outputs, each a weighted sum of as many input lines as there
/// are taps. Along rows the lines are the even and odd samples at successive offsets, along columns
/// they are whole rows.
struct WaveletPass: Sendable {
  private let low: [Float]
  private let high: [Float]
  /// Complex elements from one image row to the next.
  private let stride: Int

  private static let blockRows = 8

  init(filter: WaveletFilter, stride: Int) {
    (low, high) = (filter.lowPass, filter.highPass)
    self.stride = stride
  }

  /// Filters and halves each row: `[approximation | detail]`.
  func analyseRows(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    let half = columns / 2
    let phases = low.count / 2
    let extended = half + phases - 1
    forEachBlock(source, target, rows) { source, target, range in
      let lines = UnsafeMutablePointer<Float>.allocate(capacity: 4 * extended)
      defer { lines.deallocate() }
      let (even, odd) = (lines, lines + 2 * extended)
      let inputs = (0..<2 * phases).map { (tap: Int) -> UnsafePointer<Float> in
        let line = tap % 2 == 0 ? even : odd
        return UnsafePointer(line + 2 * (tap / 2))
      }
      for row in range {
        let (from, to) = (source + 2 * row * stride, target + 2 * row * stride)
        for index in 0..<extended where half > 0 {
          let sample = from + 4 * (index < half ? index : index % half)
          (even[2 * index], even[2 * index + 1]) = (sample[0], sample[1])
          (odd[2 * index], odd[2 * index + 1]) = (sample[2], sample[3])
        }
        let detail = to + 2 * (columns - half)
        combine(inputs, low, high, to, detail, 2 * half)
        if columns % 2 == 1 { copy(from + 2 * (columns - 1), to + 2 * half, 2) }
      }
    }
  }

  /// Undoes `analyseRows`.
  func synthesiseRows(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    let half = columns / 2
    let phases = low.count / 2
    let extended = half + phases - 1
    let (evenTaps, oddTaps) = synthesisTaps
    forEachBlock(source, target, rows) { source, target, range in
      let lines = UnsafeMutablePointer<Float>.allocate(capacity: 4 * extended + 4 * half)
      defer { lines.deallocate() }
      let (coarse, fine) = (lines, lines + 2 * extended)
      let (even, odd) = (lines + 4 * extended, lines + 4 * extended + 2 * half)
      let inputs = (0..<2 * phases).map { (tap: Int) -> UnsafePointer<Float> in
        let line = tap % 2 == 0 ? coarse : fine
        return UnsafePointer(line + 2 * (phases - 1 - tap / 2))
      }
      for row in range {
        let (from, to) = (source + 2 * row * stride, target + 2 * row * stride)
        let detail = from + 2 * (columns - half)
        for index in 0..<extended where half > 0 {
          let wrapped = 2 * modulo(index - (phases - 1), half)
          (coarse[2 * index], coarse[2 * index + 1]) = (from[wrapped], from[wrapped + 1])
          (fine[2 * index], fine[2 * index + 1]) = (detail[wrapped], detail[wrapped + 1])
        }
        combine(inputs, evenTaps, oddTaps, even, odd, 2 * half)
        for index in 0..<half {
          let sample = to + 4 * index
          (sample[0], sample[1]) = (even[2 * index], even[2 * index + 1])
          (sample[2], sample[3]) = (odd[2 * index], odd[2 * index + 1])
        }
        if columns % 2 == 1 { copy(from + 2 * half, to + 2 * (columns - 1), 2) }
      }
    }
  }

  /// Filters and halves each column: approximation rows first, detail rows below.
  func analyseColumns(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    let half = rows / 2
    let line = 2 * stride
    forEachBlock(source, target, rows - half) { source, target, range in
      for row in range {
        if row == half {
          copy(source + (rows - 1) * line, target + half * line, 2 * columns)
          continue
        }
        let inputs = low.indices.map { (tap: Int) -> UnsafePointer<Float> in
          let wrapped = 2 * ((row + tap / 2) % half) + tap % 2
          return UnsafePointer(source + wrapped * line)
        }
        let detail = target + (rows - half + row) * line
        combine(inputs, low, high, target + row * line, detail, 2 * columns)
      }
    }
  }

  /// Undoes `analyseColumns`.
  func synthesiseColumns(
    _ source: UnsafeMutablePointer<Float>, into target: UnsafeMutablePointer<Float>, rows: Int,
    columns: Int
  ) {
    let half = rows / 2
    let line = 2 * stride
    let (evenTaps, oddTaps) = synthesisTaps
    forEachBlock(source, target, rows - half) { source, target, range in
      for row in range {
        if row == half {
          copy(source + half * line, target + (rows - 1) * line, 2 * columns)
          continue
        }
        let inputs = low.indices.map { (tap: Int) -> UnsafePointer<Float> in
          let wrapped = modulo(row - tap / 2, half)
          return UnsafePointer(source + (tap % 2 == 0 ? wrapped : rows - half + wrapped) * line)
        }
        let even = target + 2 * row * line
        combine(inputs, evenTaps, oddTaps, even, even + line, 2 * columns)
      }
    }
  }

  /// Taps for even and odd samples against alternating approximation and detail inputs.
  private var synthesisTaps: (even: [Float], odd: [Float]) {
    (
      low.indices.map { $0 % 2 == 0 ? low[$0] : high[$0 - 1] },
      low.indices.map { $0 % 2 == 0 ? low[$0 + 1] : high[$0] }
    )
  }

  private func forEachBlock(
    _ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ rows: Int,
    _ body: @Sendable (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>, Range<Int>) -> Void
  ) {
    nonisolated(unsafe) let (source, target) = (source, target)
    parallelFor((rows + Self.blockRows - 1) / Self.blockRows) { block in
      let first = block * Self.blockRows
      body(source, target, first..<min(first + Self.blockRows, rows))
    }
  }
}

private func modulo(_ index: Int, _ size: Int) -> Int {
  let rest = index % size
  return rest < 0 ? rest + size : rest
}

private func copy(
  _ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
) {
  target.update(from: source, count: count)
}

/// `a = Σ weightsA[t] inputs[t]` and `b = Σ weightsB[t] inputs[t]` over `count` floats.
private func combine(
  _ inputs: [UnsafePointer<Float>], _ weightsA: [Float], _ weightsB: [Float],
  _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ count: Int
) {
  inputs.withUnsafeBufferPointer { inputs in
    weightsA.withUnsafeBufferPointer { weightsA in
      weightsB.withUnsafeBufferPointer { weightsB in
        var index = 0
        while index + 8 <= count {
          var (sumA, sumB) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
          for tap in 0..<inputs.count {
            let raw = UnsafeRawPointer(inputs[tap] + index)
            let value = raw.loadUnaligned(as: SIMD8<Float>.self)
            sumA += value * weightsA[tap]
            sumB += value * weightsB[tap]
          }
          UnsafeMutableRawPointer(a + index).storeBytes(of: sumA, as: SIMD8<Float>.self)
          UnsafeMutableRawPointer(b + index).storeBytes(of: sumB, as: SIMD8<Float>.self)
          index += 8
        }
        while index < count {
          var (sumA, sumB): (Float, Float) = (0, 0)
          for tap in 0..<inputs.count {
            sumA += inputs[tap][index] * weightsA[tap]
            sumB += inputs[tap][index] * weightsB[tap]
          }
          (a[index], b[index]) = (sumA, sumB)
          index += 1
        }
      }
    }
  }
}
