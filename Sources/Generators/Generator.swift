public import Layers

/// A decoder as a list of levels, coarse to fine: an image is a function of one deviation per level.
///
/// `prefix(k)` and `suffix(from: k)` are slices of the list, values like any other; nothing is
/// mutated. A suffix starts from the features that its prefix gives.
public struct Generator: Sendable {
  /// The levels of this slice.
  public let levels: [LadderLevel]
  /// The position of the slice's first level in the whole decoder.
  public let firstLevel: Int
  /// The convolution that gives the image; nil in a prefix.
  private let output: ConvolutionLayer?
  public let architecture: LadderArchitecture
  /// Where the learned root lies in the flat vector of parameters.
  private let root: Range<Int>

  init(
    architecture: LadderArchitecture, levels: [LadderLevel], firstLevel: Int,
    output: ConvolutionLayer?, root: Range<Int>
  ) {
    self.architecture = architecture
    self.levels = levels
    self.firstLevel = firstLevel
    self.output = output
    self.root = root
  }

  /// The first `count` levels: gives features, not an image.
  public func prefix(_ count: Int) -> Generator {
    Generator(
      architecture: architecture, levels: Array(levels.prefix(count)), firstLevel: firstLevel,
      output: nil, root: root)
  }

  /// Levels `index` and finer of the whole decoder: needs the features of level `index - 1`.
  public func suffix(from index: Int) -> Generator {
    Generator(
      architecture: architecture, levels: Array(levels.dropFirst(index - firstLevel)),
      firstLevel: index, output: output, root: root)
  }

  /// `[rows, columns, latents]` of the deviation of level `index` for an image of `rows × columns`.
  public func deviationShape(level index: Int, rows: Int, columns: Int) -> [Int] {
    architecture.deviationShape(level: index, rows: rows, columns: columns)
  }

  /// A deviation of zeros: the prior's mean.
  public func zeroDeviation(level index: Int, rows: Int, columns: Int) -> Features {
    let s = deviationShape(level: index, rows: rows, columns: columns)
    return Features(rows: s[0], columns: s[1], channels: s[2], repeating: 0)
  }

  /// What the coarsest level gives before its latent: it depends on the image's size alone, so that
  /// passes of one size can share it.
  public struct Start: Sendable {
    let prepared: LadderLevel.Prepared
  }

  /// The start of passes for images of `rows × columns`; nil for a slice without the coarsest level.
  public func start(batch: Int = 1, rows: Int, columns: Int) -> Start? {
    guard firstLevel == 0, let level = levels.first else { return nil }
    let factor = architecture.coarsestFactor
    return Start(
      prepared: level.prepare(
        nil, batch: batch, rows: rows / factor, columns: columns / factor))
  }

  /// Runs the slice.
  ///
  /// - Parameters:
  ///   - deviations: one entry per level of the slice, `[batch, rows, columns, latents]`; nil or a
  ///     missing entry is the prior's mean.
  ///   - features: what the levels before the slice gave; nil for a slice from level 0.
  ///   - start: from `start(batch:rows:columns:)` for this size; nil to compute it.
  ///   - rows, columns: the image's size, multiples of the architecture's `coarsestFactor`.
  /// - Returns: the image `[batch, rows, columns, 1]` (or a prefix's features), and what a backward
  ///   pass needs.
  public func forward(
    _ deviations: [Features?], from features: Features? = nil, start: Start? = nil, rows: Int,
    columns: Int
  ) -> Pass {
    let factor = architecture.coarsestFactor
    guard rows % factor == 0, columns % factor == 0 else {
      fatalError("image \(rows) × \(columns): the sides must be multiples of \(factor)")
    }
    let batch = features?.batch ?? deviations.compactMap { $0?.batch }.first ?? 1
    var current = features
    var steps: [Pass.Step] = []
    for (i, level) in levels.enumerated() {
      let deviation = i < deviations.count ? deviations[i] : nil
      let prepared: LadderLevel.Prepared
      if let start, i == 0 && firstLevel == 0 {
        let shape = [batch, rows / factor, columns / factor]
        guard Array(start.prepared.features.shape.dropLast()) == shape else {
          fatalError("a start of shape \(start.prepared.features.shape) for \(shape)")
        }
        prepared = start.prepared
      } else {
        prepared = level.prepare(
          current, batch: batch, rows: rows / factor, columns: columns / factor)
      }
      let z = LatentPrior.latent(prior: prepared.prior, deviations: deviation)
      let finished = level.finish(prepared, latent: z)
      steps.append(Pass.Step(prepared: prepared, finished: finished, deviation: deviation))
      current = finished.features
    }
    guard let last = current else { fatalError("a generator without levels") }
    guard let output else { return Pass(output: last, steps: steps, outputInput: nil) }
    let (image, saved) = output.forward(last, slope: LadderArchitecture.slope)
    return Pass(output: image, steps: steps, outputInput: saved)
  }

  /// A forward pass: its result and what the backward pass needs.
  public struct Pass {
    /// The image `[batch, rows, columns, 1]`, or a prefix's features.
    public let output: Features
    struct Step {
      let prepared: LadderLevel.Prepared
      let finished: LadderLevel.Finished
      let deviation: Features?
    }
    let steps: [Step]
    let outputInput: ConvolutionLayer.Saved?

    /// The features after level `index` of the slice.
    public func features(afterLevel index: Int) -> Features { steps[index].finished.features }
  }

  /// Gradients with respect to deviations, coarse to fine, and to the features that the slice started
  /// from (nil from level 0).
  ///
  /// - Parameters:
  ///   - gradient: with respect to the pass's output.
  ///   - moving: the number of levels, from the slice's first, whose deviations' gradients are wanted
  ///     (all if nil); for the others nothing is computed that the coarser ones do not need.
  ///   - wantsFeatures: whether the gradient with respect to the features is wanted.
  ///   - parameterGradient: set to the gradient with respect to the weights of the slice, if given; zeros at
  ///     those of other levels and of the encoder. The pass must have been made with these weights, its
  ///     `start` included.
  public func backward(
    _ gradient: Features, pass: Pass, moving: Int? = nil, wantsFeatures: Bool = true,
    parameterGradient: ParameterGradient? = nil
  ) -> (deviations: [Features], features: Features?) {
    let moving = min(moving ?? levels.count, levels.count)
    parameterGradient?.reset()
    var current: Features? = gradient
    if let output, let saved = pass.outputInput {
      current = output.backward(gradient, saved: saved, parameterGradient: parameterGradient)
    }
    var deviations: [Features] = []
    for (index, (level, step)) in zip(levels, pass.steps).enumerated().reversed() {
      guard let fine = current else { break }
      let (features, latent) = level.finishBackward(
        fine, saved: step.finished, parameterGradient: parameterGradient)
      let goesOn =
        index > 0 || (firstLevel > 0 && wantsFeatures) || parameterGradient != nil
      let (deviation, prior) = LatentPrior.values.gradients(
        latent, statistics: step.prepared.prior, deviations: step.deviation,
        wantsDeviations: index < moving, wantsStatistics: goesOn)
      if let deviation { deviations.append(deviation) }
      current = prior.flatMap {
        level.prepareBackward(
          features: features, prior: $0, saved: step.prepared,
          parameterGradient: parameterGradient, root: root)
      }
    }
    return (deviations.reversed(), current)
  }
}
