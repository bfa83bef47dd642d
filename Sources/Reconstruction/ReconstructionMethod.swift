public import Arrays

/// A way from measurements to an image.
public protocol ReconstructionMethod: Sendable {
  /// The name on the command line and in tables, such as `l1-wavelet`.
  var name: String { get }

  associatedtype Settings: Encodable
  /// All that determines the method's images beside data and weights, for the record of a run.
  var settings: Settings { get }

  /// Whether the method solves problems of several sets of coil maps as well; others get the first set.
  var usesMapSets: Bool { get }

  /// What the method does with its settings and when it ends, a sentence each, for those who ask.
  var account: [String] { get }

  /// The image of a problem; the same for every number of threads.
  ///
  /// - Parameters:
  ///   - problem: operator and measurements, scaled: a slice of a scan, or a real image behind any linear
  ///     operator.
  ///   - report: called now and then from the calling thread; what it throws ends the work.
  /// - Throws: `ReconstructionError`, or what `report` throws.
  func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction

  /// The same with weights that another slice of the scan chose from its data, as far as the method finds
  /// nothing against them.
  ///
  /// - Parameter chosen: `Reconstruction.chosen` of that slice; what the method has no use for, or does not
  ///   find there, changes nothing.
  func reconstruct(
    _ problem: any InverseProblem, keeping chosen: [String: Double],
    report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction
}

extension ReconstructionMethod {
  public func reconstruct(
    _ problem: any InverseProblem, keeping chosen: [String: Double],
    report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    try reconstruct(problem, report: report)
  }
}

extension ReconstructionMethod {
  public var account: [String] { [] }
  public var usesMapSets: Bool { false }
}

/// How far a method is with a slice.
public struct ReconstructionProgress: Sendable {
  /// What is going on, such as `level 3` or `FISTA`.
  public var stage: String
  /// Work done in this method and slice, as a share of 1.
  public var fraction: Double
  /// The measurements' misfit relative to their norm, ‖A x − y‖ / ‖y‖.
  public var misfit: Double

  public init(stage: String, fraction: Double, misfit: Double) {
    self.stage = stage
    self.fraction = fraction
    self.misfit = misfit
  }
}

/// What a method gives for a slice.
public struct Reconstruction: Sendable {
  /// The image after one stage, for methods that have stages.
  public struct Stage: Sendable {
    public var name: String
    /// `[rows, columns]`, scaled as the problem.
    public var image: ComplexArray
    /// ‖A x − y‖ / ‖y‖ of this image.
    public var misfit: Double
    public var iterations: Int

    public init(name: String, image: ComplexArray, misfit: Double, iterations: Int) {
      self.name = name
      self.image = image
      self.misfit = misfit
      self.iterations = iterations
    }
  }

  /// The final image, `[rows, columns]`, scaled as the problem.
  public var image: ComplexArray
  /// The stages in order; empty for methods without.
  public var stages: [Stage]
  /// Values that the method chose from the data, such as a threshold, for the record.
  public var chosen: [String: Double]
  /// How the method came to its weights.
  public var choices: [WeightChoice]
  /// Seconds by part of the work, such as `generator` and `operator`; what is missing is the rest.
  public var seconds: [String: Double]
  /// What whoever reads the image should be told, a sentence each.
  public var warnings: [String]
  /// Images that measurements and prior allow beside the final one, for methods that were asked for
  /// some; of its shape and scale.
  public var draws: [ComplexArray]

  public init(
    image: ComplexArray, stages: [Stage] = [], chosen: [String: Double] = [:],
    choices: [WeightChoice] = [], seconds: [String: Double] = [:], warnings: [String] = [],
    draws: [ComplexArray] = []
  ) {
    self.image = image
    self.stages = stages
    self.chosen = chosen
    self.choices = choices
    self.seconds = seconds
    self.warnings = warnings
    self.draws = draws
  }
}
