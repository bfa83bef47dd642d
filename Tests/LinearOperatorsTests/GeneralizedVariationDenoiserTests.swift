import Arrays
import Numerics
import TestSupport
import Testing

@testable import LinearOperators

@Suite("Total generalised variation denoiser")
struct GeneralizedVariationDenoiserTests {
  static let shapes = [[13, 17], [1, 9], [8, 1], [1, 1], [5, 2], [4, 10], [33, 40]]

  private func shrink(_ values: inout ComplexArray, planes: Int, to radius: Float) {
    let count = values.count / planes
    for index in 0..<count {
      let places = (0..<planes).map { $0 * count + index }
      let length = places.reduce(Float(0)) { $0 + values.values[$1].lengthSquared }.squareRoot()
      guard length > radius else { continue }
      for place in places {
        values.values[place] = values.values[place].multiplied(by: radius / length)
      }
    }
  }

  /// The same steps by the operators and their adjoints.
  private func composed(_ v: ComplexArray, _ threshold: Float, ratio: Float, steps: Int)
    -> ComplexArray
  {
    let differences = FiniteDifferenceOperator(shape: v.shape)
    let second = SymmetrizedGradientOperator(shape: v.shape)
    let (tau, sigma) = (
      GeneralizedVariationDenoiser.fieldStep, GeneralizedVariationDenoiser.dualStep
    )
    var (field, p) = (
      ComplexArray(zeros: second.domain), ComplexArray(zeros: differences.codomain)
    )
    var q = ComplexArray(zeros: second.codomain)
    func image() -> ComplexArray {
      var image = v
      image.add(-1, times: differences.adjoint(p))
      return image
    }
    for _ in 0..<steps {
      var slope = second.adjoint(q)
      slope.add(-1, times: p)
      var ahead = field
      field.add(-tau, times: slope)
      ahead.add(-2 * tau, times: slope)
      var change = differences.forward(image())
      change.add(-1, times: ahead)
      p.add(sigma, times: change)
      q.add(sigma, times: second.forward(ahead))
      shrink(&p, planes: 2, to: threshold)
      shrink(&q, planes: 3, to: ratio * threshold)
    }
    return image()
  }

  /// Primal-dual hybrid gradients on image and field, another way to the same minimum.
  ///
  /// Source: Chambolle and Pock, J. Math. Imaging Vis. 40:120 (2011), algorithm 1; ‖K‖² is below 12.
  private func otherwise(_ v: ComplexArray, _ threshold: Float, ratio: Float, steps: Int)
    -> ComplexArray
  {
    let differences = FiniteDifferenceOperator(shape: v.shape)
    let second = SymmetrizedGradientOperator(shape: v.shape)
    let step = 1 / Float(12).squareRoot()
    var (x, field) = (v, ComplexArray(zeros: second.domain))
    var (aheadX, aheadField) = (x, field)
    var (p, q) = (ComplexArray(zeros: differences.codomain), ComplexArray(zeros: second.codomain))
    for _ in 0..<steps {
      var change = differences.forward(aheadX)
      change.add(-1, times: aheadField)
      p.add(step, times: change)
      q.add(step, times: second.forward(aheadField))
      shrink(&p, planes: 2, to: threshold)
      shrink(&q, planes: 3, to: ratio * threshold)
      let (lastX, lastField) = (x, field)
      x.add(-step, times: differences.adjoint(p))
      x.add(step, times: v)
      x.scale(by: 1 / (1 + step))
      field.add(step, times: p)
      field.add(-step, times: second.adjoint(q))
      (aheadX, aheadField) = (x, field)
      aheadX.scale(by: 2)
      aheadX.add(-1, times: lastX)
      aheadField.scale(by: 2)
      aheadField.add(-1, times: lastField)
    }
    return x
  }

  @Test(
    "its steps are those of the operators", arguments: shapes, WaveletKernelTests.kernelSets)
  func steps(shape: [Int], kernelSet: String) {
    let v = randomArray(shape)
    var image = v
    var denoiser = GeneralizedVariationDenoiser(
      shape: shape, steps: 3, ratio: 2, kernelSet: kernelSet)
    denoiser.apply(&image, threshold: 0.1)
    #expect(relativeDifference(image, composed(v, 0.1, ratio: 2, steps: 3)) < 1e-6)
    // The next call goes on.
    image = v
    denoiser.apply(&image, threshold: 0.1)
    #expect(relativeDifference(image, composed(v, 0.1, ratio: 2, steps: 6)) < 1e-6)
  }

  @Test("many steps give the minimiser", arguments: [[13, 17], [20, 37]])
  func minimiser(shape: [Int]) {
    let v = randomArray(shape)
    var image = v
    var denoiser = GeneralizedVariationDenoiser(shape: shape, steps: 4000, ratio: 1.5)
    denoiser.apply(&image, threshold: 0.3)
    // Both are still on their way: more steps of either bring them nearer.
    #expect(relativeDifference(image, otherwise(v, 0.3, ratio: 1.5, steps: 8000)) < 3e-3)
  }

  @Test("slopes stay where total variation makes them flat")
  func slopes() {
    let (rows, columns) = (40, 36)
    let noise = randomArray([rows, columns])
    let ramp = ComplexArray(
      shape: [rows, columns],
      values: (0..<rows * columns).map {
        Complex(0.05 * Float($0 / columns) + 0.03 * Float($0 % columns), 0)
      })
    var noisy = ramp
    noisy.add(0.05, times: noise)
    var (steps, slopes) = (noisy, noisy)
    var variation = VariationDenoiser(shape: [rows, columns], steps: 500)
    variation.apply(&steps, threshold: 0.1)
    var generalized = GeneralizedVariationDenoiser(
      shape: [rows, columns], steps: 3000, ratio: 2)
    generalized.apply(&slopes, threshold: 0.1)
    #expect(relativeDifference(slopes, ramp) < 0.7 * relativeDifference(steps, ramp))
    #expect(relativeDifference(slopes, ramp) < 0.5 * relativeDifference(noisy, ramp))
  }

  @Test(
    "a pixel that is not finite does not pass silently", arguments: WaveletKernelTests.kernelSets)
  func notFinite(kernelSet: String) {
    for bad in [Float.nan, .infinity] {
      var image = randomArray([19, 35])
      image.values[70] = Complex(0, bad)
      var denoiser = GeneralizedVariationDenoiser(
        shape: [19, 35], steps: 3, ratio: 2, kernelSet: kernelSet)
      denoiser.apply(&image, threshold: 0.3)
      #expect(!image.squaredNorm.isFinite)
    }
  }

  @Test("the number of threads changes no bit")
  func threads() {
    let images = [1, 2, 3].map { threads in
      withThreads(threads) {
        var image = randomArray([70, 50])
        var denoiser = GeneralizedVariationDenoiser(shape: [70, 50], steps: 5, ratio: 2)
        denoiser.apply(&image, threshold: 0.2)
        return image
      }
    }
    #expect(images[0] == images[1] && images[1] == images[2])
  }
}
