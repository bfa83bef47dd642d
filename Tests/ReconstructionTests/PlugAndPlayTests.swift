import Acquisition
import Arrays
import Foundation
import Generators
import Layers
import LinearOperators
import Numerics
import Optimization
import TestSupport
import Testing

@testable import Reconstruction

@Suite struct PlugAndPlayTests {
  /// The mean of an image with a normal prior of mean 0 and deviation `spread`, given a noisy one.
  private struct GaussianDenoiser: ImageDenoiser {
    var spread: Float

    func share(_ level: Float) -> Float { spread * spread / (spread * spread + level * level) }

    func denoised(_ image: ComplexArray, level: Float) -> ComplexArray {
      var result = image
      result.scale(by: share(level))
      return result
    }
  }

  /// With a Gaussian's denoiser the turns end where (AᴴA + α (1 − s)) x = Aᴴ y, s its share.
  @Test func theTurnsOfAGaussianDenoiserEndAtTheClosedForm() throws {
    let problem = try UndersampledPhantom(acceleration: 3).problem
    var settings = PlugAndPlaySettings()
    (settings.iterations, settings.dataIterations) = (400, 60)
    (settings.firstLevel, settings.lastLevel, settings.noiseFloor) = (0.3, 0.3, 0.3)
    settings.weight = 0.5
    let denoiser = GaussianDenoiser(spread: 0.4)
    let found = try PlugAndPlay(denoiser: denoiser, settings: settings).reconstruct(problem) { _ in
    }
    // No noise is that high, so the floor stands: α is the weight.
    #expect(found.chosen["noise"].map { abs($0 - 0.3) < 1e-6 } == true)
    let weight = settings.weight * (1 - denoiser.share(0.3))
    let system = problem.system
    let expected = ConjugateGradient(iterations: 200, tolerance: 1e-7).solve(
      system.adjoint(problem.measurements), weight: weight,
      applying: { system.normal($0, into: &$1) }, report: { _ in })
    var difference = found.image
    difference.add(-1, times: expected)
    #expect(difference.squaredNorm < 1e-6 * expected.squaredNorm)
  }

  @Test func aDenoiserThatDoesNothingLeavesTheDataTheirSay() throws {
    struct Nothing: ImageDenoiser {
      func denoised(_ image: ComplexArray, level: Float) -> ComplexArray { image }
    }
    let phantom = try UndersampledPhantom(acceleration: 1)
    let result = try PlugAndPlay(denoiser: Nothing()).reconstruct(phantom.problem) { _ in }
    #expect(phantom.error(result.image) < 1e-4)
    #expect(
      result.stages.map(\.name)
        == ["wavelets alone"] + (1...8).map { "turn \($0)" } + ["data"])
  }

  @Test func theDenoiserSeesTheFramesUnitsAndTheLevels() throws {
    final class Witness: ImageDenoiser, @unchecked Sendable {
      var levels: [Float] = []
      var brightest: [Float] = []
      var imaginary: [Double] = []

      func denoised(_ image: ComplexArray, level: Float) -> ComplexArray {
        levels.append(level)
        brightest.append(percentile(image.magnitudes.values, 99.8))
        let parts = image.values.reduce((0.0, 0.0)) {
          ($0.0 + Double($1.real * $1.real), $0.1 + Double($1.imaginary * $1.imaginary))
        }
        imaginary.append(parts.1 / parts.0)
        return image
      }
    }
    let witness = Witness()
    var fractions: [Double] = []
    _ = try PlugAndPlay(denoiser: witness).reconstruct(
      UndersampledPhantom(acceleration: 3, noise: 0.01).problem
    ) { fractions.append($0.fraction) }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    #expect(witness.levels.count == 8)
    #expect(witness.levels.first == PlugAndPlaySettings().firstLevel)
    #expect(witness.levels == witness.levels.sorted(by: >))
    let ratios = zip(witness.levels, witness.levels.dropFirst()).map { $1 / $0 }
    #expect(ratios.allSatisfy { abs($0 - ratios[0]) < 1e-3 })
    #expect(witness.brightest.allSatisfy { abs($0 - LadderNetwork.brightest) < 0.3 })
    // The smooth phase is gone.
    #expect(witness.imaginary.allSatisfy { $0 < 0.1 }, "\(witness.imaginary)")
  }

  @Test func levelsGoDownToTheNoise() {
    var settings = PlugAndPlaySettings()
    settings.firstLevel = 0.23
    #expect(settings.levels(noise: 0.05).last.map { abs($0 - 0.05) < 1e-6 } == true)
    #expect(settings.levels(noise: 0.001).last.map { abs($0 - 0.01) < 1e-6 } == true)
    #expect(settings.levels(noise: 3).allSatisfy { abs($0 - 0.23) < 1e-6 })
    var once = settings
    once.iterations = 1
    #expect(once.levels(noise: 0.05).count == 1)
  }

  /// The image that PyTorch's module gives (`Tests/PeerChecks/baseline_fixtures.py`).
  @Test func theLadderDenoiserIsPyTorchs() throws {
    struct Fixture: Decodable { let denoised: [Float] }
    let expected = try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: URL(fileURLWithPath: fixturePath("baselines.json")))
    ).denoised
    let weights = try ImportedWeights(contentsOf: fixturePath("denoiser.safetensors")).weights
    #expect(weights.notes["role"] == "denoiser")
    let parts = wave(2 * 96, seed: 61).map { 0.5 + 0.5 * $0 }
    let image = ComplexArray(
      shape: [8, 12], values: (0..<96).map { Complex(parts[$0], parts[96 + $0]) })
    let denoised = try LadderDenoiser(weights: weights).denoised(image, level: 0.07)
    let theirs = (0..<96).map { Complex(expected[$0], expected[96 + $0]) }
    let largest = theirs.map(\.length).max() ?? 0
    for (ours, theirs) in zip(denoised.values, theirs) {
      #expect((ours - theirs).length < 2e-5 * largest)
    }
    // In one pass what encoding and drawing give in two.
    let network = weights.network
    var random = RandomStream(seed: 4)
    let seen = Features(
      rows: 12, columns: 8, channels: 3, values: (0..<288).map { _ in random.normal() })
    #expect(
      network.image(ofMeansFor: seen)
        == network.generator.forward(network.encode(seen), rows: 12, columns: 8).output)
  }

  @Test func theNoiseIsToldAtEveryPixelOfTheFrame() {
    let frame = ImageFrame(shape: [3, 5], factor: 4)
    let image = ComplexArray(shape: [3, 5], repeating: Complex(1, 2))
    let features = frame.paste(image, scale: 2, channels: 3, noise: 0.25)
    #expect(features.shape == [1, 4, 8, 3])
    #expect((0..<32).allSatisfy { features.values[3 * $0 + 2] == 0.25 })
    #expect(frame.cut(frame.paste(image, scale: 2, channels: 2), scale: 0.5) == image)
    let parts = (0..<32).map { Complex(features.values[3 * $0], features.values[3 * $0 + 1]) }
    #expect(parts.count { $0 == Complex(2, 4) } == 15)
    #expect(parts.count { $0 == .zero } == 17)
  }

  @Test func weightsAndSettingsThatDoNotFitAreRefused() throws {
    #expect(throws: ReconstructionError.self) {
      try LadderDenoiser(weights: ILOBench.weights(radii: [], channels: 2))
    }
    var weights = try ImportedWeights(contentsOf: fixturePath("denoiser.safetensors")).weights
    #expect(throws: ReconstructionError.self) { try CSGM(weights: weights) }
    weights.notes["role"] = "generator"
    #expect(throws: ReconstructionError.self) { try LadderDenoiser(weights: weights) }
    for change: (inout PlugAndPlaySettings) -> Void in [
      { $0.iterations = 0 }, { $0.lastLevel = 0.3 }, { $0.weight = 0 }, { $0.noiseFloor = .nan },
      { $0.dataIterations = 0 },
    ] {
      var wrong = PlugAndPlaySettings()
      change(&wrong)
      #expect(throws: ReconstructionError.self) {
        try PlugAndPlay(denoiser: GaussianDenoiser(spread: 1), settings: wrong)
      }
    }
  }

  @Test func imagesThatAreNoNumbersEndTheWork() throws {
    struct Broken: ImageDenoiser {
      func denoised(_ image: ComplexArray, level: Float) -> ComplexArray {
        ComplexArray(shape: image.shape, repeating: Complex(.nan, 0))
      }
    }
    let problem = try UndersampledPhantom(acceleration: 3).problem
    #expect(throws: ReconstructionError.diverged(method: "pnp")) {
      try PlugAndPlay(denoiser: Broken()).reconstruct(problem) { _ in }
    }
  }
}
