import Arrays
import Kernels
import Numerics
import TestSupport
import Testing

@testable import LinearOperators

@Suite("Wavelet kernels")
struct WaveletKernelTests {
  static let kernelSets: [String] = ["avx512", "avx2", "plain"].filter { (name: String) in
    image_kernels_named(name) != nil
  }
  /// Odd and tiny sizes, and some that fill vectors of every width.
  static let shapes = [
    [13, 17], [64, 48], [1, 9], [2, 3], [40, 1], [37, 70], [128, 96], [33, 130],
  ]

  @Test("the transform is its definition", arguments: kernelSets)
  func definition(kernelSet: String) {
    for filter in WaveletFilter.allCases {
      for shape in Self.shapes {
        let op = WaveletOperator(shape: shape, filter: filter, levels: 3, kernelSet: kernelSet)
        let x = randomArray(shape)
        let expected = SlowWavelet(shape: shape, filter: filter, levels: 3).forward(x)
        #expect(relativeDifference(op.forward(x), expected) < 5e-7)
        #expect(relativeDifference(op.adjoint(op.forward(x)), x) < 1e-6)
      }
    }
  }

  /// Moves, transforms, changes by `rule` and goes back, each step apart.
  private func slowly(
    _ x: ComplexArray, _ op: WaveletOperator, _ shift: (down: Int, right: Int),
    centre: ComplexArray? = nil, _ rule: (Complex<Float>, Complex<Float>) -> Complex<Float>
  ) -> ComplexArray {
    var coefficients = op.forward(moved(x, shift.down, shift.right))
    let centres = centre.map { op.forward(moved($0, shift.down, shift.right)).values }
    for index in coefficients.values.indices {
      coefficients.values[index] = rule(coefficients.values[index], centres?[index] ?? .zero)
    }
    let (rows, columns) = (x.shape[0], x.shape[1])
    return moved(
      op.adjoint(coefficients), (rows - shift.down) % rows, (columns - shift.right) % columns)
  }

  @Test("shrinking under a shift is moving, thresholding and moving back", arguments: kernelSets)
  func shrink(kernelSet: String) {
    for filter in WaveletFilter.allCases {
      for shape in Self.shapes {
        for levels in 0...3 {
          let op = WaveletOperator(shape: shape, filter: filter, levels: levels)
          let shift = (down: 3 % shape[0], right: 5 % shape[1])
          let x = randomArray(shape)
          let expected = slowly(x, op, shift) { value, _ in
            value.length <= 0.5 ? .zero : value.multiplied(by: 1 - 0.5 / value.length)
          }
          var image = x
          ShiftedWavelets(op, kernelSet: kernelSet).shrink(&image, threshold: 0.5, shift: shift)
          #expect(relativeDifference(image, expected) < 1e-6)
        }
      }
    }
  }

  @Test("shrinking towards an image is argmin at every coefficient", arguments: kernelSets)
  func centred(kernelSet: String) {
    let (toZero, toCentre): (Float, Float) = (0.15, 0.35)
    for shape in Self.shapes {
      for levels in [0, 3] {
        let op = WaveletOperator(shape: shape, filter: .haar, levels: levels)
        let shift = (down: 6 % shape[0], right: 1 % shape[1])
        let (x, centre) = (randomArray(shape), randomArray(shape, seed: 8))
        let expected = slowly(x, op, shift, centre: centre) { value, g in
          Complex(
            minimiser(value.real, g.real, toZero, toCentre),
            minimiser(value.imaginary, g.imaginary, toZero, toCentre))
        }
        var image = x
        ShiftedWavelets(op, kernelSet: kernelSet).shrink(
          &image, towards: centre, toZero: toZero, toCentre: toCentre, shift: shift)
        #expect(relativeDifference(image, expected) < 1e-6)
      }
    }
  }

  /// argmin ½(c − v)² + a|c| + b|c − g|: the best of the two kinks and of the three stationary points.
  private func minimiser(_ v: Float, _ g: Float, _ a: Float, _ b: Float) -> Float {
    func cost(_ c: Float) -> Double {
      let (c, v, g) = (Double(c), Double(v), Double(g))
      return (c - v) * (c - v) / 2 + Double(a) * abs(c) + Double(b) * abs(c - g)
    }
    let candidates = [0, g, v - a - b, v - a + b, v + a - b, v + a + b]
    return candidates.min { cost($0) < cost($1) } ?? 0
  }

  @Test("a pixel that is not finite does not pass silently", arguments: kernelSets)
  func notFinite(kernelSet: String) {
    let op = WaveletOperator(shape: [32, 40], filter: .haar, levels: 2)
    for bad in [Float.nan, .infinity] {
      for centre in [nil, randomArray([32, 40])] {
        var image = randomArray([32, 40])
        image.values[77] = Complex(bad, 0)
        let wavelets = ShiftedWavelets(op, kernelSet: kernelSet)
        if let centre {
          wavelets.shrink(&image, towards: centre, toZero: 9, toCentre: 9, shift: (1, 2))
        } else {
          wavelets.shrink(&image, threshold: 9, shift: (1, 2))
        }
        #expect(!image.squaredNorm.isFinite)
      }
    }
  }

  @Test("the number of threads changes no bit", arguments: WaveletFilter.allCases)
  func threads(filter: WaveletFilter) {
    let op = WaveletOperator(shape: [150, 210], filter: filter, levels: 3)
    let images = [1, 2, 3].map { threads in
      withThreads(threads) {
        var image = randomArray([150, 210])
        ShiftedWavelets(op).shrink(&image, threshold: 0.2, shift: (3, 4))
        return image
      }
    }
    #expect(images[0] == images[1] && images[1] == images[2])
  }
}
