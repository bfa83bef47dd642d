public import Arrays

/// A method with one weight λ between the measurements and what is asked of the image.
///
/// Such methods differ in what `image(of:weight:from:report:)` minimises; how the weight is set is
/// common to all of them, so that none is compared with another by the care that went into its weight.
public protocol WeightedMethod: ReconstructionMethod {
  /// What sets λ, which is in units of the scaled image.
  var regularisation: RegularisationWeight { get }
  /// λ where nothing else can set it: the method's default.
  static var standardWeight: Float { get }
  /// The weights that a search looks at.
  static var weights: WeightLadder { get }

  /// The image for a weight.
  ///
  /// - Parameters:
  ///   - problem: the slice, scaled.
  ///   - weight: λ, 0 or more.
  ///   - start: the image `[rows, columns]` for a weight close by, which saves some of the work; nil
  ///     for none.
  ///   - report: as for `reconstruct`.
  /// - Returns: of the shape that the problem's operator takes, scaled as the problem.
  /// - Throws: `ReconstructionError`, or what `report` throws.
  func image(
    of problem: any InverseProblem, weight: Float, from start: ComplexArray?,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray
}

extension WeightedMethod {
  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    if let number = regularisation.number {
      try requireNotNegative(number, "regularisation", of: name)
      return Reconstruction(
        image: problem.combined(
          try image(of: problem, weight: number, from: nil, report: report)),
        choices: [
          WeightChoice(
            setting: "regularisation", weight: Double(number),
            reason: number == Self.standardWeight ? "the method's default" : "given as a setting")
        ])
    }
    // What is tried takes most of the time; the last image the rest.
    let share = 0.9
    func search(_ progress: ReconstructionProgress) throws {
      try report(
        ReconstructionProgress(
          stage: progress.stage, fraction: share * progress.fraction, misfit: progress.misfit))
    }
    let choice =
      regularisation == .discrepancy
      ? try DiscrepancySearch().choice(self, problem, report: search)
      : try WeightSearch().choice(self, problem, report: search)
    return try reconstruct(problem, choice) { progress in
      try report(
        ReconstructionProgress(
          stage: progress.stage, fraction: share + (1 - share) * progress.fraction,
          misfit: progress.misfit))
    }
  }

  public func reconstruct(
    _ problem: any InverseProblem, keeping chosen: [String: Double],
    report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    guard regularisation.number == nil, let weight = chosen["regularisation"] else {
      return try reconstruct(problem, report: report)
    }
    return try reconstruct(problem, .kept(weight, setting: "regularisation"), report)
  }

  private func reconstruct(
    _ problem: any InverseProblem, _ choice: WeightChoice,
    _ report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    let image = try image(of: problem, weight: Float(choice.weight), from: nil, report: report)
    return Reconstruction(
      image: problem.combined(image), chosen: ["regularisation": choice.weight], choices: [choice])
  }
}

/// Weights from a large one down, each a fixed part of the one before.
public struct WeightLadder: Sendable, Equatable {
  public var largest: Float
  /// Each weight over the one before, between 0 and 1.
  public var ratio: Float
  /// How many there are.
  public var rungs: Int

  public init(largest: Float, ratio: Float, rungs: Int) {
    guard largest > 0, ratio > 0, ratio < 1, rungs >= 3 else {
      fatalError("a ladder of \(rungs) weights from \(largest) by \(ratio)")
    }
    (self.largest, self.ratio, self.rungs) = (largest, ratio, rungs)
  }

  /// The weights, descending.
  public var values: [Float] {
    var values = [largest]
    while values.count < rungs { values.append(values[values.count - 1] * ratio) }
    return values
  }

  /// The index of the weight that is nearest to `weight`, by ratio.
  func rung(of weight: Float) -> Int {
    let values = values
    func distance(_ index: Int) -> Float { max(values[index] / weight, weight / values[index]) }
    return values.indices.min { distance($0) < distance($1) } ?? 0
  }
}
