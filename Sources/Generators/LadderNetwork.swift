import Arrays
import Foundation
public import Layers

/// Decoder and encoder of a ladder variational autoencoder over one flat vector of parameters.
public struct LadderNetwork: Sendable {
  public let architecture: LadderArchitecture
  /// Names, shapes and offsets of the parameters.
  public var layout: ParameterLayout { slots.layout }
  /// All weights and biases, as `layout` says.
  public let parameters: [Float]
  /// The decoder.
  public let generator: Generator
  let slots: LadderSlots
  let encoder: ImageEncoder
  let posteriors: [LatentPosterior]
  let output: ConvolutionLayer

  /// The value of an image's 99.8th percentile in training: with it, the 99th percentile of a head,
  /// which is what a reconstruction is scaled by, lies near 1.
  public static let brightest: Float = 1.2

  /// Makes the network ready; a vector of another length stops the program (`WeightsFile` checks
  /// files before).
  public init(architecture: LadderArchitecture, parameters: [Float]) {
    self.init(slots: LadderSlots(architecture), architecture: architecture, parameters: parameters)
  }

  /// - Parameters:
  ///   - count, work: further pieces of work that the threads do while weights are packed.
  package init(
    slots: LadderSlots, architecture: LadderArchitecture, parameters: [Float],
    besides count: Int = 0, _ work: @Sendable (Int) -> Void = { _ in }
  ) {
    guard parameters.count == slots.layout.count else {
      shapeError("\(parameters.count) parameters for a network of \(slots.layout.count)")
    }
    self.architecture = architecture
    self.parameters = parameters
    self.slots = slots
    let layers = ConvolutionLayers(
      slots.layout, parameters: parameters, besides: count, work)
    output = layers[slots.output]
    let levels = slots.levels.enumerated().map { k, level in
      LadderLevel(level, root: k == 0 ? Array(parameters[slots.root]) : nil, layers: layers)
    }
    generator = Generator(
      architecture: architecture, levels: levels, firstLevel: 0, output: output, root: slots.root)
    encoder = ImageEncoder(slots, layers: layers)
    posteriors = slots.levels.map { LatentPosterior($0, layers: layers) }
  }

  /// The same network with other weights and biases, of the same layout.
  public func replacing(parameters: [Float]) -> LadderNetwork {
    LadderNetwork(slots: slots, architecture: architecture, parameters: parameters)
  }

  /// The length of the parameter vector of an architecture.
  public static func parameterCount(_ architecture: LadderArchitecture) -> Int {
    LadderSlots(architecture).layout.count
  }

  /// The deviations that the encoder's posterior means give for an image.
  ///
  /// - Parameter image: `[batch, rows, columns, encoderChannels]`, sides multiples of the coarsest
  ///   factor.
  /// - Returns: one deviation per level, coarse to fine, in units of the prior's scale.
  public func encode(_ image: Features) -> [Features] {
    posterior(of: image).map(\.mean)
  }

  /// What the encoder holds likely of a level's deviation: a normal density with this mean and scale
  /// at every value.
  public struct LevelPosterior: Sendable {
    public let mean: Features
    public let scale: Features
  }

  /// The encoder's posterior of an image, each level given the means of the coarser ones.
  ///
  /// The image and the order are those of `encode`.
  public func posterior(of image: Features) -> [LevelPosterior] {
    answer(to: image).posteriors
  }

  /// The image that the encoder's posterior means give: what `generator` draws of `encode(image)`, in
  /// one pass.
  ///
  /// `[batch, rows, columns, encoderChannels]` to `[batch, rows, columns, imageChannels]`.
  public func image(ofMeansFor image: Features) -> Features {
    output.forward(answer(to: image).features, slope: LadderArchitecture.slope).output
  }

  /// The posteriors of all levels, and the features of the finest one with the means for its latents.
  private func answer(
    to image: Features
  ) -> (posteriors: [LevelPosterior], features: Features) {
    let encoded = encoder.forward(image)
    var current: Features?
    var answers: [LevelPosterior] = []
    let factor = architecture.coarsestFactor
    for (k, level) in generator.levels.enumerated() {
      let prepared = level.prepare(
        current, batch: image.batch, rows: image.rows / factor, columns: image.columns / factor)
      let statistics = posteriors[k].forward(
        decoder: prepared.features, encoder: encoded.features[k]
      ).output
      let answer = LevelPosterior(
        // Without deviations the values are the shifts.
        mean: LatentPosterior.values.values(statistics, deviations: nil),
        scale: LatentPosterior.values.scales(statistics))
      answers.append(answer)
      let latent = LatentPrior.latent(prior: prepared.prior, deviations: answer.mean)
      current = level.finish(prepared, latent: latent).features
    }
    guard let current else { fatalError("a network without levels") }
    return (answers, current)
  }

  /// The value of the training loss and its parts.
  public struct Evidence: Sendable {
    /// Mean absolute difference between image and reconstruction.
    public var absoluteError: Double
    /// Mean squared difference.
    public var squaredError: Double
    /// Divergence per level, coarse to fine, in nats per image pixel.
    public var divergences: [Double]

    package init(absoluteError: Double, squaredError: Double, divergences: [Double]) {
      self.absoluteError = absoluteError
      self.squaredError = squaredError
      self.divergences = divergences
    }
  }

  /// Settings of the training loss: L1 likelihood of scale `imageScale` per pixel plus the weighted
  /// divergences, per pixel.
  public struct LossSettings: Sendable, Codable, Equatable {
    /// The scale b of the Laplace likelihood exp(−|y − x| / b), in units of the image.
    public var imageScale: Float = 0.02
    /// Nats per latent value below which the divergence costs nothing, coarse to fine.
    ///
    /// Free bits (Kingma et al. 2016); 0 for levels not named.
    public var freeNats: [Float] = []

    public init(imageScale: Float = 0.02, freeNats: [Float] = []) {
      self.imageScale = imageScale
      self.freeNats = freeNats
    }
  }

  /// The noise of one sample of every latent, `[batch, rows, columns, latents]` per level.
  public func latentNoise(
    batch: Int, rows: Int, columns: Int, _ normal: () -> Float
  ) -> [Features] {
    architecture.latents.indices.map { k in
      let s = architecture.deviationShape(level: k, rows: rows, columns: columns)
      let count = batch * s[0] * s[1] * s[2]
      return Features(
        batch: batch, rows: s[0], columns: s[1], channels: s[2],
        values: (0..<count).map { _ in normal() })
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
  public func evidence(
    _ images: Features, from inputs: Features, noise: [Features], settings: LossSettings,
    divergenceWeight: Float, gradient: ParameterGradient? = nil
  ) -> Evidence {
    let factor = architecture.coarsestFactor
    let encoded = encoder.forward(inputs)
    var current: Features?
    var prepared: [LadderLevel.Prepared] = []
    var finished: [LadderLevel.Finished] = []
    var posterior: [LatentPosterior.Pass] = []
    var samples: [Features] = []
    let values = Double(images.values.count)
    var evidence = Evidence(absoluteError: 0, squaredError: 0, divergences: [])
    for (k, level) in generator.levels.enumerated() {
      let p = level.prepare(
        current, batch: images.batch, rows: images.rows / factor, columns: images.columns / factor)
      let q = posteriors[k].forward(decoder: p.features, encoder: encoded.features[k])
      let sample = LatentPosterior.values.sample(q.output, noise: noise[k])
      let f = level.finish(
        p, latent: LatentPrior.latent(prior: p.prior, deviations: sample.deviations))
      evidence.divergences.append(sample.divergence / values)
      current = f.features
      prepared.append(p)
      finished.append(f)
      posterior.append(q)
      samples.append(sample.deviations)
    }
    guard let last = current else { return evidence }
    let (image, savedOutput) = output.forward(last, slope: LadderArchitecture.slope)
    let loss = AbsoluteLoss(
      image: image, target: images, factor: Float(1 / values) / settings.imageScale)
    evidence.absoluteError = loss.absolute / values
    evidence.squaredError = loss.squared / values
    guard let gradient else { return evidence }

    gradient.reset()
    let perValue = Float(1 / values)
    var back = output.backward(loss.gradient, saved: savedOutput, parameterGradient: gradient)
    var encoderGradients: [Features] = []
    for k in stride(from: prepared.count - 1, through: 0, by: -1) {
      let level = generator.levels[k]
      let (features, latent) = level.finishBackward(
        back, saved: finished[k], parameterGradient: gradient)
      let perLatent = evidence.divergences[k] * values / Double(noise[k].values.count)
      let free = k < settings.freeNats.count ? settings.freeNats[k] : 0
      let weight = perLatent < Double(free) ? 0 : divergenceWeight * perValue
      let (toDeviations, toPrior) = LatentPrior.values.gradients(
        latent, statistics: prepared[k].prior, deviations: samples[k])
      guard let toDeviations, let toPrior else { fatalError("a latent without gradients") }
      let toPosterior = LatentPosterior.values.sampleGradient(
        toDeviations, weight: weight, statistics: posterior[k].output, noise: noise[k])
      let (decoder, encoder) = posteriors[k].backward(
        toPosterior, pass: posterior[k], parameterGradient: gradient)
      encoderGradients.append(encoder)
      var total = features
      total.add(decoder)
      if let coarser = level.prepareBackward(
        features: total, prior: toPrior, saved: prepared[k], parameterGradient: gradient,
        root: slots.root)
      {
        back = coarser
      }
    }
    encoder.backward(
      encoderGradients.reversed(), pass: encoded, parameterGradient: gradient)
    return evidence
  }
}
