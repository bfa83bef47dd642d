import Arrays
public import Generators
import LinearOperators

/// Compressed sensing using generative models with a small decoder: the latent z whose image explains the
/// measurements best.
///
/// n · mean |s A G(z) − y|² / s² + v ‖z‖², n the decoder's pixels, by Adam from draws of z, of which the one of least
/// misfit is kept. The factor n is what rows of unit variance, which the authors' A has, make of a unitary A. Source: Bora, Jalal, Price and Dimakis, ICML 2017, who took a DCGAN for faces and a variational autoencoder for
/// digits. Scale, phase and coil maps are as for `csgm`; images larger than the decoder's are its own enlarged.
public struct DecoderLatentSearch: ReconstructionMethod {
  /// Which of the two it is: only names and defaults differ.
  public enum Kind: String, Sendable {
    case dcgan
    case vae
  }

  /// The settings of the search.
  public struct Settings: Sendable, Equatable, Codable {
    /// Draws that are started from.
    public var starts: Int
    /// Iterations from each start, and in each further round.
    public var iterations: Int
    /// Rounds: in each after the first the phase is taken anew from the image.
    public var rounds = 1
    public var rate: Float
    /// The weight v of ‖z‖².
    public var priorWeight: Float
    /// Whether the brightness is fitted with the rest, by least squares.
    public var fitsScale = true
    public var seed: UInt64 = 1

    /// The authors' for faces and for digits, with a weight of the prior
    /// (AshishBora/csgm:quant_scripts/celebA_reconstruction.sh, mnist_reconstruction.sh).
    public init(_ kind: Kind) {
      switch kind {
      case .dcgan: (starts, iterations, rate, priorWeight) = (10, 500, 0.1, 0.001)
      case .vae: (starts, iterations, rate, priorWeight) = (10, 1000, 0.01, 0.1)
      }
    }

    /// About so many evaluations of the loss make an image.
    public var evaluations: Int { (starts + rounds - 1) * iterations }
  }

  public let name: String
  public let settings: Settings
  private let weights: DecoderWeights
  private let decoder: LatentDecoder

  /// Throws `ReconstructionError.settings` if the settings are out of range.
  public init(
    _ kind: Kind, weights: DecoderWeights, settings: Settings
  ) throws(ReconstructionError) {
    name = kind.rawValue + "-csgm"
    guard settings.starts >= 1, settings.iterations >= 1, settings.rounds >= 1, settings.rate > 0,
      settings.rate.isFinite, settings.priorWeight >= 0, settings.priorWeight.isFinite
    else {
      throw .settings(
        method: name, reason: "a number of starts or iterations, a rate or a weight is out of range"
      )
    }
    (self.weights, self.settings) = (weights, settings)
    decoder = weights.decoder
  }

  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try GenerativeFit.reconstruction(
      of: problem, by: name,
      model: DecoderModel(
        decoder: decoder, images: DecoderImages(weights, shape: problem.system.domain),
        settings: settings),
      plan: FitPlan(
        starts: settings.starts, iterations: settings.iterations, rounds: settings.rounds,
        fitsScale: settings.fitsScale, seed: settings.seed), report: report)
  }
}

/// The latent of a decoder.
struct DecoderModel: GenerativeModel {
  let decoder: LatentDecoder
  let images: DecoderImages
  let settings: DecoderLatentSearch.Settings

  func start(_ index: Int) -> [Float] {
    var random = RandomStream(seed: settings.seed).split(stream: UInt64(index))
    return (0..<decoder.architecture.latentSize).map { _ in random.normal() }
  }

  func startName(_ index: Int) -> String { "from draw \(index + 1)" }

  func image(of point: [Float], scale: Float) -> ComplexArray {
    images.image(decoder.forward(point).output, scale: scale)
  }

  func objective(_ target: FitTarget) -> DecoderObjective {
    DecoderObjective(decoder: decoder, images: images, target: target)
  }

  func fit(
    from point: [Float], iterations: Int, to target: FitTarget,
    observe: (Int, Double) throws -> Void
  ) throws -> FittedPoint {
    let rate = settings.rate
    var descent = AdamDescent(objective: objective(target), rate: { _ in rate })
    // Of the whole loss over n, whose gradient gives Adam the same steps.
    let pixels = decoder.architecture.rows * decoder.architecture.columns
    let weight = 2 * settings.priorWeight / Float(pixels)
    descent.addGradient = { point, _, gradient in
      for index in point.indices { gradient[index] += weight * point[index] }
    }
    return FittedPoint(
      point: try descent.run(from: point, iterations: iterations, observe: observe))
  }
}

/// The misfit of the measurements by what a decoder draws.
struct DecoderObjective: MisfitObjective {
  let decoder: LatentDecoder
  let images: DecoderImages
  let target: FitTarget

  func value(at point: [Float]) -> MisfitValue<Void> {
    let pass = target.clock.measure("generator") { decoder.forward(point) }
    let value = target.meanMisfit { scale in
      target.clock.measure("generator") { images.image(pass.output, scale: scale) }
    }
    let gradient = target.clock.measure("generator") {
      decoder.backward(images.gradient(value.gradient, scale: value.factor), pass: pass)
    }
    return MisfitValue(loss: value.loss, misfit: value.misfit, gradient: gradient, inputs: ())
  }
}
