package import Arrays
import Numerics

/// How far `adjoint` is from the adjoint of `forward`: `|⟨Ax, y⟩ − ⟨x, Aᴴy⟩| / (‖Ax‖ ‖y‖)`.
///
/// Random `x` and `y` from `seed`. Rounding leaves about 1e-7 in single precision; a wrong adjoint
/// leaves much more. After `linop_test_adjoint`, mrirecon/bart:src/linops/lintest.h.
public func adjointMismatch(of op: any LinearOperator, seed: UInt64 = 1) -> Double {
  var generator = ProbeGenerator(seed: seed)
  let x = generator.array(op.domain)
  let y = generator.array(op.codomain)
  let image = op.forward(x)
  let difference = image.innerProduct(y) - x.innerProduct(op.adjoint(y))
  let size = (image.squaredNorm * y.squaredNorm).squareRoot()
  return size == 0 ? difference.length : difference.length / size
}

/// The largest singular value of an operator, by power iteration on its normal operator.
///
/// An estimate from below that grows with `iterations`; it starts from random values of `seed`.
public func operatorNorm(
  of op: any LinearOperator, iterations: Int = 30, seed: UInt64 = 1
) -> Double {
  var generator = ProbeGenerator(seed: seed)
  var x = generator.array(op.domain)
  var y = ComplexArray(zeros: op.domain)
  var eigenvalue = 0.0
  for _ in 0..<iterations {
    let norm = x.squaredNorm.squareRoot()
    if norm == 0 { return 0 }
    x.scale(by: Float(1 / norm))
    op.normal(x, into: &y)
    // The norm of the image, not the Rayleigh quotient: never below it, so a safer step size.
    eigenvalue = y.squaredNorm.squareRoot()
    swap(&x, &y)
  }
  return eigenvalue.squareRoot()
}

/// Repeatable random numbers for checks and cycle spinning: SplitMix64 (Steele, Lea & Flood 2014).
package struct ProbeGenerator: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Complex values with both parts uniform in -1 … 1.
  package mutating func array(_ shape: [Int]) -> ComplexArray {
    var result = ComplexArray(zeros: shape)
    for index in result.values.indices {
      result.values[index] = Complex(uniform(), uniform())
    }
    return result
  }

  private mutating func uniform() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }
}
