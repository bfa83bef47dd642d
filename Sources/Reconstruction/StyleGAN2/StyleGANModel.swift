import Arrays
import Generators

/// A method with a StyleGAN2, for `GenerativeFit`: what it moves, and how an image comes of it.
protocol StyleGANModel: GenerativeModel {
  var variables: StyleGANVariables { get }
  var images: StyleGANImages { get }
}

extension StyleGANModel {
  func image(of point: [Float], scale: Float) -> ComplexArray {
    images.image(variables.pass(variables.inputs(point)).output, scale: scale)
  }

  func objective(_ target: FitTarget) -> StyleGANObjective {
    StyleGANObjective(variables: variables, images: images, target: target)
  }

  /// Draws of the standard normal density at `ranges`, zeros elsewhere; a start's own stream.
  func normal(at ranges: [Range<Int>], seed: UInt64, start: Int) -> [Float] {
    var random = RandomStream(seed: seed).split(stream: UInt64(start))
    var point = [Float](repeating: 0, count: variables.baseCount)
    for index in ranges.joined() { point[index] = random.normal() }
    return point
  }
}

extension StyleGANArchitecture {
  /// A standard normal noise for each convolution.
  func normalNoises(seed: UInt64) -> [[Float]] {
    let stream = RandomStream(seed: seed)
    return noiseSizes.enumerated().map { index, size in
      var random = stream.split(stream: UInt64(index))
      return (0..<size.rows * size.columns).map { _ in random.normal() }
    }
  }
}

extension FitPlan {
  /// What the methods with a StyleGAN2 have in common: the brightness is fitted, and a further round goes
  /// on after the phase is taken anew from the image.
  init(starts: Int, iterations: Int, rounds: Int, fitsScale: Bool, seed: UInt64) {
    var stage = ILOSettings()
    stage.seed = seed
    self.init(
      starts: starts, iterations: iterations,
      refinements: Array(repeating: iterations, count: rounds - 1), fitsScale: fitsScale,
      stage: stage)
  }
}
