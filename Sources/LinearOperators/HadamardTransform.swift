import Arrays

/// The orthonormal Walsh–Hadamard transform of 2^k values in natural order, its own inverse.
enum HadamardTransform {
  /// The least power of two that is no less than `count`.
  static func size(for count: Int) -> Int {
    var size = 1
    while size < count { size *= 2 }
    return size
  }

  /// Transforms `vector`, whose count must be a power of two, in place.
  static func apply(_ vector: inout ComplexArray) {
    let count = vector.count
    guard count > 0, count & (count - 1) == 0 else {
      shapeError("a Hadamard transform of \(count) values, which is no power of two")
    }
    vector.values.withMutableInterleaved { floats in
      var half = 1
      while half < count {
        for start in stride(from: 0, to: count, by: 2 * half) {
          let (a, b) = (floats + 2 * start, floats + 2 * (start + half))
          for index in 0..<2 * half {
            let (u, v) = (a[index], b[index])
            a[index] = u + v
            b[index] = u - v
          }
        }
        half *= 2
      }
    }
    vector.scale(by: Float(1 / Double(count).squareRoot()))
  }
}
