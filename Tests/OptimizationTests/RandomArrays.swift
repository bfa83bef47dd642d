import Arrays
import Numerics

/// Complex values from the standard normal distribution.
func randomArray(_ shape: [Int], seed: UInt64) -> ComplexArray {
  var random = RandomStream(seed: seed)
  var result = ComplexArray(zeros: shape)
  for index in result.values.indices {
    result.values[index] = Complex(random.normal(), random.normal())
  }
  return result
}

/// `matrix` `[rows, columns]` times `x` `[columns]`, or its adjoint times `x` `[rows]`.
func product(_ matrix: ComplexArray, _ x: ComplexArray, adjoint: Bool = false) -> ComplexArray {
  let (rows, columns) = (matrix.shape[0], matrix.shape[1])
  var result = ComplexArray(zeros: [adjoint ? columns : rows])
  for row in 0..<rows {
    for column in 0..<columns {
      let value = matrix.values[row * columns + column]
      if adjoint {
        result.values[column] += value.conjugate * x.values[row]
      } else {
        result.values[row] += value * x.values[column]
      }
    }
  }
  return result
}
