public import Arrays
import Kernels
import Numerics

/// Compressed sensing by dense Gaussian rows: y = A x with independent entries of variance 1 / n for images
/// of n pixels.
///
/// So ‖A x‖² is (m / n) ‖x‖² in the mean over the seeds, and the norm is near 1 + √(m / n). Rows are made when they
/// are needed and never kept: the memory is that of a few images, whatever m. The misfit with its gradient and
/// AᴴA make each row once for both ways. Measurements are a list `[m]`.
public struct GaussianOperator: LinearOperator {
  public let domain: [Int]
  private let matrix: GaussianRows
  /// The numbers of the rows that are measured.
  private let rows: [Int]
  private let scale: Float

  /// Rows are dealt to so many pieces of work, each with sums of its own.
  private static let pieces = 8

  /// `measurements` rows for images of `shape`, drawn from `seed`.
  ///
  /// The rows of a smaller number of measurements are the first ones of a larger.
  public init(shape: [Int], measurements: Int, seed: UInt64) {
    self.init(shape: shape, rows: Array(0..<max(0, measurements)), seed: seed)
  }

  private init(shape: [Int], rows: [Int], seed: UInt64) {
    domain = shape
    let count = shape.reduce(1, *)
    matrix = GaussianRows(seed: seed, count: count)
    self.rows = rows
    scale = Float(1 / Double(max(1, count)).squareRoot())
  }

  public var codomain: [Int] { [rows.count] }

  /// 1 + √(m / n) + 4 / √n, which a matrix exceeds with a probability of e⁻⁸ (Davidson and Szarek 2001).
  public var normBound: Double? {
    let n = Double(matrix.count)
    return 1 + (Double(rows.count) / n).squareRoot() + 4 / n.squareRoot()
  }

  public func selecting(_ kept: [Int]) -> any LinearOperator {
    GaussianOperator(shape: domain, rows: kept.map { rows[$0] }, seed: matrix.seed)
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    let parts = Parts(x)
    y.values.withUnsafeMutableBufferPointer { y in
      nonisolated(unsafe) let y = y
      eachPiece { place, row in y[place] = value(of: row, parts) }
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    x = sum { place, _ in y.values[place] }
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    let parts = Parts(x)
    y = sum { _, row in value(of: row, parts) }
  }

  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    check(image.shape, measurements.shape)
    let parts = Parts(image)
    var squares = [Double](repeating: 0, count: rows.count)
    squares.withUnsafeMutableBufferPointer { squares in
      nonisolated(unsafe) let squares = squares
      gradient = sum { place, row in
        let difference = value(of: row, parts) - measurements.values[place]
        squares[place] = Double(difference.lengthSquared)
        return difference
      }
    }
    return squares.reduce(0, +) / 2
  }

  /// Real and imaginary parts as lists; the second is nil for a real image, which halves the work.
  private struct Parts: Sendable {
    let real: [Float]
    let imaginary: [Float]?

    init(_ x: ComplexArray) {
      real = x.values.map(\.real)
      let rest = x.values.map(\.imaginary)
      imaginary = rest.allSatisfy { $0 == 0 } ? nil : rest
    }
  }

  /// A row times an image.
  private func value(of row: UnsafePointer<Float>, _ x: Parts) -> Complex<Float> {
    let table = elements().pointee
    func product(_ values: [Float]) -> Float {
      scale * Float(values.withUnsafeBufferPointer { table.dot(matrix.count, row, $0.baseAddress) })
    }
    return Complex(product(x.real), x.imaginary.map(product) ?? 0)
  }

  /// Makes the rows, a fixed part of them in each piece of work.
  private func eachPiece(_ body: @Sendable (Int, UnsafePointer<Float>) -> Void) {
    parallelFor(Self.pieces, scratch: matrix.count) { piece, row in
      for place in stride(from: piece, to: rows.count, by: Self.pieces) {
        matrix.write(rows[place], into: row)
        body(place, row)
      }
    }
  }

  /// Σ weight(row) · row, the pieces' sums added in their order.
  private func sum(
    _ weight: @Sendable (Int, UnsafePointer<Float>) -> Complex<Float>
  ) -> ComplexArray {
    let count = matrix.count
    var sums = [Float](repeating: 0, count: 2 * Self.pieces * count)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      nonisolated(unsafe) let start = base
      parallelFor(Self.pieces, scratch: count) { piece, row in
        let table = elements().pointee
        let (real, imaginary) = (start + 2 * piece * count, start + (2 * piece + 1) * count)
        for place in stride(from: piece, to: rows.count, by: Self.pieces) {
          matrix.write(rows[place], into: row)
          let factor = weight(place, row)
          table.sum_scaled(count, real, factor.real, row, real)
          if factor.imaginary != 0 {
            table.sum_scaled(count, imaginary, factor.imaginary, row, imaginary)
          }
        }
      }
    }
    var result = ComplexArray(zeros: domain)
    for index in 0..<count {
      var (real, imaginary) = (0.0, 0.0)
      for piece in 0..<Self.pieces {
        real += Double(sums[2 * piece * count + index])
        imaginary += Double(sums[(2 * piece + 1) * count + index])
      }
      result.values[index] = Complex(scale * Float(real), scale * Float(imaginary))
    }
    return result
  }
}
