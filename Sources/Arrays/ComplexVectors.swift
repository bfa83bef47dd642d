import Kernels
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
        var sum: (Double, Double) = (0, 0)
        withUnsafeMutableBytes(of: &sum) { bytes in
          vector_kernels().pointee.inner_product(
            count, a, b, bytes.assumingMemoryBound(to: Double.self).baseAddress)
        }
        return Complex(sum.0, sum.1)
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
        vector_kernels().pointee.add(floats, factor, source, target)
      }
    }
  }

  /// Multiplies every element by a real `factor`.
  public mutating func scale(by factor: Float) {
    let floats = 2 * count
    values.withMutableInterleaved { target in
      vector_kernels().pointee.scale(floats, factor, target)
    }
  }

  /// The magnitudes, of the same shape.
  public var magnitudes: RealArray {
    RealArray(shape: shape, values: values.map { $0.lengthSquared.squareRoot() })
  }
}

/// `Σ values[i]²` over `count` floats, in double precision and in a fixed order.
package func squaredSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
  vector_kernels().pointee.squared_sum(count, values)
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
