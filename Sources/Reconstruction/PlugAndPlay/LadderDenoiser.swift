public import Arrays
public import Generators
import Layers

/// A ladder network whose encoder reads a noisy complex image and the level of its noise.
///
/// It is used without drawing anything: the image is what the means of the encoder's posterior give.
public struct LadderDenoiser: ImageDenoiser {
  /// The note of a weights file that says what its network is for.
  public static let roleKey = "role"
  /// What a denoiser's file says there.
  public static let role = "denoiser"

  private let network: LadderNetwork

  /// Throws `ReconstructionError.settings` for the weights of a network that is no denoiser.
  public init(weights: WeightsFile) throws(ReconstructionError) {
    guard weights.architecture.isDenoiser else {
      throw .settings(
        method: "pnp",
        reason: "the encoder of these weights reads \(weights.architecture.encoderChannels) "
          + "channels, where that of a denoiser reads 3 (real part, imaginary part, noise); name a "
          + "denoiser with --denoiser")
    }
    if let role = weights.notes[Self.roleKey], role != Self.role {
      throw .settings(
        method: "pnp",
        reason: "the weights state the role '\(role)', not '\(Self.role)'; name a denoiser with "
          + "--denoiser")
    }
    network = weights.network
  }

  public func denoised(_ image: ComplexArray, level: Float) -> ComplexArray {
    let frame = ImageFrame(shape: image.shape, factor: network.architecture.coarsestFactor)
    let seen = frame.paste(
      image, scale: 1, channels: network.architecture.encoderChannels, noise: level)
    return frame.cut(network.image(ofMeansFor: seen), scale: 1)
  }
}

extension WeightsFile {
  /// Throws, in the name of `method`, for the weights of a denoiser, whose encoder waits for a level of
  /// noise and whose latents are those of noisy images.
  package func requireGenerator(for method: String) throws(ReconstructionError) {
    guard architecture.isDenoiser || notes[LadderDenoiser.roleKey] == LadderDenoiser.role else {
      return
    }
    throw .settings(
      method: method,
      reason: "the weights are those of a denoiser, which 'pnp' uses; name a generator's with "
        + "--weights")
  }
}
