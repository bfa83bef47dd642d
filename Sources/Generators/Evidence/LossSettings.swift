import Foundation

extension LadderNetwork {
  /// Settings of the training loss: L1 likelihood per pixel plus the weighted divergences, per pixel.
  ///
  /// What is nil is off, and stands in no record.
  public struct LossSettings: Sendable, Codable, Equatable {
    /// The scale b of the Laplace likelihood exp(−|y − x| / b), in units of the image, where it is fixed.
    public var imageScale: Float = 0.02
    /// Nats per latent value below which the divergence costs nothing, coarse to fine.
    ///
    /// Free bits (Kingma et al. 2016); 0 for levels not named.
    public var freeNats: [Float] = []
    /// Where the scale b comes from; fixed if nil.
    public var outputScale: OutputScale?
    /// How the divergences of the levels are weighted against each other in the warm-up; equally if nil.
    public var balancing: DivergenceBalancing?

    public init(
      imageScale: Float = 0.02, freeNats: [Float] = [], outputScale: OutputScale? = nil,
      balancing: DivergenceBalancing? = nil
    ) {
      (self.imageScale, self.freeNats) = (imageScale, freeNats)
      (self.outputScale, self.balancing) = (outputScale, balancing)
    }

    /// The scale b for a batch of this mean |y − x|.
    package func scale(meanAbsoluteError: Double) -> Double {
      guard outputScale == .batch else { return Double(imageScale) }
      // An error that is not a number must not pass for a small one.
      return meanAbsoluteError < OutputScale.smallest ? OutputScale.smallest : meanAbsoluteError
    }
  }

  /// Where the likelihood's scale b comes from.
  public enum OutputScale: String, Sendable, Codable, CaseIterable {
    /// `imageScale`.
    case fixed
    /// The scale that makes the batch likeliest, in closed form.
    ///
    /// Σ |y − x| / b + n log 2b is least at b = Σ |y − x| / n, the mean over the batch, as the mean squared
    /// error is for a normal density (σ-VAE, Rybkin et al. 2021). There the loss does not change
    /// with b to first order, so that its gradient is that of the likelihood with b held.
    case batch

    /// The least scale of a batch: e⁻⁶, as in the authors' code
    /// (`orybkin/sigma-vae-pytorch`, `softclip(log_sigma, -6)`).
    static let smallest = exp(-6.0)
  }

  /// How the divergences of the levels are weighted against each other while their common weight rises.
  public enum DivergenceBalancing: String, Sendable, Codable, CaseIterable {
    case equal
    /// Level k's divergence is multiplied by γ ∝ (KL + 0.01) / s, of mean 1 over the levels, with KL in
    /// nats an image and s its number of latent values over that of the smallest level: what a level costs
    /// follows its share of the nats a value, so that levels that carry little cost little.
    ///
    /// NVAE (Vahdat & Kautz 2020, appendix A), as its code computes it (`NVlabs/NVAE:utils.py`,
    /// `kl_balancer`); that the paper has the size in the numerator is an error (NVlabs/NVAE, issue 26).
    /// The factors are constants to the gradient, and all 1 once the common weight is 1.
    case nvae

    /// The factor of each level.
    ///
    /// - Parameters:
    ///   - divergences: nats an image, coarse to fine.
    ///   - latents: latent values an image, coarse to fine.
    ///   - weight: the common weight of the warm-up.
    package func factors(divergences: [Double], latents: [Int], weight: Float) -> [Double] {
      guard self == .nvae, weight < 1, let smallest = latents.min() else {
        return divergences.map { _ in 1 }
      }
      let shares = zip(divergences, latents).map { divergence, count in
        (abs(divergence) + 0.01) * Double(smallest) / Double(count)
      }
      let mean = shares.reduce(0, +) / Double(shares.count)
      return shares.map { $0 / mean }
    }
  }
}
