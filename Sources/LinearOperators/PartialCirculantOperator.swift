public import Arrays
import Numerics

/// Compressed sensing by a circulant matrix behind random signs: y = (c ⊛ (s · x))[I].
///
/// c has independent normal entries of variance 1 / n for images of n pixels, s are random signs, ⊛ is the
/// circular convolution along both axes, and I are m random places. After giannisdaras/ilo:utils.py,
/// `partial_circulant_torch`, where c has variance 1 and the convolution is that of the rows strung together: of
/// the same kind (Romberg, SIAM J. Imaging Sci. 2:1098, 2009), but its transforms of n values cost ten times
/// as much as two passes of the image's sides. The norm is at most the largest magnitude of c's spectrum.
/// Measurements are a list `[m]`.
public struct PartialCirculantOperator: LinearOperator {
  public let domain: [Int]
  private let rows: [Int]
  private let signs: [Float]
  /// √n times the unitary transform of c.
  private let spectrum: [Complex<Float>]
  private let transform: FourierTransform

  /// `measurements` rows for images of `shape` `[rows, columns]`, drawn from `seed`.
  public init(shape: [Int], measurements: Int, seed: UInt64) {
    guard shape.count == 2 else {
      shapeError("a circulant operator needs [rows, columns], not \(shape)")
    }
    let count = shape.reduce(1, *)
    let choice = RandomChoice(seed: seed)
    let filter = choice.normals(count)
    domain = shape
    rows = choice.indices(measurements, of: count)
    signs = choice.signs(count)
    transform = FourierTransform(rows: shape[0], columns: shape[1])
    var spectrum = ComplexArray(shape: shape, values: filter.map { Complex($0, 0) })
    // The entries' variance 1 / n and the unitary transform's root of n cancel.
    transform.forward(&spectrum)
    self.spectrum = spectrum.values
  }

  public var codomain: [Int] { [rows.count] }

  /// The largest magnitude of c's spectrum: the norm of the whole circulant matrix.
  public var normBound: Double? {
    spectrum.reduce(0.0) { max($0, Double($1.lengthSquared)) }.squareRoot()
  }

  /// c in row-major order, of which the middle `[rows / 2, columns / 2]` is the origin of the convolution,
  /// for tests.
  static func filter(count: Int, seed: UInt64) -> [Float] {
    let scale = Float(1 / Double(count).squareRoot())
    return RandomChoice(seed: seed).normals(count).map { scale * $0 }
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    var vector = x
    for index in signs.indices {
      vector.values[index] = vector.values[index].multiplied(by: signs[index])
    }
    transform.forward(&vector)
    for index in signs.indices { vector.values[index] *= spectrum[index] }
    transform.inverse(&vector)
    for (place, row) in rows.enumerated() { y.values[place] = vector.values[row] }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    var vector = ComplexArray(zeros: domain)
    for (place, row) in rows.enumerated() { vector.values[row] = y.values[place] }
    transform.forward(&vector)
    for index in signs.indices { vector.values[index] *= spectrum[index].conjugate }
    transform.inverse(&vector)
    for index in signs.indices {
      x.values[index] = vector.values[index].multiplied(by: signs[index])
    }
  }
}
