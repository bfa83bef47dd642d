import Arrays
import Foundation
import Layers
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Generators
@testable import Reconstruction

/// Compressed sensing with the small decoders: how their images cover larger ones, gradients, and that the method
/// finds an image that its own decoder draws.
@Suite struct DecoderMethodTests {
  private func weights(_ number: Int) throws -> DecoderWeights {
    try ImportedDecoder(contentsOf: fixturePath("decoder-\(number).safetensors")).weights
  }

  private func latent(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  /// Two thirds of the pixels of what a latent draws for an image of `shape`.
  private func problem(
    _ weights: DecoderWeights, shape: [Int]
  ) throws -> (image: ComplexArray, problem: LinearInverseProblem) {
    let image = DecoderImages(weights, shape: shape).image(
      weights.decoder.forward(latent(weights.architecture.latentSize, seed: 5)).output, scale: 1)
    let system = SelectionOperator(
      shape: shape,
      mask: InpaintingMask.randomPixels(rows: shape[0], columns: shape[1], share: 0.67, seed: 3))
    return (
      image,
      try LinearInverseProblem(
        system: system, measurements: system.forward(image), noise: 0, isComplex: false)
    )
  }

  @Test(arguments: [(1, [13, 16]), (1, [21, 40]), (2, [6, 10]), (2, [15, 12])])
  func theLatentIsFound(number: Int, shape: [Int]) throws {
    let weights = try weights(number)
    let (image, problem) = try problem(weights, shape: shape)
    var settings = DecoderLatentSearch.Settings(number == 1 ? .dcgan : .vae)
    (settings.iterations, settings.rate, settings.priorWeight) = (300, 0.1, 0)
    let method = try DecoderLatentSearch(.dcgan, weights: weights, settings: settings)
    let found = try method.reconstruct(problem) { _ in }.image
    let truth = image.values.map(\.real)
    let square = zip(found.values, truth).reduce(0.0) {
      let difference = Double($1.0.real * problem.intensityScale - $1.1)
      return $0 + difference * difference
    }
    let range = Double((truth.max() ?? 0) - (truth.min() ?? 0))
    let psnr = 10 * log10(range * range * Double(truth.count) / square)
    #expect(psnr > 40, "\(psnr)")
  }

  /// The gradient along a random direction against differences, of an image larger than the decoder's.
  @Test(arguments: [false, true]) func derivativesAreThoseOfDifferences(fitsScale: Bool) throws {
    let weights = try weights(2)
    let shape = [15, 12]
    let target = FitTarget(
      problem: try problem(weights, shape: shape).problem, phase: ComplexArray(zeros: shape),
      system: try problem(weights, shape: shape).problem.system, scale: 0.7, fitsScale: fitsScale,
      round: 0, clock: WorkClock())
    let objective = DecoderObjective(
      decoder: weights.decoder, images: DecoderImages(weights, shape: shape), target: target)
    let (point, direction) = (latent(4, seed: 8), latent(4, seed: 9))
    let found = zip(objective.value(at: point).gradient, direction).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    func loss(_ step: Float) -> Double {
      objective.value(at: zip(point, direction).map { $0 + step * $1 }).loss
    }
    let expected = (loss(5e-3) - loss(-5e-3)) / 1e-2
    #expect(abs(found - expected) < 5e-3 * abs(expected), "\(found), \(expected)")
  }

  /// A smaller image is the middle of the decoder's, pixel by pixel; of twice the size every pixel lies between
  /// its neighbours, and the mean stays.
  @Test func imagesOfOtherSizes() throws {
    let weights = try weights(1)
    let output = weights.decoder.forward(latent(5, seed: 2)).output
    func image(_ shape: [Int]) -> [Float] {
      DecoderImages(weights, shape: shape).image(output, scale: 2).values.map(\.real)
    }
    let whole = image([16, 16])
    #expect(zip(whole, output.values).allSatisfy { abs($0 - ($1 + 1)) < 1e-6 })
    let middle = image([10, 16])
    #expect(middle == Array(whole[3 * 16..<13 * 16]))
    let double = image([32, 32])
    for row in 0..<16 {
      for column in 0..<16 {
        let corners = [(0, 0), (0, 1), (1, 0), (1, 1)].map {
          double[(2 * row + $0.0) * 32 + 2 * column + $0.1]
        }
        let inside = row > 0 && row < 15 && column > 0 && column < 15
        guard inside else { continue }
        let near = [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]
          .map { whole[(row + $0.0) * 16 + column + $0.1] }
        #expect(corners.allSatisfy { $0 <= near.max()! + 1e-5 && $0 >= near.min()! - 1e-5 })
      }
    }
    // A wide image: the rows beyond its own are cut away.
    #expect(image([16, 32]) == Array(double[8 * 32..<24 * 32]))
  }

  @Test func theImageDependsOnTheSeedAndOnNoThreadCount() throws {
    let weights = try weights(1)
    let (_, problem) = try problem(weights, shape: [21, 19])
    func image(threads: Int, seed: UInt64) throws -> ComplexArray {
      var settings = DecoderLatentSearch.Settings(.dcgan)
      (settings.starts, settings.iterations, settings.rounds, settings.seed) = (2, 6, 2, seed)
      return try withThreads(threads) {
        try DecoderLatentSearch(.dcgan, weights: weights, settings: settings)
          .reconstruct(problem) { _ in }.image
      }
    }
    let first = try image(threads: 1, seed: 1)
    #expect(try image(threads: 3, seed: 1) == first)
    #expect(try image(threads: 1, seed: 2) != first)
  }

  /// A weight of the prior draws the latent to zero.
  @Test func aHeavyPriorDrawsTheMean() throws {
    let weights = try weights(1)
    let (_, problem) = try problem(weights, shape: [16, 16])
    var settings = DecoderLatentSearch.Settings(.dcgan)
    (settings.starts, settings.priorWeight, settings.fitsScale) = (1, 1e6, true)
    let model = DecoderModel(
      decoder: weights.decoder, images: DecoderImages(weights, shape: [16, 16]), settings: settings)
    let target = FitTarget(
      problem: problem, phase: ComplexArray(zeros: [16, 16]), system: problem.system, scale: 1,
      fitsScale: true, round: 0, clock: WorkClock())
    var descent = AdamDescent(objective: model.objective(target), rate: { _ in 0.05 })
    descent.keepsBest = false
    let weight = 2 * settings.priorWeight / 256
    descent.addGradient = { point, _, gradient in
      for index in point.indices { gradient[index] += weight * point[index] }
    }
    let end = descent.run(from: model.start(0), iterations: 300) { _, _ in }
    #expect(end.allSatisfy { abs($0) < 0.05 })
  }

  @Test func settingsOutOfRangeAreRefused() throws {
    var settings = DecoderLatentSearch.Settings(.vae)
    settings.rate = .nan
    #expect {
      try DecoderLatentSearch(.vae, weights: try weights(2), settings: settings)
    } throws: {
      "\($0)".contains("vae-csgm")
    }
  }
}
