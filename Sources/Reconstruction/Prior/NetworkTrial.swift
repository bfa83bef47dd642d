import Arrays
public import Generators
import Layers
import Numerics

/// Runs a network once in every direction, to see that it works.
public enum NetworkTrial {
  /// A clause on the first thing that goes wrong, or nil.
  ///
  /// A sample of the prior is drawn, encoded and drawn again, and a gradient brought back to its
  /// deviations: every weight of decoder and encoder takes part, and every value must be finite.
  public static func fault(of network: LadderNetwork) -> String? {
    let side = max(64, 2 * network.architecture.coarsestFactor)
    let framed = FramedNetwork(network, shape: [side, side])
    var random = RandomStream(seed: 1)
    let sample = (0..<network.architecture.levels).map { level in
      framed.deviation(level: level) { random.normal() }
    }
    func isFinite(_ features: Features) -> Bool { features.values.allSatisfy(\.isFinite) }
    let pass = framed.draw(sample)
    if !isFinite(pass.output) { return "a sample of the prior holds values that are not finite" }
    let gradients = network.generator.backward(pass.output, pass: pass).deviations
    if !gradients.allSatisfy(isFinite) { return "a gradient holds values that are not finite" }
    if gradients.allSatisfy({ $0.values.allSatisfy { $0 == 0 } }) {
      return "the image does not depend on the deviations"
    }
    let encoding = framed.encode(framed.image(of: pass.output))
    if !encoding.allSatisfy(isFinite) { return "the encoder gives values that are not finite" }
    if !isFinite(framed.draw(encoding).output) {
      return "the image of an encoding holds values that are not finite"
    }
    return nil
  }

  /// The same of a StyleGAN2: a sample is drawn, and a gradient brought back to its latent.
  public static func fault(of generator: StyleGANGenerator) -> String? {
    var random = RandomStream(seed: 1)
    let latent = (0..<generator.architecture.latentSize).map { _ in random.normal() }
    let mapped = generator.mapping.forward(latent)
    let pass = generator.forward(styles: [mapped.style], noises: generator.constantNoises)
    if !pass.output.values.allSatisfy(\.isFinite) {
      return "a sample of the prior holds values that are not finite"
    }
    let gradients = generator.backward(pass.output, pass: pass)
    let back = gradients.styles.map { generator.mapping.backward($0, pass: mapped) }
    if !back.joined().allSatisfy(\.isFinite) {
      return "a gradient holds values that are not finite"
    }
    return back.joined().allSatisfy { $0 == 0 } ? "the image does not depend on the latent" : nil
  }

  /// The same of a decoder of one latent.
  public static func fault(of decoder: LatentDecoder) -> String? {
    var random = RandomStream(seed: 1)
    let pass = decoder.forward((0..<decoder.architecture.latentSize).map { _ in random.normal() })
    if !pass.output.values.allSatisfy(\.isFinite) {
      return "a sample of the prior holds values that are not finite"
    }
    let back = decoder.backward(pass.output, pass: pass)
    if !back.allSatisfy(\.isFinite) { return "a gradient holds values that are not finite" }
    return back.allSatisfy { $0 == 0 } ? "the image does not depend on the latent" : nil
  }
}
