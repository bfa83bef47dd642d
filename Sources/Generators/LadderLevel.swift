import Layers

/// One resolution of the decoder: features from the coarser level give the prior of this level's
/// latent; the latent is added back to the features.
///
/// `prepare` (features and prior) and `finish` (latent to features) are apart because a latent can
/// come from the prior's mean, from deviations that a reconstruction optimises, or from the encoder.
public struct LadderLevel: Sendable {
  /// Latent channels.
  let latents: Int
  private let width: Int
  private let root: [Float]?
  private let upsampling: ConvolutionLayer?
  private let entry: ResidualBlock
  private let prior: ConvolutionLayer
  private let latent: ConvolutionLayer
  private let exit: ResidualBlock

  init(_ slots: LadderSlots.Level, root: [Float]?, layers: ConvolutionLayers) {
    self.root = root
    width = slots.latent.shape.outputs
    latents = slots.latent.shape.inputs
    upsampling = slots.upsampling.map { layers[$0] }
    entry = ResidualBlock(slots.entry, layers: layers)
    prior = layers[slots.prior]
    latent = layers[slots.latent]
    exit = ResidualBlock(slots.exit, layers: layers)
  }

  /// Features of this level before its latent, with the latent's prior.
  struct Prepared {
    let features: Features
    /// `[…, 2 · latents]`: prior means, then log scales as predicted (not yet limited).
    let prior: Features
    fileprivate let upsampled: ConvolutionLayer.Saved?
    fileprivate let entry: ResidualBlock.Saved
    fileprivate let priorInput: ConvolutionLayer.Saved
  }

  /// `coarser` is the coarser level's output; nil at the coarsest level, whose features start from
  /// the learned root on a grid of `rows × columns`.
  func prepare(_ coarser: Features?, batch: Int, rows: Int, columns: Int) -> Prepared {
    var features: Features
    var savedUpsampled: ConvolutionLayer.Saved?
    if let coarser, let upsampling {
      (features, savedUpsampled) = upsampling.forward(
        upsampled(coarser), slope: LadderArchitecture.slope)
    } else {
      features = start(batch: batch, rows: rows, columns: columns)
    }
    let (entered, savedEntry) = entry.forward(features)
    let (statistics, savedPrior) = prior.forward(entered)
    return Prepared(
      features: entered, prior: statistics, upsampled: savedUpsampled, entry: savedEntry,
      priorInput: savedPrior)
  }

  /// The learned root at every pixel.
  private func start(batch: Int, rows: Int, columns: Int) -> Features {
    let (root, width) = (root ?? Array(repeating: 0, count: width), width)
    return Features(batch: batch, rows: rows, columns: columns, channels: width) { out in
      root.withUnsafeBufferPointer { root in
        guard let from = root.baseAddress else { return }
        for pixel in 0..<batch * rows * columns {
          (out + pixel * width).update(from: from, count: width)
        }
      }
    }
  }

  struct Finished {
    let features: Features
    fileprivate let latentInput: ConvolutionLayer.Saved
    fileprivate let exit: ResidualBlock.Saved
  }

  /// The level's output for the latent `z`, `[…, latents]`.
  func finish(_ prepared: Prepared, latent z: Features) -> Finished {
    let (added, savedLatent) = latent.forward(z, adding: prepared.features)
    let (output, savedExit) = exit.forward(added)
    return Finished(features: output, latentInput: savedLatent, exit: savedExit)
  }

  /// Gradients with respect to the features before the latent, and to the latent.
  func finishBackward(
    _ gradient: Features, saved: Finished, parameterGradient: ParameterGradient? = nil
  ) -> (features: Features, latent: Features) {
    let features = exit.backward(
      gradient, saved: saved.exit, parameterGradient: parameterGradient)
    let z = latent.backward(
      features, saved: saved.latentInput, parameterGradient: parameterGradient)
    return (features, z)
  }

  /// The gradient with respect to the coarser level's output (nil at the coarsest level).
  func prepareBackward(
    features gradient: Features, prior priorGradient: Features, saved: Prepared,
    parameterGradient: ParameterGradient? = nil, root: Range<Int>? = nil
  ) -> Features? {
    // Without parameters to train, nothing lies before the coarsest level.
    if upsampling == nil && parameterGradient == nil { return nil }
    let total = prior.backward(
      priorGradient, saved: saved.priorInput, parameterGradient: parameterGradient,
      adding: gradient)
    let entered = entry.backward(
      total, saved: saved.entry, parameterGradient: parameterGradient)
    if let upsampling, let savedUpsampled = saved.upsampled {
      return upsamplingAdjoint(
        upsampling.backward(
          entered, saved: savedUpsampled, parameterGradient: parameterGradient))
    }
    if let root, let parameterGradient {
      parameterGradient.withValues { values in
        entered.values.withUnsafeBufferPointer { g in
          for pixel in 0..<entered.batch * entered.pixels {
            for c in 0..<root.count {
              values[root.lowerBound + c] += g[pixel * root.count + c]
            }
          }
        }
      }
    }
    return nil
  }
}
