public import Numerics

/// Vector arithmetic that iterative reconstructions need; all sums are taken in double precision.
extension DenseArray where Element == Complex<Float> {
  /// The inner product `Σ conj(self) · other`.
  public func innerProduct(_ other: ComplexArray) -> Complex<Double> {
    guard shape == other.shape else {
      shapeError("the inner product of \(shape) and \(other.shape)")
    }
    return values.withInterleaved { a in
      other.values.withInterleaved { b in
        var same = SIMD4<Double>.zero
        var crossed = SIMD4<Double>.zero
        for index in 0..<count {
          let x = SIMD2<Double>(Double(a[2 * index]), Double(a[2 * index + 1]))
          let y = SIMD2<Double>(Double(b[2 * index]), Double(b[2 * index + 1]))
          if index & 1 == 0 {
            same.lowHalf += x * y
            crossed.lowHalf += x * SIMD2(y.y, y.x)
          } else {
            same.highHalf += x * y
            crossed.highHalf += x * SIMD2(y.y, y.x)
          }
        }
        return Complex(same.sum(), crossed.x + crossed.z - crossed.y - crossed.w)
      }
    }
  }

  /// The sum of squared magnitudes.
  public var squaredNorm: Double {
    values.withInterleaved { squaredSum($0, 2 * count) }
  }

  /// Adds `factor · other`, element by element.
  public mutating func add(_ factor: Float, times other: ComplexArray) {
    guard shape == other.shape else { shapeError("adding \(other.shape) to \(shape)") }
    let floats = 2 * count
    values.withMutableInterleaved { target in
      other.values.withInterleaved { source in
        for index in 0..<floats { target[index] += factor * source[index] }
      }
    }
  }

  /// Multiplies every element by a real `factor`.
  public mutating func scale(by factor: Float) {
    let floats = 2 * count
    values.withMutableInterleaved { target in
      for index in 0..<floats { target[index] *= factor }
    }
  }

  /// The magnitudes, of the same shape.
  public var magnitudes: RealArray {
    RealArray(shape: shape, values: values.map { $0.lengthSquared.squareRoot() })
  }
}

/// `Σ values[i]²` over `count` floats, in double precision and in a fixed order.
package func squaredSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  var lanes = SIMD8<Double>.zero
  var index = 0
  while index + 8 <= count {
    let raw = UnsafeRawPointer(values + index).loadUnaligned(as: SIMD8<Float>.self)
    let wide = SIMD8<Double>(raw)
    lanes += wide * wide
    index += 8
  }
  var sum = lanes.sum()
  while index < count {
    sum += Double(values[index]) * Double(values[index])
    index += 1
  }
  return sum
}

extension Array where Element == Complex<Float> {
  /// The elements as interleaved real and imaginary parts.
  package func withInterleaved<Result>(
    _ body: (UnsafePointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeBytes { try body(interleaved($0)) }
  }

  /// The elements as interleaved real and imaginary parts, to be changed in place.
  package mutating func withMutableInterleaved<Result>(
    _ body: (UnsafeMutablePointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withUnsafeMutableBytes { bytes in
      try body(UnsafeMutablePointer(mutating: interleaved(UnsafeRawBufferPointer(bytes))))
    }
  }
}

/// The floats of a complex buffer; an empty one gives a pointer that must not be read.
private func interleaved(_ bytes: UnsafeRawBufferPointer) -> UnsafePointer<Float> {
  guard let base = bytes.baseAddress else {
    return UnsafePointer(bitPattern: MemoryLayout<Float>.alignment)!
  }
  return base.assumingMemoryBound(to: Float.self)
}
