import Arrays
import LinearOperators
import Numerics
import Optimization

/// A way to draw m measurements of a real image, scaled so that ‖A x‖² is ‖x‖² in the mean.
public enum MeasurementEnsemble: String, Sendable, Codable, CaseIterable {
  case gaussian, circulant, fourier, hadamard

  /// The name in words.
  public var words: String {
    switch self {
    case .gaussian: "Gaussian"
    case .circulant: "partial circulant"
    case .fourier: "partial Fourier"
    case .hadamard: "partial Hadamard"
    }
  }

  /// `measurements` of images of `shape`.
  ///
  /// A Fourier sample of a real image is two real numbers, and so half as many are taken.
  func system(shape: [Int], measurements: Int, seed: UInt64) -> any LinearOperator {
    let pixels = Double(shape.reduce(1, *))
    func scaled(_ system: any LinearOperator, _ count: Int) -> any LinearOperator {
      ScaledOperator(
        RealImageOperator(system), by: Float((pixels / Double(count)).squareRoot()))
    }
    switch self {
    case .gaussian:
      return RowMatrix(
        scaled(
          GaussianOperator(shape: shape, measurements: measurements, seed: seed), measurements))
    case .circulant:
      return scaled(
        PartialCirculantOperator(shape: shape, measurements: measurements, seed: seed),
        measurements)
    case .fourier:
      let samples = max(1, measurements / 2)
      return scaled(
        PartialFourierOperator(shape: shape, measurements: samples, seed: seed), samples)
    case .hadamard:
      // Zeros fill the image up to a power of two, among whose rows the measurements are drawn.
      var size = 1
      while size < shape.reduce(1, *) { size *= 2 }
      return ScaledOperator(
        RealImageOperator(
          PartialHadamardOperator(shape: shape, measurements: measurements, seed: seed)),
        by: Float((Double(size) / Double(measurements)).squareRoot()))
    }
  }
}

/// An operator from real images to real measurements whose rows are kept: quick where making them is slow.
///
/// Tested against the operator that it was made of.
struct RowMatrix: LinearOperator {
  let domain: [Int]
  let codomain: [Int]
  /// Row after row.
  private let entries: [Float]

  /// Keeps the rows of `system`, which must be real.
  init(_ system: any LinearOperator) {
    (domain, codomain) = (system.domain, system.codomain)
    var entries: [Float] = []
    entries.reserveCapacity(domain.reduce(1, *) * codomain.reduce(1, *))
    let one = ComplexArray(shape: [1], repeating: .one)
    for row in 0..<codomain.reduce(1, *) {
      entries += system.selecting([row]).adjoint(one).values.map(\.real)
    }
    self.entries = entries
  }

  func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    let image = x.values.map(\.real)
    let rows = codomain.reduce(1, *)
    var products = [Float](repeating: 0, count: rows)
    products.withUnsafeMutableBufferPointer { products in
      nonisolated(unsafe) let products = products
      parallelFor(rows) { row in products[row] = Float(product(row, image)) }
    }
    for row in 0..<rows { y.values[row] = Complex(products[row], 0) }
  }

  private func product(_ row: Int, _ image: [Float]) -> Double {
    entries.withUnsafeBufferPointer { entries in
      image.withUnsafeBufferPointer {
        RealVectors.dot(
          UnsafeBufferPointer(rebasing: entries[row * $0.count..<(row + 1) * $0.count]), $0)
      }
    }
  }

  func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    let count = domain.reduce(1, *)
    var sum = [Float](repeating: 0, count: count)
    entries.withUnsafeBufferPointer { entries in
      sum.withUnsafeMutableBufferPointer { sum in
        for row in 0..<codomain.reduce(1, *) {
          RealVectors.sum(
            UnsafeBufferPointer(sum), y.values[row].real,
            times: UnsafeBufferPointer(rebasing: entries[row * count..<(row + 1) * count]),
            into: sum)
        }
      }
    }
    for index in 0..<count { x.values[index] = Complex(sum[index], 0) }
  }
}
