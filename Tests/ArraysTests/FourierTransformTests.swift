import Arrays
import Numerics
import Testing

@Suite("Centred unitary Fourier transform")
struct FourierTransformTests {
  static let sizes = [
    [1, 1], [2, 2], [3, 5], [4, 6], [7, 4], [6, 9], [8, 13], [13, 17], [16, 23], [1, 10], [10, 1],
  ]

  /// A fixed, irregular image.
  func image(_ shape: [Int], seed: Int = 1) -> ComplexArray {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }
    return ComplexArray(
      shape: shape, values: (0..<shape.reduce(1, *)).map { _ in Complex(next(), next()) })
  }

  /// The definition, summed term by term in double precision.
  func slow(_ x: ComplexArray, _ axes: FourierTransform.Axes) -> [Complex<Double>] {
    let (rows, columns) = (x.shape[0], x.shape[1])
    var out = x.values.map { Complex<Double>(Double($0.real), Double($0.imaginary)) }
    func along(_ n: Int, _ at: (Int) -> Int) {
      let line = (0..<n).map { out[at($0)] }
      for k in 0..<n {
        var sum = Complex<Double>.zero
        for j in 0..<n {
          let angle = -2 * Double.pi * Double((k - n / 2) * (j - n / 2)) / Double(n)
          sum += line[j] * Complex(.cos(angle), .sin(angle))
        }
        out[at(k)] = sum / Complex(Double(n).squareRoot(), 0)
      }
    }
    if axes != .rows { for r in 0..<rows { along(columns) { r * columns + $0 } } }
    if axes != .columns { for c in 0..<columns { along(rows) { $0 * columns + c } } }
    return out
  }

  func largestDifference(_ x: [Complex<Float>], _ y: [Complex<Double>]) -> Double {
    zip(x, y).map { a, b in
      Complex<Double>(Double(a.real) - b.real, Double(a.imaginary) - b.imaginary).length
    }.max() ?? 0
  }

  @Test("equals the definition", arguments: sizes)
  func definition(shape: [Int]) {
    for axes in [FourierTransform.Axes.rowsAndColumns, .rows, .columns] {
      let x = image(shape)
      var y = x
      FourierTransform(rows: shape[0], columns: shape[1], axes: axes).forward(&y)
      #expect(largestDifference(y.values, slow(x, axes)) < 3e-6)
    }
  }

  @Test("the inverse undoes it and the energy stays", arguments: sizes)
  func roundTrip(shape: [Int]) {
    for axes in [FourierTransform.Axes.rowsAndColumns, .rows, .columns] {
      let x = image([3] + shape)
      var y = x
      let transform = FourierTransform(rows: shape[0], columns: shape[1], axes: axes)
      transform.forward(&y)
      func energy(_ a: ComplexArray) -> Double {
        a.values.reduce(0) { $0 + Double($1.lengthSquared) }
      }
      #expect(abs(energy(y) / energy(x) - 1) < 1e-6)
      transform.inverse(&y)
      for (a, b) in zip(x.values, y.values) { #expect((a - b).length < 2e-6) }
    }
  }

  @Test("a point at the centre becomes a constant", arguments: sizes)
  func centre(shape: [Int]) {
    var x = ComplexArray(zeros: shape)
    x.values[(shape[0] / 2) * shape[1] + shape[1] / 2] = Complex(1, 0)
    FourierTransform(rows: shape[0], columns: shape[1]).forward(&x)
    let expected = 1 / Float(shape[0] * shape[1]).squareRoot()
    for value in x.values { #expect((value - Complex(expected, 0)).length < 1e-6) }
  }

  @Test("unaligned memory gives the same values")
  func unaligned() {
    let shape = [12, 20]
    let x = image(shape)
    let transform = FourierTransform(rows: 12, columns: 20)
    var aligned = x
    transform.forward(&aligned)
    var shifted = [Complex<Float>.zero] + x.values
    shifted.withUnsafeMutableBufferPointer { transform.forward($0.baseAddress! + 1) }
    for (a, b) in zip(aligned.values, shifted.dropFirst()) { #expect((a - b).length < 2e-6) }
  }

  @Test("the number of threads changes no bit")
  func threads() {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    let x = image([5, 15, 22])
    let transform = FourierTransform(rows: 15, columns: 22)
    let results = [1, 3].map { threads in
      Parallelism.threads = threads
      var y = x
      transform.forward(&y)
      return y
    }
    #expect(results[0] == results[1])
  }
}
