/// `Σ a[i] b[i]` in double precision and in a fixed order.
func dot(_ a: [Float], _ b: [Float]) -> Double {
  a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in
      let count = min(a.count, b.count) / MemoryLayout<Float>.stride
      var lanes = SIMD8<Double>.zero
      var index = 0
      while index + 8 <= count {
        let x = a.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
        let y = b.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
        lanes += SIMD8<Double>(x) * SIMD8<Double>(y)
        index += 8
      }
      var sum = lanes.sum()
      while index < count {
        let x = a.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        let y = b.loadUnaligned(fromByteOffset: 4 * index, as: Float.self)
        sum += Double(x) * Double(y)
        index += 1
      }
      return sum
    }
  }
}

/// `y += factor · x`.
func accumulate(_ factor: Float, times x: [Float], to y: inout [Float]) {
  x.withUnsafeBufferPointer { x in
    y.withUnsafeMutableBufferPointer { y in
      for index in y.indices { y[index] += factor * x[index] }
    }
  }
}

/// `x *= factor`.
func scale(_ x: inout [Float], by factor: Float) {
  x.withUnsafeMutableBufferPointer { x in
    for index in x.indices { x[index] *= factor }
  }
}

/// `a − b`.
func difference(_ a: [Float], _ b: [Float]) -> [Float] {
  var result = a
  accumulate(-1, times: b, to: &result)
  return result
}
