public import Arrays
import Numerics

/// Compressed sensing by rows of a Hadamard matrix behind random signs: y = (H (s · x))[I].
///
/// The image, row by row and with zeros up to a power of two, is one vector; H is orthonormal, s are random
/// signs, I are m random places. The signs spread the image over all rows (Do, Gan, Nguyen and Tran, "Fast and
/// efficient compressive sensing using structurally random matrices", IEEE TSP 60:139, 2012). The norm is at
/// most 1. Measurements are a list `[m]`.
public struct PartialHadamardOperator: LinearOperator {
  public let domain: [Int]
  private let rows: [Int]
  private let signs: [Float]
  private let size: Int

  /// `measurements` rows for images of `shape`, drawn from `seed`; the program stops for more of them than
  /// pixels.
  public init(shape: [Int], measurements: Int, seed: UInt64) {
    let count = shape.reduce(1, *)
    guard measurements <= count else {
      shapeError("\(measurements) measurements of images of \(count) pixels")
    }
    domain = shape
    size = HadamardTransform.size(for: count)
    rows = RandomChoice(seed: seed).indices(measurements, of: size)
    signs = RandomChoice(seed: seed).signs(count)
  }

  public var codomain: [Int] { [rows.count] }
  public var normBound: Double? { 1 }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    var vector = ComplexArray(zeros: [size])
    for index in signs.indices {
      vector.values[index] = x.values[index].multiplied(by: signs[index])
    }
    HadamardTransform.apply(&vector)
    for (place, row) in rows.enumerated() { y.values[place] = vector.values[row] }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    var vector = ComplexArray(zeros: [size])
    for (place, row) in rows.enumerated() { vector.values[row] = y.values[place] }
    HadamardTransform.apply(&vector)
    for index in signs.indices {
      x.values[index] = vector.values[index].multiplied(by: signs[index])
    }
  }
}
