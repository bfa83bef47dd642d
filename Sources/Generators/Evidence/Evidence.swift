public import Layers

extension LadderNetwork {
  /// The value of the training loss and its parts.
  public struct Evidence: Sendable {
    /// Mean absolute difference between image and reconstruction.
    public var absoluteError: Double
    /// Mean squared difference.
    public var squaredError: Double
    /// Divergence per level, coarse to fine, in nats per image pixel.
    public var divergences: [Double]
    /// The scale b of the likelihood.
    public var outputScale = 0.0

    package init(absoluteError: Double, squaredError: Double, divergences: [Double]) {
      self.absoluteError = absoluteError
      self.squaredError = squaredError
      self.divergences = divergences
    }
  }

  /// The negative evidence lower bound of a batch, and its gradient if `gradient` is given.
  ///
  /// - Parameters:
  ///   - images: what the decoder should draw, `[batch, rows, columns, imageChannels]`.
  ///   - inputs: what the encoder sees of them, `[batch, rows, columns, encoderChannels]`: the images
  ///     themselves, or what undersampling left of them.
  ///   - noise: from `latentNoise`.
  ///   - divergenceWeight: the warm-up weight of all divergences.
  ///   - gradient: set to the gradient of the mean loss per pixel.
  ///   - judgement: the gradient of a further loss with respect to the image that was drawn, shaped
  ///     like it; asked for with the gradient alone.
  public func evidence(
    _ images: Features, from inputs: Features, noise: [Features], settings: LossSettings,
    divergenceWeight: Float, gradient: ParameterGradient? = nil,
    judgement: ((Features) -> Features)? = nil
  ) -> Evidence {
    let draw = draw(of: inputs, noise: noise)
    let values = Double(images.values.count)
    var evidence = Evidence(
      absoluteError: 0, squaredError: 0,
      divergences: draw.levels.map { $0.divergence / values })
    let perValue = Float(1 / values)
    let loss = AbsoluteLoss(
      image: draw.image, target: images, factor: perValue / settings.imageScale)
    evidence.absoluteError = loss.absolute / values
    evidence.squaredError = loss.squared / values
    let scale = settings.scale(meanAbsoluteError: evidence.absoluteError)
    evidence.outputScale = scale
    guard let gradient else { return evidence }

    var toImage = loss.gradient
    if settings.outputScale == .batch {
      toImage =
        AbsoluteLoss(image: draw.image, target: images, factor: perValue / Float(scale)).gradient
    }
    if let judgement { toImage.add(judgement(draw.image)) }
    backward(
      toImage, draw: draw,
      weights: weights(
        of: draw, images: images.batch, settings: settings, divergenceWeight: divergenceWeight
      ).map { $0 * perValue },
      gradient: gradient)
    return evidence
  }

  /// The weight of each level's divergence in the gradient, before it is shared out over the values.
  private func weights(
    of draw: Draw, images: Int, settings: LossSettings, divergenceWeight: Float
  ) -> [Float] {
    let factors = (settings.balancing ?? .equal).factors(
      divergences: draw.levels.map { $0.divergence / Double(images) },
      latents: draw.levels.map { $0.noise.values.count / images }, weight: divergenceWeight)
    return draw.levels.enumerated().map { k, level in
      let perLatent = level.divergence / Double(level.noise.values.count)
      let free = k < settings.freeNats.count ? settings.freeNats[k] : 0
      return perLatent < Double(free) ? 0 : divergenceWeight * Float(factors[k])
    }
  }
}

/// A pass from the encoder's inputs through one sample of every latent to the image, and back.
extension LadderNetwork {
  private struct Draw {
    struct Level {
      let prepared: LadderLevel.Prepared
      let finished: LadderLevel.Finished
      let posterior: LatentPosterior.Pass
      let noise: Features
      let deviations: Features
      /// In nats, summed over the batch.
      let divergence: Double
    }

    let encoded: ImageEncoder.Pass
    /// Coarse to fine.
    let levels: [Level]
    let image: Features
    let output: ConvolutionLayer.Saved
  }

  private func draw(of inputs: Features, noise: [Features]) -> Draw {
    let factor = architecture.coarsestFactor
    let encoded = encoder.forward(inputs)
    var current: Features?
    var levels: [Draw.Level] = []
    for (k, level) in generator.levels.enumerated() {
      let prepared = level.prepare(
        current, batch: inputs.batch, rows: inputs.rows / factor, columns: inputs.columns / factor)
      let posterior = posteriors[k].forward(
        decoder: prepared.features, encoder: encoded.features[k])
      let sample = LatentPosterior.values.sample(posterior.output, noise: noise[k])
      let finished = level.finish(
        prepared,
        latent: LatentPrior.latent(prior: prepared.prior, deviations: sample.deviations))
      current = finished.features
      levels.append(
        Draw.Level(
          prepared: prepared, finished: finished, posterior: posterior, noise: noise[k],
          deviations: sample.deviations, divergence: sample.divergence))
    }
    guard let last = current else { fatalError("a network without levels") }
    let (image, saved) = output.forward(last, slope: LadderArchitecture.slope)
    return Draw(encoded: encoded, levels: levels, image: image, output: saved)
  }

  /// Sets `gradient` from that with respect to the image and the weight of each level's divergence.
  private func backward(
    _ toImage: Features, draw: Draw, weights: [Float], gradient: ParameterGradient
  ) {
    gradient.reset()
    var back = output.backward(toImage, saved: draw.output, parameterGradient: gradient)
    var encoderGradients: [Features] = []
    for (k, step) in draw.levels.enumerated().reversed() {
      let level = generator.levels[k]
      let (features, latent) = level.finishBackward(
        back, saved: step.finished, parameterGradient: gradient)
      let (toDeviations, toPrior) = LatentPrior.values.gradients(
        latent, statistics: step.prepared.prior, deviations: step.deviations)
      guard let toDeviations, let toPrior else { fatalError("a latent without gradients") }
      let toPosterior = LatentPosterior.values.sampleGradient(
        toDeviations, weight: weights[k], statistics: step.posterior.output, noise: step.noise)
      let (decoder, encoder) = posteriors[k].backward(
        toPosterior, pass: step.posterior, parameterGradient: gradient)
      encoderGradients.append(encoder)
      var total = features
      total.add(decoder)
      if let coarser = level.prepareBackward(
        features: total, prior: toPrior, saved: step.prepared, parameterGradient: gradient,
        root: slots.root)
      {
        back = coarser
      }
    }
    encoder.backward(
      encoderGradients.reversed(), pass: draw.encoded, parameterGradient: gradient)
  }
}
