import Foundation
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

  init(_ slots: LadderSlots.Level, parameters: [Float]) {
    first = ConvolutionLayer(slots.posteriorFirst, parameters: parameters)
    second = ConvolutionLayer(slots.posteriorSecond, parameters: parameters)
  }

  struct Pass {
    /// `[…, 2 · latents]`: shifts, then changes of the log scale.
    let output: Features
    fileprivate let activated: PaddedFeatures
    fileprivate let joined: PaddedFeatures
    fileprivate let hidden: PaddedFeatures
  }

  func forward(decoder: Features, encoder: Features) -> Pass {
    let activated = PaddedFeatures(encoder, border: 0, slope: LadderArchitecture.slope)
    let (hidden, joined) = first.forward(decoder.concatenated(with: activated.activated))
    let (output, saved) = second.forward(hidden, slope: LadderArchitecture.slope)
    return Pass(output: output, activated: activated, joined: joined, hidden: saved)
  }

  func backward(
    _ gradient: Features, pass: Pass, parameterGradient: ParameterGradient
  ) -> (decoder: Features, encoder: Features) {
    let hidden = pass.hidden.backward(
      second.backward(gradient, saved: pass.hidden, parameterGradient: parameterGradient))
    let joined = first.backward(hidden, saved: pass.joined, parameterGradient: parameterGradient)
    let decoderChannels = joined.channels - pass.activated.channels
    return (
      joined.channels(0..<decoderChannels),
      pass.activated.backward(joined.channels(decoderChannels..<joined.channels))
    )
  }

  /// A sample of the posterior and its divergence from the prior.
  struct Sample {
    /// ε, in units of the prior's scale.
    let deviations: Features
    /// Kullback–Leibler divergence in nats, summed over the batch.
    let divergence: Double
  }

  /// ε = q + exp(t) n, with t limited to `LadderArchitecture.posteriorLogScaleRange`.
  static func sample(posterior: Features, noise: Features) -> Sample {
    let z = posterior.channels / 2
    let range = LadderArchitecture.posteriorLogScaleRange
    var deviations = noise
    var divergence = 0.0
    deviations.values.withUnsafeMutableBufferPointer { out in
      posterior.values.withUnsafeBufferPointer { p in
        for pixel in 0..<out.count / z {
          for c in 0..<z {
            let q = p[pixel * 2 * z + c]
            let t = range.clamped(p[pixel * 2 * z + z + c])
            let scale = exp(t)
            let i = pixel * z + c
            out[i] = q + scale * out[i]
            divergence += Double(0.5 * (scale * scale + q * q - 1) - t)
          }
        }
      }
    }
    return Sample(deviations: deviations, divergence: divergence)
  }

  /// The gradient with respect to the posterior's output.
  ///
  /// - Parameters:
  ///   - deviationGradient: the gradient of the likelihood with respect to ε.
  ///   - divergenceWeight: the weight of the divergence in the loss.
  static func backward(
    deviationGradient: Features, divergenceWeight w: Float, posterior: Features, noise: Features
  ) -> Features {
    let z = posterior.channels / 2
    let range = LadderArchitecture.posteriorLogScaleRange
    var gradient = posterior
    gradient.values.withUnsafeMutableBufferPointer { out in
      for pixel in 0..<noise.values.count / z {
        for c in 0..<z {
          let (mean, log) = (pixel * 2 * z + c, pixel * 2 * z + z + c)
          let g = deviationGradient.values[pixel * z + c]
          let raw = out[log]
          let scale = exp(range.clamped(raw))
          out[mean] = g + w * out[mean]
          out[log] = range.passing(
            g * noise.values[pixel * z + c] * scale + w * (scale * scale - 1), at: raw)
        }
      }
    }
    return gradient
  }
}

extension ClosedRange<Float> {
  func clamped(_ value: Float) -> Float { Swift.min(Swift.max(value, lowerBound), upperBound) }

  /// The gradient that a limited value hands on: whole inside the range, and outside it only what
  /// leads back, so that no value is stuck beyond its limit.
  func passing(_ gradient: Float, at value: Float) -> Float {
    if value > upperBound { return Swift.max(0, gradient) }
    if value < lowerBound { return Swift.min(0, gradient) }
    return gradient
  }
}
