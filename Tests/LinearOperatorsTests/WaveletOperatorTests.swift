import Arrays
import LinearOperators
import Numerics
import Testing

@Suite("Wavelet operator")
struct WaveletOperatorTests {
  static let shapes = [[16, 16], [13, 17], [27, 54], [1, 9], [2, 3], [40, 1], [64, 24]]

  @Test("is orthonormal at any size", arguments: shapes)
  func orthonormal(shape: [Int]) {
    for filter in WaveletFilter.allCases {
      for levels in 0...4 {
        let op = WaveletOperator(shape: shape, filter: filter, levels: levels)
        let x = randomArray(shape)
        #expect(relativeDifference(op.adjoint(op.forward(x)), x) < 2e-6)
        #expect(relativeDifference(op.forward(op.adjoint(x)), x) < 2e-6)
      }
    }
  }

  @Test("a constant has no detail at even sizes")
  func constant() {
    for filter in WaveletFilter.allCases {
      let op = WaveletOperator(shape: [32, 48], filter: filter, levels: 3)
      let y = op.forward(ComplexArray(shape: [32, 48], repeating: Complex(2, -1)))
      #expect(op.approximationShape == [4, 6])
      for row in 0..<32 {
        for column in 0..<48 {
          let expected = row < 4 && column < 6 ? Complex<Float>(16, -8) : .zero
          #expect((y.values[row * 48 + column] - expected).length < 2e-5)
        }
      }
    }
  }

  @Test("vanishing moments remove ramps and cubics away from the seam")
  func moments() {
    for (filter, degree) in [(WaveletFilter.daubechies2, 1), (.daubechies4, 3)] {
      let op = WaveletOperator(shape: [1, 64], filter: filter, levels: 1)
      let x = ComplexArray(
        shape: [1, 64],
        values: (0..<64).map { Complex(Float(Double.pow(Double($0) / 64, degree)), 0) })
      let y = op.forward(x)
      for column in 32..<60 { #expect(y.values[column].length < 1e-6) }
      #expect(y.values[63].length > 1e-3)
    }
  }

  @Test("one level of two taps is sums and differences")
  func haar() {
    let x = ComplexArray(shape: [1, 5], values: [1, 3, 2, 6, 9].map { Complex($0, 0) })
    let y = WaveletOperator(shape: [1, 5], filter: .haar, levels: 1).forward(x)
    let root = Float(2).squareRoot()
    let expected: [Float] = [4 / root, 8 / root, 9, -2 / root, -4 / root]
    for (value, wanted) in zip(y.values, expected) { #expect(abs(value.real - wanted) < 1e-6) }
  }

  @Test("levels stop at a band of sixteen")
  func levels() {
    #expect(WaveletOperator.usefulLevels(shape: [256, 216]) == 3)
    #expect(WaveletOperator.usefulLevels(shape: [640, 368]) == 4)
    #expect(WaveletOperator.usefulLevels(shape: [20, 20]) == 0)
  }
}
