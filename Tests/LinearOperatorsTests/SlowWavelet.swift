import Arrays
@testable import LinearOperators
import Numerics

/// The wavelet transform by its definition, in double precision: one sum per coefficient.
struct SlowWavelet {
  let shape: [Int]
  let low: [Double]
  let high: [Double]
  let levels: Int

  /// Haar and Daubechies 2 from their closed forms, not from the program's table.
  init(shape: [Int], filter: WaveletFilter, levels: Int) {
    (self.shape, self.levels) = (shape, levels)
    let root = 2.0.squareRoot()
    switch filter {
    case .haar: low = [1 / root, 1 / root]
    case .daubechies2:
      let three = 3.0.squareRoot()
      low = [1 + three, 3 + three, 3 - three, 1 - three].map { $0 / (4 * root) }
    case .daubechies4: low = filter.lowPass.map { Double($0) }
    }
    let low = low
    high = low.indices.map { ($0 % 2 == 0 ? 1 : -1) * low[low.count - 1 - $0] }
  }

  /// One level along one axis: `[approximation, odd sample | detail]`.
  private func analyse(_ line: [Complex<Double>]) -> [Complex<Double>] {
    let half = line.count / 2
    func filtered(_ taps: [Double], _ index: Int) -> Complex<Double> {
      taps.indices.reduce(.zero) { sum, tap in
        let sample = line[(2 * index + tap) % (2 * half)]
        return sum + sample.multiplied(by: taps[tap])
      }
    }
    return (0..<half).map { filtered(low, $0) }
      + (line.count % 2 == 1 ? [line[line.count - 1]] : [])
      + (0..<half).map { filtered(high, $0) }
  }

  func forward(_ x: ComplexArray) -> ComplexArray {
    var values = x.values.map { Complex(Double($0.real), Double($0.imaginary)) }
    var (rows, columns) = (shape[0], shape[1])
    for _ in 0..<levels {
      for row in 0..<rows {
        let line = analyse((0..<columns).map { values[row * shape[1] + $0] })
        for column in 0..<columns { values[row * shape[1] + column] = line[column] }
      }
      for column in 0..<columns {
        let line = analyse((0..<rows).map { values[$0 * shape[1] + column] })
        for row in 0..<rows { values[row * shape[1] + column] = line[row] }
      }
      (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2)
    }
    return ComplexArray(
      shape: shape, values: values.map { Complex(Float($0.real), Float($0.imaginary)) })
  }
}

/// `x` moved down and right, around the edges.
func moved(_ x: ComplexArray, _ down: Int, _ right: Int) -> ComplexArray {
  var result = x
  let (rows, columns) = (x.shape[0], x.shape[1])
  for row in 0..<rows {
    for column in 0..<columns {
      result.values[(row + down) % rows * columns + (column + right) % columns] =
        x.values[row * columns + column]
    }
  }
  return result
}
