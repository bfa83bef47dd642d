import Foundation
import Layers

/// The latent of a level as its prior mean plus a deviation in units of its prior scale:
/// z = μ + exp(l) ε, with l limited to `LadderArchitecture.logScaleRange`.
enum LatentPrior {
  /// z for the deviations ε, `[…, latents]`; ε = 0 if nil.
  static func latent(prior: Features, deviations: Features?) -> Features {
    let z = prior.channels / 2
    let range = LadderArchitecture.logScaleRange
    var result = Features(
      batch: prior.batch, rows: prior.rows, columns: prior.columns, channels: z, repeating: 0)
    result.values.withUnsafeMutableBufferPointer { out in
      prior.values.withUnsafeBufferPointer { p in
        for pixel in 0..<out.count / z {
          for c in 0..<z { out[pixel * z + c] = p[pixel * 2 * z + c] }
        }
        guard let deviations else { return }
        deviations.values.withUnsafeBufferPointer { e in
          for pixel in 0..<out.count / z {
            for c in 0..<z {
              let l = range.clamped(p[pixel * 2 * z + z + c])
              out[pixel * z + c] += exp(l) * e[pixel * z + c]
            }
          }
        }
      }
    }
    return result
  }

  /// Gradients with respect to the deviations and to the prior's means and log scales.
  static func backward(
    latentGradient: Features, prior: Features, deviations: Features?
  ) -> (deviations: Features, prior: Features) {
    let z = prior.channels / 2
    let range = LadderArchitecture.logScaleRange
    var toDeviations = latentGradient
    var toPrior = Features(
      batch: prior.batch, rows: prior.rows, columns: prior.columns, channels: 2 * z, repeating: 0)
    toDeviations.values.withUnsafeMutableBufferPointer { de in
      toPrior.values.withUnsafeMutableBufferPointer { dp in
        prior.values.withUnsafeBufferPointer { p in
          for pixel in 0..<de.count / z {
            for c in 0..<z {
              let i = pixel * z + c
              let raw = p[pixel * 2 * z + z + c]
              let scale = exp(range.clamped(raw))
              let g = de[i]
              dp[pixel * 2 * z + c] = g
              if let deviations {
                dp[pixel * 2 * z + z + c] = range.passing(
                  g * scale * deviations.values[i], at: raw)
              }
              de[i] = g * scale
            }
          }
        }
      }
    }
    return (toDeviations, toPrior)
  }
}
