import Arrays
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
}
