public import Numerics

/// A row-major dense array: its values lie contiguously, the last axis fastest.
///
/// It stores and reshapes only. Arithmetic lives in concrete functions on `[Float]` and
/// `[Complex<Float>]`, never generic over the scalar, because only those vectorise.
@frozen
public struct DenseArray<Element> {
  /// The sizes of the axes, slowest first, such as `[coils, rows, columns]`.
  public let shape: [Int]
  /// All elements in row-major order; `values.count` is the product of `shape`.
  public var values: [Element]

  /// Wraps `values` as an array of `shape`; a count that does not fit stops the program.
  @inlinable
  public init(shape: [Int], values: [Element]) {
    guard values.count == shape.reduce(1, *) else {
      shapeError("\(values.count) values do not fill the shape \(shape)")
    }
    self.shape = shape
    self.values = values
  }

  /// An array of `shape` with every element equal to `value`.
  @inlinable
  public init(shape: [Int], repeating value: Element) {
    self.shape = shape
    self.values = Array(repeating: value, count: shape.reduce(1, *))
  }

  /// The number of elements.
  @inlinable
  public var count: Int { values.count }

  /// The same values under another shape of the same count.
  @inlinable
  public func reshaped(_ newShape: [Int]) -> DenseArray {
    DenseArray(shape: newShape, values: values)
  }

  /// The sub-array at `index` of the first axis: `[coils, rows, columns]` gives `[rows, columns]`.
  @inlinable
  public func slice(_ index: Int) -> DenseArray {
    let rest = Array(shape.dropFirst())
    let size = rest.reduce(1, *)
    return DenseArray(shape: rest, values: Array(values[index * size..<(index + 1) * size]))
  }
}

extension DenseArray: Sendable where Element: Sendable {}
extension DenseArray: Equatable where Element: Equatable {}

/// A dense array of real numbers.
public typealias RealArray = DenseArray<Float>

/// A dense array of complex numbers.
public typealias ComplexArray = DenseArray<Complex<Float>>

extension DenseArray where Element == Float {
  /// All zeros.
  public init(zeros shape: [Int]) { self.init(shape: shape, repeating: 0) }
}

extension DenseArray where Element == Complex<Float> {
  /// All zeros.
  public init(zeros shape: [Int]) { self.init(shape: shape, repeating: .zero) }
}

/// Stops the program because a caller passed arrays whose shapes cannot fit.
///
/// For programmers' errors only: what a user's file can get wrong throws instead. (`fatalError`,
/// because `precondition` loses its message in optimised builds.)
public func shapeError(_ message: String, file: StaticString = #file, line: UInt = #line) -> Never {
  fatalError("shape mismatch: \(message)", file: file, line: line)
}
