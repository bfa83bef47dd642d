import Arrays
import Foundation
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Generators
@testable import Reconstruction

/// The methods with a StyleGAN2: terms and gradients, and that each finds an image that its own generator
/// draws.
@Suite struct StyleGANMethodTests {
  static let shape = [13, 22]

  /// The generator of `stylegan2-1.safetensors`, 16 × 24 pixels, with or without its noises.
  static func weights(noisy: Bool = true) throws -> StyleGANWeights {
    var weights = try ImportedStyleGAN(contentsOf: fixturePath("stylegan2-1.safetensors")).weights
    if !noisy {
      for entry in StyleGANSlots(weights.architecture).layout.entries
      where entry.name.hasSuffix(".strength") {
        weights.parameters[entry.offset] = 0
      }
    }
    return weights
  }

  static func normal(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  /// A drawn image, and two thirds of its pixels.
  struct Sample {
    let image: ComplexArray
    let problem: LinearInverseProblem
    let weights: StyleGANWeights

    init(whitened: Bool, noisy: Bool = false) throws {
      weights = try StyleGANMethodTests.weights(noisy: noisy)
      let generator = weights.generator
      let statistics = StyleStatistics(generator)
      let styles =
        whitened
        ? (0..<weights.architecture.styleCount).map {
          statistics.style(ofWhitened: StyleGANMethodTests.normal(9, seed: 30 + UInt64($0)))
        } : [generator.style(of: StyleGANMethodTests.normal(7, seed: 5))]
      let images = try StyleGANImages(weights, shape: shape, method: "test")
      image = images.image(generator.forward(styles: styles).output, scale: 1)
      let system = SelectionOperator(
        shape: shape,
        mask: InpaintingMask.randomPixels(
          rows: shape[0], columns: shape[1], share: 0.67, seed: 3))
      problem = try LinearInverseProblem(
        system: system, measurements: system.forward(image), noise: 0, isComplex: false)
    }

    /// dB, of the range of the sample.
    func psnr(_ method: any ReconstructionMethod) throws -> Double {
      let found = try method.reconstruct(problem) { _ in }.image
      let truth = image.values.map(\.real)
      let square = zip(found.values, truth).reduce(0.0) {
        let difference = Double($1.0.real * problem.intensityScale - $1.1)
        return $0 + difference * difference
      }
      let range = Double((truth.max() ?? 0) - (truth.min() ?? 0))
      return 10 * Foundation.log10(range * range * Double(truth.count) / square)
    }
  }

  @Test func theLatentIsFound() throws {
    let sample = try Sample(whitened: false)
    var settings = StyleGANLatentSearch.Settings()
    (settings.starts, settings.priorWeight) = (6, 0)
    let psnr = try sample.psnr(StyleGANLatentSearch(weights: sample.weights, settings: settings))
    #expect(psnr > 40, "\(psnr)")
  }

  @Test(arguments: [false, true]) func theStyleIsFound(isExtended: Bool) throws {
    let sample = try Sample(whitened: false)
    var settings = StyleGANProjector.Settings(isExtended: isExtended)
    (settings.iterations, settings.movesNoises) = (600, false)
    let psnr = try sample.psnr(StyleGANProjector(weights: sample.weights, settings: settings))
    #expect(psnr > 35, "\(psnr)")
  }

  @Test func theLatentsOnSpheresAreFound() throws {
    let sample = try Sample(whitened: true)
    var settings = StyleGANPULSE.Settings()
    (settings.iterations, settings.starts) = (500, 3)
    (settings.floor, settings.spreadWeight) = (0, 0)
    let psnr = try sample.psnr(StyleGANPULSE(weights: sample.weights, settings: settings))
    #expect(psnr > 25, "\(psnr)")
  }

  /// By its stages, the later of which help.
  @Test func theStagesFindIt() throws {
    let sample = try Sample(whitened: true)
    func psnr(_ steps: [Int]) throws -> Double {
      var settings = StyleGANILO.Settings()
      (settings.steps, settings.spreadWeight) = (steps, 0)
      return try sample.psnr(StyleGANILO(weights: sample.weights, settings: settings))
    }
    let (first, all) = (try psnr([200]), try psnr([200, 200, 200]))
    #expect(all > first && all > 30, "\(first), \(all)")
  }

  /// A ball of radius zero about where a stage starts leaves the image as it was.
  @Test func aStageInBallsOfNoRadiusMovesNothing() throws {
    let sample = try Sample(whitened: true, noisy: true)
    func image(_ steps: [Int], radii: [Double]) throws -> ComplexArray {
      var settings = StyleGANILO.Settings()
      settings.steps = steps
      (settings.featureRadii, settings.noiseRadii, settings.latentRadii) = (radii, radii, radii)
      return try StyleGANILO(weights: sample.weights, settings: settings)
        .reconstruct(sample.problem) { _ in }.image
    }
    let one = try image([8], radii: [1e6])
    let two = try image([8, 8], radii: [1e6, 0])
    #expect(zip(one.values, two.values).allSatisfy { ($0 - $1).length < 1e-4 })
  }

  @Test func imagesLargerThanTheGeneratorAreRefused() throws {
    #expect {
      try StyleGANImages(try Self.weights(), shape: [17, 24], method: "stylegan2-ilo")
    } throws: {
      "\($0)".contains("the image is 17 × 24, but the generator draws 16 × 24")
    }
  }

  @Test func theImageDependsOnTheSeedAndOnNoThreadCount() throws {
    let sample = try Sample(whitened: true, noisy: true)
    func image(threads: Int, seed: UInt64) throws -> ComplexArray {
      var settings = StyleGANILO.Settings()
      (settings.steps, settings.seed, settings.rounds) = ([6, 6], seed, 2)
      return try withThreads(threads) {
        try StyleGANILO(weights: sample.weights, settings: settings)
          .reconstruct(sample.problem) { _ in }.image
      }
    }
    let first = try image(threads: 1, seed: 1)
    #expect(try image(threads: 3, seed: 1) == first)
    #expect(try image(threads: 1, seed: 2) != first)
  }

  /// Gradients along a random direction against differences, for each kind of latents, with and without a
  /// cut.
  @Test(arguments: [0, 1, 2, 3], [0, 1, 2])
  func derivativesAreThoseOfDifferences(kind: Int, level: Int) throws {
    let latents = [
      StyleGANVariables.Latents.latent, .style, .styles, .whitened,
    ][kind]
    let weights = try Self.weights()
    let generator = weights.generator
    let variables = StyleGANVariables(
      generator: generator, latents: latents, movingNoises: 3,
      fixedNoises: weights.architecture.normalNoises(seed: 2),
      statistics: StyleStatistics(generator, count: 100))
    let sample = try Sample(whitened: false)
    let target = FitTarget(
      problem: sample.problem, phase: ComplexArray(zeros: Self.shape),
      system: sample.problem.system,
      scale: 0.7, fitsScale: kind % 2 == 0, round: 0, clock: WorkClock())
    let objective = StyleGANObjective(
      variables: variables,
      images: try StyleGANImages(weights, shape: Self.shape, method: "test"), target: target)
    var point = [0] + Self.normal(variables.baseCount - 1, seed: 8).map { 0.5 * $0 }
    if level > 0 { point = variables.cut(point, before: level) }
    #expect(variables.level(of: point) == level)
    let value = objective.value(at: point)
    var direction = Self.normal(point.count, seed: 9)
    direction[0] = 0
    // A cut's image stays.
    let end = variables.featureRange(level: level).upperBound
    for index in end..<point.count { direction[index] = 0 }
    func loss(_ step: Float) -> Double {
      objective.value(at: zip(point, direction).map { $0 + step * $1 }).loss
    }
    let found = zip(value.gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let expected = (loss(3e-4) - loss(-3e-4)) / 6e-4
    #expect(abs(found - expected) < 0.03 * max(abs(expected), 0.05), "\(found), \(expected)")
  }

  /// White noise has next to none of it, a ramp has much; its gradient is that of differences.
  @Test func theTermOnNoises() {
    let whiteness = NoiseWhiteness(rows: 16, columns: 32)
    func term(_ noise: [Float]) -> Double {
      var unused = noise[...]
      return whiteness.add(noise[...], weight: 0, to: &unused)
    }
    let noise = Self.normal(512, seed: 1)
    let ramp = (0..<512).map { Float($0 % 32) / 16 - 1 }
    #expect(term(ramp) > 30 * term(noise))
    // One size, by hand: 2 × 2 of 1, −1, 1, −1 has products 1 down and −1 across.
    #expect(
      abs(
        {
          let small = NoiseWhiteness(rows: 2, columns: 2)
          var unused: ArraySlice<Float> = [0, 0, 0, 0]
          return small.add([1, -1, 1, -1], weight: 1, to: &unused)
        }() - 2) < 1e-12)
    let direction = Self.normal(512, seed: 2)
    var gradient = ArraySlice([Float](repeating: 0, count: 512))
    _ = whiteness.add(noise[...], weight: 1e3, to: &gradient)
    let found = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let moved = [1, -1].map { sign in
      term(zip(noise, direction).map { $0 + Float(sign) * 1e-3 * $1 })
    }
    let expected = 1e3 * (moved[0] - moved[1]) / 2e-3
    #expect(abs(found - expected) < 1e-2 * abs(expected), "\(found), \(expected)")
  }

  /// Parallel styles have none of it, orthogonal ones of one length (π / 2)² each.
  @Test func theTermOnStyles() {
    #expect(StyleSpread.value([[1, 2], [1, 2]]).value < 1e-12)
    let right = StyleSpread.value([[1, 0], [0, 1]]).value
    #expect(abs(right - 64 * Double.pi * Double.pi / 4 / 2) < 1e-9)
    let styles = (0..<3).map { Self.normal(5, seed: UInt64($0)) }
    let direction = (0..<3).map { Self.normal(5, seed: 10 + UInt64($0)) }
    let found = zip(StyleSpread.value(styles).gradients, direction).reduce(0.0) {
      $0 + zip($1.0, $1.1).reduce(0.0) { $0 + $1.0 * Double($1.1) }
    }
    let moved = [1, -1].map { sign in
      StyleSpread.value(
        zip(styles, direction).map { zip($0, $1).map { $0 + Float(sign) * 1e-3 * $1 } }
      ).value
    }
    let expected = (moved[0] - moved[1]) / 2e-3
    #expect(abs(found - expected) < 1e-2 * abs(expected), "\(found), \(expected)")
  }
}
