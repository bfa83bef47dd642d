import Foundation
import Layers

/// The encoder's view of a level's latent: a shift of the prior's mean and a change of its log
/// scale, from the decoder's features and the encoder's of the same resolution.
///
/// q(z) = N(μ + q, exp(l + t)²) with (q, t) predicted: the parametrisation relative to the prior of
/// NVAE (Vahdat & Kautz 2020), which makes the divergence small where the image says nothing.
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

  /// A sample of the posterior, the divergence from the prior, and both gradients.
  struct Sample {
    let latent: Features
    /// Kullback–Leibler divergence in nats, summed over the batch.
    let divergence: Double
  }

  /// z = μ + q + exp(s) n with s = l + t limited to `posteriorLogScaleRange`.
  static func sample(prior: Features, posterior: Features, noise: Features) -> Sample {
    let z = prior.channels / 2
    var latent = noise
    var divergence = 0.0
    latent.values.withUnsafeMutableBufferPointer { out in
      prior.values.withUnsafeBufferPointer { p in
        posterior.values.withUnsafeBufferPointer { q in
          for pixel in 0..<out.count / z {
            for c in 0..<z {
              let t = Terms(p, q, pixel: pixel, channel: c, latents: z)
              let i = pixel * z + c
              out[i] = p[pixel * 2 * z + c] + t.shift + exp(t.posteriorLog) * out[i]
              divergence += Double(t.divergence)
            }
          }
        }
      }
    }
    return Sample(latent: latent, divergence: divergence)
  }

  /// Gradients with respect to the prior's and the posterior's outputs, given the latent's gradient
  /// and the weight of the divergence in the loss.
  static func backward(
    latentGradient: Features, divergenceWeight: Float, prior: Features, posterior: Features,
    noise: Features
  ) -> (prior: Features, posterior: Features) {
    let z = prior.channels / 2
    var toPrior = prior
    var toPosterior = posterior
    toPrior.values.withUnsafeMutableBufferPointer { dp in
      toPosterior.values.withUnsafeMutableBufferPointer { dq in
        prior.values.withUnsafeBufferPointer { p in
          posterior.values.withUnsafeBufferPointer { q in
            for pixel in 0..<latentGradient.values.count / z {
              for c in 0..<z {
                let t = Terms(p, q, pixel: pixel, channel: c, latents: z)
                let g = latentGradient.values[pixel * z + c]
                let n = noise.values[pixel * z + c]
                let w = divergenceWeight
                let ratio = exp(2 * (t.posteriorLog - t.priorLog))
                let inverse = exp(-2 * t.priorLog)
                // d/ds of loss and divergence, with s the posterior's log scale.
                let ds =
                  t.posteriorFree ? g * n * exp(t.posteriorLog) + w * (ratio - 1) : 0
                let dl = w * (1 - ratio - t.shift * t.shift * inverse) + ds
                dp[pixel * 2 * z + c] = g
                dp[pixel * 2 * z + z + c] = t.priorFree ? dl : 0
                dq[pixel * 2 * z + c] = g + w * t.shift * inverse
                dq[pixel * 2 * z + z + c] = ds
              }
            }
          }
        }
      }
    }
    return (toPrior, toPosterior)
  }

  /// The quantities of one latent value.
  private struct Terms {
    let shift: Float
    let priorLog: Float
    let posteriorLog: Float
    let priorFree: Bool
    let posteriorFree: Bool

    init(
      _ p: UnsafeBufferPointer<Float>, _ q: UnsafeBufferPointer<Float>, pixel: Int, channel c: Int,
      latents z: Int
    ) {
      let (low, high) = (
        LadderArchitecture.logScaleRange, LadderArchitecture.posteriorLogScaleRange
      )
      let raw = p[pixel * 2 * z + z + c]
      priorFree = low.contains(raw)
      priorLog = min(max(raw, low.lowerBound), low.upperBound)
      shift = q[pixel * 2 * z + c]
      let sum = priorLog + q[pixel * 2 * z + z + c]
      posteriorFree = high.contains(sum)
      posteriorLog = min(max(sum, high.lowerBound), high.upperBound)
    }

    /// KL(q ‖ p) of two Gaussians.
    var divergence: Float {
      let u = posteriorLog - priorLog
      return -u + 0.5 * exp(2 * u) + 0.5 * shift * shift * exp(-2 * priorLog) - 0.5
    }
  }
}
