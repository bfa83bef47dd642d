import Arrays
import Foundation
import Kernels

/// Latents given as a shift and a log scale per value, the log scale limited to a range.
///
/// Statistics are `[batch, rows, columns, 2 · latents]`, a pixel's shifts before its log scales, not
/// yet limited. Of a log scale beyond its limit, gradients keep only what leads it back, so that no
/// value is stuck there.
public struct LatentValues: Sendable {
  /// The limits of the log scale.
  public let range: ClosedRange<Float>

  public init(logScale range: ClosedRange<Float>) { self.range = range }

  private var limits: log_range { log_range(low: range.lowerBound, high: range.upperBound) }

  /// Pixels of a piece of work: about 16384 values.
  private func piece(_ latents: Int) -> Int { max(1, 16384 / latents) }

  private func requireLatents(_ values: Features?, of statistics: Features) {
    guard statistics.channels % 2 == 0 else {
      shapeMismatch("\(statistics.channels) channels are no pairs of shift and log scale")
    }
    let expected = statistics.shape.dropLast() + [statistics.channels / 2]
    if let values, values.shape != Array(expected) {
      shapeMismatch("latents \(values.shape) for statistics \(statistics.shape)")
    }
  }

  private func like(
    _ other: Features, channels: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void
  ) -> Features {
    Features(
      batch: other.batch, rows: other.rows, columns: other.columns, channels: channels,
      filledBy: fill)
  }

  /// z = shift + exp(log scale) · ε for deviations ε `[batch, rows, columns, latents]`; the shifts
  /// if nil.
  public func values(_ statistics: Features, deviations: Features?) -> Features {
    requireLatents(deviations, of: statistics)
    let z = statistics.channels / 2
    let (limits, table) = (limits, elements().pointee)
    return like(statistics, channels: z) { out in
      statistics.values.withUnsafeBufferPointer { s in
        withOptionalPointer(deviations?.values) { e in
          nonisolated(unsafe) let (out, s, e) = (out, s.baseAddress, e)
          forPieces(of: statistics.batch * statistics.pixels, target: piece(z)) { range in
            guard let s else { return }
            let p = range.lowerBound
            table.latent(
              range.count, Int32(z), limits, s + p * 2 * z, e.map { $0 + p * z }, out + p * z)
          }
        }
      }
    }
  }

  /// exp(log scale), `[batch, rows, columns, latents]`.
  public func scales(_ statistics: Features) -> Features {
    requireLatents(nil, of: statistics)
    let z = statistics.channels / 2
    return like(statistics, channels: z) { out in
      statistics.values.withUnsafeBufferPointer { s in
        for pixel in 0..<statistics.batch * statistics.pixels {
          for c in 0..<z {
            let logScale = s[pixel * 2 * z + z + c]
            out[pixel * z + c] = exp(min(max(logScale, range.lowerBound), range.upperBound))
          }
        }
      }
    }
  }

  /// The gradients of `values` with respect to deviations and statistics, each only if wanted.
  public func gradients(
    _ gradient: Features, statistics: Features, deviations: Features?, wantsDeviations: Bool = true,
    wantsStatistics: Bool = true
  ) -> (deviations: Features?, statistics: Features?) {
    requireLatents(gradient, of: statistics)
    requireLatents(deviations, of: statistics)
    let z = statistics.channels / 2
    let (limits, table) = (limits, elements().pointee)
    func run(_ toDeviations: UnsafeMutablePointer<Float>?, _ to: UnsafeMutablePointer<Float>?) {
      statistics.values.withUnsafeBufferPointer { s in
        gradient.values.withUnsafeBufferPointer { g in
          withOptionalPointer(deviations?.values) { e in
            nonisolated(unsafe) let (g, s, e) = (g.baseAddress, s.baseAddress, e)
            nonisolated(unsafe) let (toDeviations, to) = (toDeviations, to)
            forPieces(of: statistics.batch * statistics.pixels, target: piece(z)) { range in
              guard let s, let g else { return }
              let p = range.lowerBound
              table.latent_gradient(
                range.count, Int32(z), limits, g + p * z, s + p * 2 * z, e.map { $0 + p * z },
                toDeviations.map { $0 + p * z }, to.map { $0 + p * 2 * z })
            }
          }
        }
      }
    }
    var toStatistics: Features?
    func withStatistics(_ toDeviations: UnsafeMutablePointer<Float>?) {
      if wantsStatistics {
        toStatistics = like(statistics, channels: 2 * z) { run(toDeviations, $0) }
      } else if toDeviations != nil {
        run(toDeviations, nil)
      }
    }
    if wantsDeviations {
      let toDeviations = like(statistics, channels: z) { withStatistics($0) }
      return (toDeviations, toStatistics)
    }
    withStatistics(nil)
    return (nil, toStatistics)
  }

  /// ε = q + exp(t) n for noise n, and the divergence of N(q, exp(t)²) from N(0, 1) in nats, summed
  /// over the batch.
  public func sample(
    _ statistics: Features, noise: Features
  ) -> (deviations: Features, divergence: Double) {
    requireLatents(noise, of: statistics)
    let z = statistics.channels / 2
    let (limits, table) = (limits, elements().pointee)
    let pixels = statistics.batch * statistics.pixels
    let size = piece(z)
    // One sum a piece, added in order.
    var sums = [Double](repeating: 0, count: (pixels + size - 1) / size)
    let deviations = like(statistics, channels: z) { out in
      statistics.values.withUnsafeBufferPointer { s in
        noise.values.withUnsafeBufferPointer { n in
          sums.withUnsafeMutableBufferPointer { sums in
            nonisolated(unsafe) let (out, s, n) = (out, s.baseAddress, n.baseAddress)
            nonisolated(unsafe) let sums = sums
            forPieces(of: pixels, target: size) { range in
              guard let s, let n else { return }
              let p = range.lowerBound
              sums[p / size] = table.posterior(
                range.count, Int32(z), limits, s + p * 2 * z, n + p * z, out + p * z)
            }
          }
        }
      }
    }
    return (deviations, sums.reduce(0, +))
  }

  /// The gradient of likelihood + `weight` · divergence with respect to the statistics of `sample`,
  /// from the likelihood's with respect to ε.
  public func sampleGradient(
    _ gradient: Features, weight: Float, statistics: Features, noise: Features
  ) -> Features {
    requireLatents(gradient, of: statistics)
    requireLatents(noise, of: statistics)
    let z = statistics.channels / 2
    let (limits, table) = (limits, elements().pointee)
    return like(statistics, channels: 2 * z) { out in
      statistics.values.withUnsafeBufferPointer { s in
        noise.values.withUnsafeBufferPointer { n in
          gradient.values.withUnsafeBufferPointer { g in
            nonisolated(unsafe) let (out, g) = (out, g.baseAddress)
            nonisolated(unsafe) let (s, n) = (s.baseAddress, n.baseAddress)
            forPieces(of: statistics.batch * statistics.pixels, target: piece(z)) { range in
              guard let s, let n, let g else { return }
              let p = range.lowerBound
              table.posterior_gradient(
                range.count, Int32(z), limits, weight, g + p * z, s + p * 2 * z, n + p * z,
                out + p * 2 * z)
            }
          }
        }
      }
    }
  }
}
