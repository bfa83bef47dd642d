import Arrays
import Kernels
import Numerics
import Testing

/// A size and an instruction set.
struct FourierKernelCase: Sendable, CustomTestStringConvertible {
  let size: Int
  let kernelSet: String

  var testDescription: String { "\(size), \(kernelSet)" }

  static let kernelSets: [String] = ["avx512", "avx2", "plain"].filter { (name: String) in
    fourier_kernels_named(name) != nil
  }

  /// All radices, their products, and primes by both methods; usual widths of matrices.
  static let all: [FourierKernelCase] = kernelSets.flatMap { set in
    (Array(1...66) + [
      97, 101, 121, 127, 180, 181, 217, 230, 256, 257, 320, 359, 360, 368, 372, 384, 388, 396, 400,
      509, 512, 640, 719, 1021,
    ]).map { FourierKernelCase(size: $0, kernelSet: set) }
  }
}

@Suite("Fourier kernels against sums in double precision")
struct FourierKernelTests {
  /// `FourierTransform` states these bounds.
  ///
  /// Measured: at most 1.2e-7 for factors up to 31, 2.0e-7 for larger primes.
  func bound(_ size: Int) -> Double {
    var (rest, factor) = (size, 2)
    while rest > 1 && factor <= 31 {
      if rest % factor == 0 { rest /= factor } else { factor += 1 }
    }
    return rest == 1 ? 1.5e-7 : 2.5e-7
  }

  /// The definition of the centred, unitary transform of one line.
  func slow(_ line: [Complex<Float>], inverse: Bool) -> [Complex<Double>] {
    let size = line.count
    let roots = (0..<size).map { index in
      let angle = (inverse ? 2 : -2) * Double.pi * Double(index) / Double(size)
      return Complex<Double>(.cos(angle), .sin(angle))
    }
    let wide = line.map { Complex<Double>(Double($0.real), Double($0.imaginary)) }
    let centre = size / 2
    return (0..<size).map { k in
      var sum = Complex<Double>.zero
      for j in 0..<size {
        let exponent = (k - centre) * (j - centre) % size
        sum += wide[j] * roots[(exponent + size) % size]
      }
      return sum / Complex(Double(size).squareRoot(), 0)
    }
  }

  func relativeError(_ x: [Complex<Float>], _ y: [Complex<Double>]) -> Double {
    var (error, energy) = (0.0, 0.0)
    for (a, b) in zip(x, y) {
      error +=
        (Complex<Double>(Double(a.real), Double(a.imaginary)) - b).lengthSquared
      energy += b.lengthSquared
    }
    return (error / energy).squareRoot()
  }

  @Test("along rows and columns, both ways", arguments: FourierKernelCase.all)
  func accuracy(test: FourierKernelCase) throws {
    // Eleven lines: a whole block of eight, and three lanes of the next.
    let lines = 11
    var stream = RandomStream(seed: UInt64(test.size))
    let values = (0..<lines * test.size).map { _ in
      Complex<Float>(stream.normal(), stream.normal())
    }
    for inverse in [false, true] {
      let expected = (0..<lines).map { line in
        slow(Array(values[line * test.size..<(line + 1) * test.size]), inverse: inverse)
      }
      var contiguous = ComplexArray(shape: [lines, test.size], values: values)
      let along = try #require(
        FourierTransform(
          rows: lines, columns: test.size, axes: .columns, kernelSet: test.kernelSet))
      inverse ? along.inverse(&contiguous) : along.forward(&contiguous)
      #expect(relativeError(contiguous.values, expected.flatMap { $0 }) < bound(test.size))

      var strided = ComplexArray(zeros: [test.size, lines])
      for index in values.indices {
        strided.values[index % test.size * lines + index / test.size] = values[index]
      }
      let across = try #require(
        FourierTransform(rows: test.size, columns: lines, axes: .rows, kernelSet: test.kernelSet))
      inverse ? across.inverse(&strided) : across.forward(&strided)
      let turned = (0..<test.size).flatMap { index in expected.map { $0[index] } }
      #expect(relativeError(strided.values, turned) < bound(test.size))
    }
  }

  @Test("a line that is not a number stays alone, and is not lost")
  func notANumber() {
    var image = ComplexArray(shape: [9, 20], repeating: Complex(1, 0))
    image.values[2 * 20 + 7] = Complex(.nan, 0)
    FourierTransform(rows: 9, columns: 20, axes: .columns).forward(&image)
    for row in 0..<9 {
      for column in 0..<20 {
        #expect(image.values[row * 20 + column].rawStorage.x.isNaN == (row == 2))
      }
    }
  }
}
