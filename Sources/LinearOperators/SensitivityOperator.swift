public import Arrays
import Numerics

/// Multiplies an image `[rows, columns]` by each coil's map, giving `[coils, rows, columns]`.
public struct SensitivityOperator: LinearOperator {
  private let maps: ComplexArray

  /// An operator of coil `maps` `[coils, rows, columns]`.
  public init(maps: ComplexArray) {
    guard maps.shape.count == 3 else {
      shapeError("coil maps must be [coils, rows, columns], not \(maps.shape)")
    }
    self.maps = maps
  }

  public var domain: [Int] { Array(maps.shape.dropFirst()) }
  public var codomain: [Int] { maps.shape }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    for index in y.values.indices {
      y.values[index] = maps.values[index] * x.values[index % x.count]
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    for index in x.values.indices { x.values[index] = .zero }
    for index in y.values.indices {
      x.values[index % x.count] += maps.values[index].conjugate * y.values[index]
    }
  }
}
