import Layers

/// The encoder's view of a level's latent, from the decoder's features and the encoder's of the
/// same resolution.
///
/// In units of the prior, z = μ + exp(l) ε, it is q(ε) = N(q, exp(t)²) with (q, t) predicted: the
/// parametrisation relative to the prior of NVAE (Vahdat & Kautz 2020) with the shift, too, in units
/// of the prior's scale. The divergence −t + ½(exp(2t) + q² − 1) then does not depend on l, which
/// keeps training from blowing up where the prior's scale becomes small.
struct LatentPosterior: Sendable {
  private let first: ConvolutionLayer
  private let second: ConvolutionLayer

  init(_ slots: LadderSlots.Level, layers: ConvolutionLayers) {
    first = layers[slots.posteriorFirst]
    second = layers[slots.posteriorSecond]
  }

  struct Pass {
    /// `[…, 2 · latents]`: shifts, then changes of the log scale.
    let output: Features
    fileprivate let decoderChannels: Int
    fileprivate let joined: ConvolutionLayer.Saved
    fileprivate let hidden: ConvolutionLayer.Saved
  }

  func forward(decoder: Features, encoder: Features) -> Pass {
    let (hidden, joined) = first.forward(
      JoinedFeatures.join(decoder, activating: encoder, slope: LadderArchitecture.slope))
    let (output, saved) = second.forward(hidden, slope: LadderArchitecture.slope)
    return Pass(
      output: output, decoderChannels: decoder.channels, joined: joined, hidden: saved)
  }

  func backward(
    _ gradient: Features, pass: Pass, parameterGradient: ParameterGradient
  ) -> (decoder: Features, encoder: Features) {
    let hidden = second.backward(
      gradient, saved: pass.hidden, parameterGradient: parameterGradient)
    let joined = first.backward(hidden, saved: pass.joined, parameterGradient: parameterGradient)
    let parts = JoinedFeatures.split(
      joined, joined: pass.joined.input, firstChannels: pass.decoderChannels,
      slope: LadderArchitecture.slope)
    return (parts.first, parts.second)
  }

  /// ε = q + exp(t) n, with t limited, and its divergence from the prior.
  static let values = LatentValues(logScale: LadderArchitecture.posteriorLogScaleRange)
}
