import Arrays
import Kernels
import Numerics
import TestSupport
import Testing

@testable import LinearOperators

@Suite("Total variation denoiser")
struct VariationDenoiserTests {
  static let shapes = [[13, 17], [1, 9], [8, 1], [1, 1], [33, 40], [20, 67]]

  /// Plain projected gradient on the dual, in many steps of the operator and its adjoint.
  private func slowly(_ v: ComplexArray, _ threshold: Float, steps: Int) -> ComplexArray {
    let differences = FiniteDifferenceOperator(shape: v.shape)
    var dual = ComplexArray(zeros: differences.codomain)
    func primal() -> ComplexArray {
      var image = v
      image.add(-1, times: differences.adjoint(dual))
      return image
    }
    for _ in 0..<steps {
      dual.add(1 / 8, times: differences.forward(primal()))
      for index in 0..<v.count {
        let (a, b) = (dual.values[index], dual.values[v.count + index])
        let length = (a.lengthSquared + b.lengthSquared).squareRoot()
        if length > threshold {
          dual.values[index] = a.multiplied(by: threshold / length)
          dual.values[v.count + index] = b.multiplied(by: threshold / length)
        }
      }
    }
    return primal()
  }

  @Test("one step is one projected gradient step", arguments: WaveletKernelTests.kernelSets)
  func oneStep(kernelSet: String) {
    for shape in Self.shapes {
      let v = randomArray(shape)
      var image = v
      var denoiser = VariationDenoiser(shape: shape, steps: 1, kernelSet: kernelSet)
      denoiser.apply(&image, threshold: 0.1)
      #expect(relativeDifference(image, slowly(v, 0.1, steps: 1)) < 1e-6)
      image = v
      denoiser.apply(&image, threshold: 0.1)
      #expect(relativeDifference(image, slowly(v, 0.1, steps: 2)) < 1e-6)
    }
  }

  @Test("many steps give the minimiser", arguments: WaveletKernelTests.kernelSets)
  func minimiser(kernelSet: String) {
    for shape in [[13, 17], [20, 37]] {
      let v = randomArray(shape)
      var image = v
      var denoiser = VariationDenoiser(shape: shape, steps: 300, kernelSet: kernelSet)
      denoiser.apply(&image, threshold: 0.3)
      #expect(relativeDifference(image, slowly(v, 0.3, steps: 6000)) < 1e-4)
    }
  }

  @Test(
    "a pixel that is not finite does not pass silently", arguments: WaveletKernelTests.kernelSets)
  func notFinite(kernelSet: String) {
    for bad in [Float.nan, .infinity] {
      var image = randomArray([19, 35])
      image.values[70] = Complex(0, bad)
      var denoiser = VariationDenoiser(shape: [19, 35], steps: 3, kernelSet: kernelSet)
      denoiser.apply(&image, threshold: 0.3)
      #expect(!image.squaredNorm.isFinite)
    }
  }

  @Test("the number of threads changes no bit")
  func threads() {
    let images = [1, 2, 3].map { threads in
      withThreads(threads) {
        var image = randomArray([70, 50])
        var denoiser = VariationDenoiser(shape: [70, 50], steps: 5)
        denoiser.apply(&image, threshold: 0.2)
        return image
      }
    }
    #expect(images[0] == images[1] && images[1] == images[2])
  }
}
