public import Acquisition
import Arrays
import Evaluation
import Foundation
import LinearOperators
import Numerics
public import Reconstruction
import ScanFiles

/// Images that are measured by a linear operator and reconstructed by several methods.
///
/// Measurements, with their noise, are simulated from whole magnitude images; the methods get operator,
/// measurements and the level of the noise. Operator and mask are the same for all images of a run, the
/// noise is another one for each.
public struct SolveRun: Sendable {
  /// What there is to do besides images and methods.
  public struct Settings: Sendable {
    public var task: SolveTask
    public var noiseModel = MeasurementNoiseModel.gaussian
    /// The standard deviation of the noise as a share of each image's largest value.
    public var noise: Double
    public var seed: UInt64 = 0

    public init(task: SolveTask, noise: Double) { (self.task, self.noise) = (task, noise) }
  }

  public let images: [WholeImage]
  public let methods: [any ReconstructionMethod]
  public let settings: Settings
  /// The weights files that were used, if any.
  public let weights: String?
  public let denoiser: String?
  public let styleGAN: String?
  public let decoders: [WeightsLocation.Role: String]

  /// Prepares a run.
  ///
  /// Throws `ExperimentError` for noise that does not suit the task, and without images or methods.
  public init(
    images: [WholeImage], methods: [any ReconstructionMethod], settings: Settings,
    weights: String? = nil, denoiser: String? = nil, styleGAN: String? = nil,
    decoders: [WeightsLocation.Role: String] = [:]
  ) throws(ExperimentError) {
    guard !images.isEmpty, !methods.isEmpty else {
      throw ExperimentError("there are no images or no methods; name at least one of each")
    }
    guard settings.noise >= 0, settings.noise.isFinite else {
      throw ExperimentError("a noise of \(settings.noise) cannot be added; give 0 or more")
    }
    guard settings.noiseModel == .gaussian || settings.task.hasMagnitudes else {
      throw ExperimentError(
        "Rician noise is that of magnitude images, which '\(settings.task.name)' with "
          + "'\(settings.task.variant)' does not measure; choose gaussian")
    }
    (self.images, self.methods, self.settings) = (images, methods, settings)
    (self.weights, self.denoiser, self.styleGAN) = (weights, denoiser, styleGAN)
    self.decoders = decoders
  }

  /// Task, noise and seed in words.
  public var condition: String {
    let noise =
      settings.noise == 0
      ? "no noise"
      : "\(settings.noiseModel == .rician ? "Rician" : "Gaussian") noise of \(settings.noise)"
    return "\(settings.task.text), \(noise), seed \(settings.seed)"
  }

  /// Runs everything and leaves the results in `folder`, to be published by the caller.
  ///
  /// - Parameters:
  ///   - command: the command line, for the record.
  ///   - report: called often from the calling thread; what it throws ends the run.
  /// - Returns: the record, which has been written too.
  public func perform(
    into folder: OutputFolder, command: [String] = [],
    report: (RunProgress) throws -> Void = { _ in }
  ) throws -> SolveRecord {
    let start = ContinuousClock.now
    let shape = try images[0].solvable().shape
    let system = try settings.task.system(shape: shape, seed: settings.seed)
    var record = try startRecord(command, shape, measurements: system.codomain.reduce(1, *))
    let file = try folder.naming {
      try ReconstructionFile(
        path: folder.file("solve.h5"), slices: images.count, size: (shape[0], shape[1]),
        methods: methods.map(\.name), hasReference: true, provenance: record.json,
        attributes: ["condition": .string(condition)])
    }
    for (position, image) in images.enumerated() {
      let truth = try image.solvable()
      guard truth.shape == shape else {
        throw ExperimentError(
          "\(image.name): has \(truth.shape) pixels and the first image \(shape); run them apart")
      }
      try folder.naming { try file.writeReference(truth, slice: position) }
      let problem = try naming(image) { try settings.measured(truth, system, position: position) }
      var measurement = try naming(image) {
        try RunMeasurement(
          methods: methods.map(\.name), dataRange: truth.values.max().map(Double.init))
      }
      var progress = RunProgress(slice: position, position: position, slices: images.count)
      var panels: [(String, RealArray, RunRecord.Figures?)] = []
      for method in methods {
        (progress.method, progress.stage) = (method.name, "")
        (progress.fraction, progress.misfit) = (0, nil)
        try report(progress)
        let result = try naming(image, method.name) {
          let began = ContinuousClock.now
          let result = try method.reconstruct(problem) { step in
            (progress.stage, progress.fraction) = (step.stage, step.fraction)
            progress.misfit = step.misfit
            try report(progress)
          }
          let seconds = began.secondsToNow
          let pixels = problem.intensities(result.image)
          let stages = try result.stages.map {
            try measurement.stage($0, image: problem.intensities($0.image), reference: truth)
          }
          try measurement.add(
            result, seconds: seconds, stages: stages, method: method.name, slice: position,
            image: pixels, reference: truth)
          return pixels
        }
        try folder.naming { try file.write(result, method: method.name, slice: position) }
        panels.append((method.name, result, measurement.latest(method.name)))
        (progress.fraction, progress.isMethodDone) = (1, true)
        try report(progress)
        progress.isMethodDone = false
      }
      record.add(measurement.methods)
      let shown = methods.contains { $0.name == settings.task.directName }
      let sheet = SolveSheet(
        image: image.name, truth: truth,
        direct: shown
          ? nil : (settings.task.directName, problem.intensities(problem.direct)),
        panels: panels, condition: condition)
      try folder.naming {
        try sheet.grid().writePNG(
          to: folder.file(OutputFolder.pictureName("image", position, of: images.count)))
      }
    }
    record.average()
    record.seconds = start.secondsToNow
    record.peakMemory = ProcessUsage.peakMemory
    try folder.naming {
      try file.commit()
      try SolveTables.images(record).write(to: folder.file("metrics.csv"))
      try SolveTables.means(record).write(to: folder.file("metrics_mean.csv"))
      if let stages = SolveTables.stages(record) {
        try stages.write(to: folder.file("stages.csv"))
      }
      try folder.writeRecord { outputs in
        record.outputs = outputs
        return try record.json
      }
    }
    return record
  }

  private func startRecord(
    _ command: [String], _ shape: [Int], measurements: Int
  ) throws -> SolveRecord {
    let task = settings.task
    return SolveRecord(
      command: command, seed: settings.seed,
      input: SolveRecord.Input(
        file: images[0].file, sha256: try FileDigest.sha256(ofFile: images[0].file),
        images: images.map(\.name), size: shape),
      task: SolveRecord.Task(
        name: task.name, variant: task.variant, level: task.level, text: task.text,
        measurements: measurements,
        picture: try task.picture.map { try RunRecord.Weights(file: $0) },
        noiseModel: settings.noiseModel, noise: settings.noise),
      weights: try weights.map { try RunRecord.Weights(file: $0) },
      denoiser: try denoiser.map { try RunRecord.Weights(file: $0) },
      styleGAN: try styleGAN.map { try RunRecord.Weights(file: $0) },
      decoders: try RunRecord.Weights.list(decoders),
      settings: try Dictionary(
        uniqueKeysWithValues: methods.map { ($0.name, try RecordedValue($0.settings)) }),
      accounts: Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0.account) }),
      methods: methods.map { RunRecord.Method(name: $0.name, seconds: 0, slices: []) })
  }

  /// Adds image and method to errors that do not know them.
  private func naming<Result>(
    _ image: WholeImage, _ method: String? = nil, _ body: () throws -> Result
  ) throws -> Result {
    func named(_ text: String) -> ExperimentError {
      ExperimentError("\(image.name)\(method.map { ", \($0)" } ?? ""): \(text)")
    }
    do {
      return try body()
    } catch let error as ReconstructionError {
      throw named(error.description)
    } catch let error as MetricError {
      throw named(error.description)
    }
  }
}

extension WholeImage {
  /// The magnitudes `[rows, columns]`, which must be finite values of 0 and more and hold some signal.
  func solvable() throws -> RealArray {
    let truth = try magnitude()
    guard truth.values.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
      throw ExperimentError(
        "\(name): holds values that are negative or not finite; give magnitude images")
    }
    guard truth.values.contains(where: { $0 > 0 }) else {
      throw ExperimentError("\(name): the image is empty; leave it out")
    }
    return truth
  }
}

extension SolveRun.Settings {
  /// The measurements of an image by the task's operator; the only use of the truth besides the metrics.
  ///
  /// - Parameter position: of the image among others, which have other noise.
  func measured(
    _ truth: RealArray, _ system: any LinearOperator, position: Int
  ) throws -> LinearInverseProblem {
    let clean = system.forward(
      ComplexArray(shape: truth.shape, values: truth.values.map { Complex($0, 0) }))
    let deviation = Float(noise) * (truth.values.max() ?? 0)
    return try LinearInverseProblem(
      system: system,
      measurements: noiseModel.adding(
        to: clean, deviation: deviation, isComplex: task.isComplex,
        seed: seed &+ UInt64(position)),
      noise: deviation, isComplex: task.isComplex,
      interpolation: task.interpolation(shape: truth.shape))
  }
}

extension SolveRecord {
  /// Appends the figures of one image.
  fileprivate mutating func add(_ image: [RunRecord.Method]) {
    for (index, method) in image.enumerated() {
      methods[index].seconds += method.seconds
      methods[index].slices += method.slices
    }
  }

  /// Takes the means over the images.
  fileprivate mutating func average() {
    means = methods.map { method in
      func mean(_ value: (RunRecord.Figures) -> Double) -> Double {
        let figures = method.slices.compactMap(\.metrics)
        return figures.reduce(0) { $0 + value($1) } / Double(max(1, figures.count))
      }
      return Mean(
        method: method.name, psnr: mean(\.psnr), ssim: mean(\.ssim), nmse: mean(\.nmse),
        seconds: method.seconds / Double(max(1, method.slices.count)))
    }
  }
}
