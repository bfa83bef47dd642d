import Acquisition
import Arrays
import Evaluation
import Foundation
import Reconstruction

/// A protocol of inverse problems on its way: every image under every condition by every method.
///
/// The folder holds `protocol.yaml`, a file for each job that is done, `jobs/ID.json`, and the tables
/// `results.csv` and `summary.csv`. A job's id is a checksum of all that determines its figures, so that a run
/// that was stopped goes on where it was, and one whose protocol was changed keeps what still holds.
public struct SolveSweep {
  public let plan: SolveProtocol
  public let images: [WholeImage]
  /// Of each image the subject that a stack states, else the file.
  public let subjects: [String]
  /// All jobs, by condition, image and method.
  public let jobs: [Job]
  private let folder: String
  private let context: (UInt32) -> MethodChoice.Context

  /// One method on one image under one condition.
  public struct Job: Sendable, Equatable {
    public let id: String
    /// Indices into the protocol's and the sweep's lists.
    public let condition, image, method: Int
  }

  /// What a job found.
  struct Result: Codable, Equatable {
    var id: String
    var figures: RunRecord.Figures
    /// What the method chose from the data.
    var chosen: [String: Double]
    var seconds: Double
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// Jobs that were done before, and that this run did.
    public var before = 0
    public var done = 0
    /// What failed, a sentence each; it is tried again by the next run.
    public var failures: [String] = []
  }

  /// Prepares a sweep in a folder, which may hold an earlier run.
  ///
  /// - Parameters:
  ///   - context: what methods are made with, for the seed of a condition.
  ///   - weights: the files that they use, for the jobs' ids.
  /// - Throws: an error that names the file for images that cannot be had.
  public init(
    _ plan: SolveProtocol, folder: String, weights: [String],
    context: @escaping (UInt32) -> MethodChoice.Context
  ) throws {
    (self.plan, self.folder, self.context) = (plan, folder, context)
    let images = try WholeImage.list(
      file: plan.images, split: plan.split, slices: try plan.slices.map { try SliceSelection($0) })
    self.images = images
    let stated = try? ImageStackReader(path: plan.images).texts("subject")
    subjects = images.map { image in
      image.index.flatMap { stated?[$0] } ?? fileName(image.file)
    }
    let file = try FileDigest.sha256(ofFile: plan.images)
    let networks = try weights.map { try FileDigest.sha256(ofFile: $0) }
    var jobs: [Job] = []
    var seen: Set<String> = []
    for (c, condition) in plan.conditions.enumerated() {
      for (i, image) in images.enumerated() {
        for (m, method) in plan.methods.enumerated() {
          guard let settings = method.settings[c] else { continue }
          let content = [
            "mri-ilo \(ProgramVersion.current) solve", file, "\(image.index ?? 0)",
            "\(condition.task)", "\(condition.noise)", condition.noiseModel.rawValue,
            "\(condition.seed)", method.name, try RecordJSON.text(settings, isPretty: false),
          ]
          let id = String(
            FileDigest.sha256(of: (content + networks).joined(separator: "\n")).prefix(32))
          guard seen.insert(id).inserted else {
            throw ExperimentError(
              "\(plan.file): '\(method.label)' is the same method with the same settings as another; "
                + "leave one out")
          }
          jobs.append(Job(id: id, condition: c, image: i, method: m))
        }
      }
    }
    self.jobs = jobs
  }

  private func path(_ job: Job) -> String { "\(folder)/jobs/\(job.id).json" }

  private func result(of job: Job) -> Result? {
    guard case .found(let result) = SealedFile.read(path(job), as: Result.self),
      result.id == job.id
    else { return nil }
    return result
  }

  /// Does all jobs that are not done, and writes the tables.
  ///
  /// - Parameter report: gets what is being done and the number of jobs done; what it throws ends the run,
  ///   whose tables then hold what was done.
  public func perform(report: (String, Int) throws -> Void = { _, _ in }) throws -> Outcome {
    do {
      try FileManager.default.createDirectory(
        atPath: "\(folder)/jobs", withIntermediateDirectories: true)
    } catch {
      throw ExperimentError("\(folder): the folder cannot be made; choose another with -o")
    }
    try writeText(plan.text, to: "\(folder)/protocol.yaml")
    var outcome = Outcome()
    var open: [Job] = []
    for job in jobs {
      if result(of: job) == nil { open.append(job) } else { outcome.before += 1 }
    }
    defer { try? writeTables() }
    // Jobs of one condition and image stand together and share the measurements.
    var measured: (condition: Int, image: Int, truth: RealArray, problem: LinearInverseProblem)?
    for job in open {
      let condition = plan.conditions[job.condition]
      let words =
        "\(plan.methods[job.method].label), \(condition.task.text), \(images[job.image].name)"
      try report(words, outcome.before + outcome.done + outcome.failures.count)
      do {
        if measured?.condition != job.condition || measured?.image != job.image {
          measured = nil
          let truth = try images[job.image].solvable()
          let system = try condition.task.system(
            shape: truth.shape, seed: UInt64(condition.seed))
          measured = (
            job.condition, job.image, truth,
            try condition.settings.measured(truth, system, position: images[job.image].index ?? 0)
          )
        }
        guard let measured else { continue }
        let result = try solve(job, measured.truth, measured.problem) {
          try report(words, outcome.before + outcome.done + outcome.failures.count)
        }
        try SealedFile.write(result, to: path(job))
        outcome.done += 1
      } catch let error as ReconstructionError {
        outcome.failures.append("\(words): \(error)")
      } catch let error as MetricError {
        outcome.failures.append("\(words): \(error)")
      }
    }
    try writeTables()
    return outcome
  }

  private func solve(
    _ job: Job, _ truth: RealArray, _ problem: LinearInverseProblem, report: () throws -> Void
  ) throws -> Result {
    let condition = plan.conditions[job.condition]
    let entry = plan.methods[job.method]
    let choices = MethodChoice.solving(condition.task, noise: condition.noise)
    guard let choice = choices.first(where: { $0.name == entry.name }) else {
      throw ExperimentError("\(entry.name) does not suit \(condition.task.text)")
    }
    let method = try choice.make(context(condition.seed), settings: entry.settings[job.condition])
    let began = ContinuousClock.now
    let found = try method.reconstruct(problem) { _ in try report() }
    let seconds = began.secondsToNow
    var measurement = try RunMeasurement(
      methods: [entry.label], dataRange: truth.values.max().map(Double.init))
    try measurement.add(
      found, seconds: seconds, stages: [], method: entry.label, slice: 0,
      image: problem.intensities(found.image), reference: truth)
    guard let figures = measurement.latest(entry.label) else {
      throw ExperimentError("\(entry.label): there are no figures")
    }
    return Result(id: job.id, figures: figures, chosen: found.chosen, seconds: seconds)
  }

  /// Writes `results.csv`, a row for each job that is done, and `summary.csv`, the means over images and
  /// seeds.
  private func writeTables() throws {
    try SolveSweepTables(self, finished).write(to: folder)
  }

  /// The means over what is done.
  public var summary: SolveSweepSummary { SolveSweepSummary(self, finished) }

  private var finished: [(job: Job, result: Result)] {
    jobs.compactMap { job in result(of: job).map { (job, $0) } }
  }
}

extension SolveProtocol.Condition {
  /// The same for a run of one condition.
  var settings: SolveRun.Settings {
    var settings = SolveRun.Settings(task: task, noise: noise)
    (settings.noiseModel, settings.seed) = (noiseModel, UInt64(seed))
    return settings
  }
}
