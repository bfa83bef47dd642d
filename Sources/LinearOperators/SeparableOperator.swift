public import Arrays
import Numerics

/// A sparse map along the rows' axis and another one along the columns' of an image `[rows, columns]`: y = R x Cᵀ.
public struct SeparableOperator: LinearOperator {
  /// Along the first axis.
  public let rows: AxisWeights
  /// Along the second axis.
  public let columns: AxisWeights

  /// R and C of images of `rows.inputs` × `columns.inputs` pixels.
  public init(rows: AxisWeights, columns: AxisWeights) {
    (self.rows, self.columns) = (rows, columns)
  }

  /// Means over squares of `factor` pixels, of images of `shape` `[rows, columns]`; at the end of an axis
  /// that is no multiple, over what is left.
  public static func averagePooling(shape: [Int], factor: Int) -> SeparableOperator {
    SeparableOperator(
      rows: .averaging(shape[0], by: factor), columns: .averaging(shape[1], by: factor))
  }

  /// Bicubic down-sampling of images of `shape` `[rows, columns]` with anti-aliasing; see
  /// `AxisWeights.bicubicDownsampling`.
  public static func bicubicDownsampling(shape: [Int], factor: Int) -> SeparableOperator {
    SeparableOperator(
      rows: .bicubicDownsampling(shape[0], by: factor),
      columns: .bicubicDownsampling(shape[1], by: factor))
  }

  /// Bicubic interpolation to images of `shape` `[rows, columns]`; see `AxisWeights.bicubicUpsampling`.
  public static func bicubicUpsampling(shape: [Int], factor: Int) -> SeparableOperator {
    SeparableOperator(
      rows: .bicubicUpsampling(to: shape[0], by: factor),
      columns: .bicubicUpsampling(to: shape[1], by: factor))
  }

  public var domain: [Int] { [rows.inputs, columns.inputs] }
  public var codomain: [Int] { [rows.outputs, columns.outputs] }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    let (width, narrow) = (columns.inputs, columns.outputs)
    y.values.withUnsafeMutableBufferPointer { y in
      x.values.withUnsafeBufferPointer { x in
        nonisolated(unsafe) let (x, y) = (x, y)
        parallelFor(rows.outputs) { row in
          var line = [Complex<Float>](repeating: .zero, count: width)
          for (input, weight) in rows.terms[row] {
            for column in 0..<width {
              line[column] += x[input * width + column].multiplied(by: weight)
            }
          }
          for column in 0..<narrow {
            var sum = Complex<Float>.zero
            for (input, weight) in columns.terms[column] {
              sum += line[input].multiplied(by: weight)
            }
            y[row * narrow + column] = sum
          }
        }
      }
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    for index in x.values.indices { x.values[index] = .zero }
    let (width, narrow) = (columns.inputs, columns.outputs)
    // One output row after the other: several of them add to the same input row.
    for row in 0..<rows.outputs {
      var line = [Complex<Float>](repeating: .zero, count: width)
      for column in 0..<narrow {
        let value = y.values[row * narrow + column]
        for (input, weight) in columns.terms[column] {
          line[input] += value.multiplied(by: weight)
        }
      }
      for (input, weight) in rows.terms[row] {
        for column in 0..<width {
          x.values[input * width + column] += line[column].multiplied(by: weight)
        }
      }
    }
  }
}
