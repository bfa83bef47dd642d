import Kernels

/// The vector work of the optimisers on flat vectors of one length: single precision, sums in double
/// precision in a fixed order.
public enum RealVectors {
  /// `Σ a[i] b[i]`.
  public static func dot(_ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>) -> Double
  {
    requireEqual(a.count, b.count)
    guard let x = a.baseAddress, let y = b.baseAddress else { return 0 }
    return elements().pointee.dot(a.count, x, y)
  }

  /// `out = a + factor · b`; `out` may be `a` or `b`.
  public static func sum(
    _ a: UnsafeBufferPointer<Float>, _ factor: Float, times b: UnsafeBufferPointer<Float>,
    into out: UnsafeMutableBufferPointer<Float>
  ) {
    requireEqual(a.count, b.count)
    requireEqual(a.count, out.count)
    guard let a = a.baseAddress, let b = b.baseAddress, let to = out.baseAddress else { return }
    elements().pointee.sum_scaled(out.count, a, factor, b, to)
  }

  static func requireEqual(_ a: Int, _ b: Int) {
    if a != b { fatalError("vectors of \(a) and \(b) values") }
  }
}

/// `Σ a[i] b[i]` in double precision and in a fixed order.
func dot(_ a: [Float], _ b: [Float]) -> Double {
  a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { RealVectors.dot(a, $0) } }
}

/// `y += factor · x`; then `y · z` of the new `y`.
func accumulate(_ factor: Float, times x: [Float], to y: inout [Float], dot z: [Float]) -> Double {
  RealVectors.requireEqual(x.count, y.count)
  RealVectors.requireEqual(z.count, y.count)
  return x.withUnsafeBufferPointer { x in
    z.withUnsafeBufferPointer { z in
      y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let z = z.baseAddress, let to = y.baseAddress else { return 0 }
        return elements().pointee.add_scaled_dot(y.count, factor, x, to, z)
      }
    }
  }
}

/// `out = a + factor · b`.
func sum(_ a: [Float], _ factor: Float, times b: [Float], into out: inout [Float]) {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      out.withUnsafeMutableBufferPointer { RealVectors.sum(a, factor, times: b, into: $0) }
    }
  }
}

/// `x *= factor`.
func scale(_ x: inout [Float], by factor: Float) {
  x.withUnsafeMutableBufferPointer { x in
    if let values = x.baseAddress { elements().pointee.scale(x.count, factor, values) }
  }
}

/// `Σ |x[i]|`.
func absoluteSum(_ x: [Float]) -> Double {
  x.withUnsafeBufferPointer { x in
    guard let values = x.baseAddress else { return 0 }
    return elements().pointee.absolute_sum(x.count, values)
  }
}

/// Vectors of one length that an optimisation has finished with, kept for its next iterations.
final class SpareVectors {
  private let count: Int
  private var spare: [[Float]] = []

  init(count: Int) { self.count = count }

  /// A vector of any values.
  func take() -> [Float] { spare.popLast() ?? [Float](repeating: 0, count: count) }

  /// Keeps a vector; the caller must not use it any more, or it will be copied.
  func give(_ vector: consuming [Float]) { spare.append(vector) }
}
