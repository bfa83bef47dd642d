import Arrays
import Foundation
import Generators
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

/// Every generative method finds an image that its own generator draws.
///
/// The sample has deviations in the coarsest level alone, and the methods may move no others: then there are
/// fewer unknowns, 240 and for surgery 640, than the 768 measurements, and one image is left.
@Suite struct OwnSampleTests {
  static let shape = [32, 40]

  /// A drawn image and its measurements.
  struct Sample {
    let image: ComplexArray
    let problem: LinearInverseProblem
    let weights: WeightsFile

    init(task: String) throws {
      weights = ILOBench.weights(radii: [10, 10, 10])
      let latents = SphereModel(
        latents: LatentModel(
          weights.network, shape: OwnSampleTests.shape, levels: 1, stage: ILOSettings()),
        settings: PULSESettings())
      // On the sphere, for `pulse` looks nowhere else.
      image = latents.image(of: latents.start(7), scale: 1)
      let system: any LinearOperator =
        task == "inpaint"
        ? SelectionOperator(
          shape: OwnSampleTests.shape,
          mask: InpaintingMask.randomPixels(rows: 32, columns: 40, share: 0.6, seed: 3))
        : PartialHadamardOperator(shape: OwnSampleTests.shape, measurements: 768, seed: 3)
      problem = try LinearInverseProblem(
        system: system, measurements: system.forward(image), noise: 0, isComplex: false)
    }

    /// dB, of the range of the sample.
    func psnr(_ found: ComplexArray) -> Double {
      let truth = image.values.map(\.real)
      let square = zip(found.values, truth).reduce(0.0) {
        let difference = Double($1.0.real * problem.intensityScale - $1.1)
        return $0 + difference * difference
      }
      let range = Double((truth.max() ?? 0) - (truth.min() ?? 0))
      return 10 * Foundation.log10(range * range * Double(truth.count) / square)
    }

    func psnr(of method: any ReconstructionMethod) throws -> Double {
      psnr(try method.reconstruct(problem) { _ in }.image)
    }
  }

  static func csgm() -> CSGMSettings {
    var settings = CSGMSettings()
    (settings.levels, settings.misfit, settings.priorWeight) = (1, 0.01, 1e-3)
    (settings.optimizer, settings.iterations, settings.refinements) = (.lbfgs, 60, 150)
    (settings.fitsScale, settings.randomStarts) = (true, 1)
    return settings
  }

  @Test(arguments: ["inpaint", "cs"]) func csgmFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    let psnr = try sample.psnr(
      of: try CSGM(weights: sample.weights, settings: Self.csgm()))
    #expect(psnr > 45, "\(psnr)")
  }

  /// Less well than the others: its brightness stays the first image's.
  @Test(arguments: ["inpaint", "cs"]) func iloFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    var settings = ILOSettings()
    settings.stages = [
      .init(iterations: 300), .init(iterations: 0, radiusFactor: 0),
      .init(iterations: 0, radiusFactor: 0),
    ]
    (settings.encoderRounds, settings.misfit, settings.priorWeight) = (0, 0.01, 1e-3)
    (settings.imageWeight, settings.sparseShares, settings.residualWeights) = (0, [0], [1e-2])
    let psnr = try sample.psnr(of: try ILO(weights: sample.weights, settings: settings))
    #expect(psnr > 31, "\(psnr)")
  }

  @Test(arguments: ["inpaint", "cs"]) func surgeryFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    var settings = SurgerySettings()
    (settings.movesDeviations, settings.iterations, settings.refinements) = (false, 60, 150)
    let psnr = try sample.psnr(
      of: try GeneratorSurgery(weights: sample.weights, settings: settings))
    #expect(psnr > 45, "\(psnr)")
  }

  @Test(arguments: ["inpaint", "cs"]) func sparseGenFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    var settings = SparseGenSettings()
    (settings.levels, settings.misfit, settings.priorWeight) = (1, 0.01, 1e-3)
    (settings.iterations, settings.refinements, settings.sparsity) = (200, 400, 0.05)
    let psnr = try sample.psnr(of: try SparseGen(weights: sample.weights, settings: settings))
    #expect(psnr > 45, "\(psnr)")
  }

  @Test(arguments: ["inpaint", "cs"]) func pulseFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    var settings = PULSESettings()
    (settings.levels, settings.iterations, settings.rounds) = (1, 300, 3)
    let psnr = try sample.psnr(of: try PULSE(weights: sample.weights, settings: settings))
    #expect(psnr > 35, "\(psnr)")
  }

  @Test(arguments: ["inpaint", "cs"]) func iaganFindsIt(task: String) throws {
    let sample = try Sample(task: task)
    var settings = IAGANSettings()
    settings.start = Self.csgm()
    (settings.latentRate, settings.weightRate, settings.adaptations) = (1e-4, 1e-5, 20)
    let psnr = try sample.psnr(of: try IAGAN(weights: sample.weights, settings: settings))
    #expect(psnr > 45, "\(psnr)")
  }
}
