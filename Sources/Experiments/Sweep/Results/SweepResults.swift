import Acquisition
public import Arrays
import Evaluation
import Foundation
import ScanFiles

/// What a sweep has found so far, read back from its folder for tables, report and export.
public struct SweepResults: Sendable {
  /// What one job cost.
  public struct Cost: Sendable, Equatable {
    public var job: String
    public var condition: SliceResult.Condition
    public var slices: Int
    /// Seconds of the method alone, over all slices of the job.
    public var seconds: Double
    /// The largest resident memory of the process that ran the job, in bytes, up to its end.
    public var peakMemory: Int
    /// The threads that the method could use; nil where it is not recorded.
    public var threads: Int?
  }

  /// A job that failed.
  public struct Failure: Sendable, Equatable {
    public var job: String
    public var scan: String
    public var slices: [Int]
    public var method: String
    public var mask: String
    public var acceleration: Double
    public var seed: String
    public var reason: String
  }

  public let folder: SweepFolder
  public let settings: SweepProtocol
  public let record: SweepRecord
  /// In the protocol's order: scan, mask, method, slice, region.
  public let table: ResultsTable
  public let costs: [Cost]
  public let failures: [Failure]
  /// Of `record.jobs`, how many are done.
  public let jobsDone: Int
  /// Jobs whose result files are damaged; they count as not done.
  public let damaged: [String]
  /// The reference file of each scan, by its name.
  let references: [String: String]

  /// Reads a run's folder, as far as it has come.
  ///
  /// Throws `ExperimentError` if it is none.
  public init(folder: SweepFolder) throws {
    let record = try SweepRecord(contentsOf: folder)
    try self.init(
      folder: folder, settings: try SweepProtocol(contentsOf: folder.protocolFile), record: record,
      groups: try record.groups())
  }

  init(folder: SweepFolder, settings: SweepProtocol, record: SweepRecord, groups: [JobGroup]) throws
  {
    let state = SweepState(record: record, groups: groups, folder: folder)
    var rows: [SliceResult] = []
    var costs: [Cost] = []
    var failures: [Failure] = []
    // Blocks of slices lie outside masks and methods in the order of the jobs; tables want them
    // inside.
    let jobs = groups.flatMap(\.jobs).sorted {
      ($0.scan, $0.mask, $0.method, $0.slices[0]) < ($1.scan, $1.mask, $1.method, $1.slices[0])
    }
    for job in jobs {
      let condition = record.condition(of: job)
      if let result = state.results[job.id] {
        rows += result.rows(condition)
        costs.append(
          Cost(
            job: job.id, condition: condition, slices: job.slices.count,
            seconds: result.seconds.reduce(0, +), peakMemory: result.peakMemory,
            threads: result.threads))
      } else if let failure = JobFailure(folder.failure(job.id)) {
        failures.append(Failure(failure))
      }
    }
    self.folder = folder
    self.settings = settings
    self.record = record
    table = ResultsTable(metrics: record.evaluation.metrics.map(\.rawValue), rows: rows)
    self.costs = costs
    self.failures = failures
    jobsDone = state.results.count
    damaged = state.damaged
    references = Dictionary(
      uniqueKeysWithValues: record.scans.map { ($0.name, record.referenceID(of: $0)) })
  }

  /// The image `[rows, columns]` of the method in a row; nil if images were not kept.
  ///
  /// Throws `ScanFileError` if the file cannot be read.
  public func image(_ row: SliceResult) throws -> RealArray? {
    let path = folder.image(row.condition.job)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Self.slice(row.slice, of: "reconstruction", in: path)
  }

  /// The share `[rows, columns]`, 0 to 1, to which the method's prior and not the data decided each
  /// pixel; nil if the method left no such map beside its image.
  ///
  /// The map is the dataset `prior_share` of the images' file, with the shape of `reconstruction`.
  /// Throws `ScanFileError` if the file cannot be read.
  public func priorShare(_ row: SliceResult) throws -> RealArray? {
    let path = folder.image(row.condition.job)
    guard FileManager.default.fileExists(atPath: path),
      try HDF5File(reading: path).contains("prior_share")
    else { return nil }
    return try Self.slice(row.slice, of: "prior_share", in: path)
  }

  /// The reference image `[rows, columns]` that a row was measured against.
  ///
  /// Throws `ScanFileError` if the file cannot be read.
  public func reference(_ row: SliceResult) throws -> RealArray {
    guard let id = references[row.condition.scan] else {
      throw ExperimentError("\(folder.path): holds no reference of \(row.condition.scan)")
    }
    return try Self.slice(row.slice, of: "reference", in: folder.reference(id))
  }

  /// The sampling of a row.
  public func mask(_ row: SliceResult) -> SweepRecord.Mask? {
    let condition = row.condition
    return record.masks.first {
      ($0.scan, $0.pattern, $0.acceleration, $0.seed)
        == (condition.scan, condition.mask, condition.acceleration, condition.seed)
        && $0.centerFraction == condition.centerFraction
    }
  }

  /// The image of slice `slice` out of a file whose dataset `slices` numbers its images.
  private static func slice(_ slice: Int, of name: String, in path: String) throws -> RealArray {
    let file = try HDF5File(reading: path)
    let dataset = try file.dataset(name)
    guard let position = try file.dataset("slices").integers().firstIndex(of: slice) else {
      throw ExperimentError("\(path): holds no slice \(slice)")
    }
    let size = Array(dataset.shape.dropFirst())
    return RealArray(
      shape: size, values: try dataset.floats(start: [position, 0, 0], count: [1] + size))
  }
}

extension SweepRecord.Mask {
  /// The columns, or points row by row, one by one.
  public var samples: [Bool] {
    let bits = columns.flatMap { digit in
      let bits = digit.hexDigitValue ?? 0
      return [8, 4, 2, 1].map { bits & $0 != 0 }
    }
    return Array(bits.prefix(columnCount * (rows ?? 1)))
  }

  /// The mask of a scan that was measured in the columns `acquired`.
  ///
  /// Throws `SamplingMaskError` if it does not fit.
  func samplingMask(acquired: Range<Int>) throws(SamplingMaskError) -> SamplingMask {
    guard let rows else { return try SamplingMask(columns: samples, acquired: acquired) }
    return try SamplingMask(
      points: samples, rows: rows, columns: columnCount, acquired: acquired)
  }
}

extension SweepRecord {
  /// Under which conditions a job works.
  func condition(of job: SweepJob) -> SliceResult.Condition {
    let (scan, mask) = (scans[job.scan], masks[job.mask])
    return SliceResult.Condition(
      dataset: dataset.name, data: scan.data, scan: scan.name, patient: scan.patient,
      anatomy: scan.anatomy, contrast: scan.contrast, mask: mask.pattern,
      acceleration: mask.acceleration, achievedAcceleration: mask.achievedAcceleration,
      centerFraction: mask.centerFraction, acsLines: mask.acsLines, seed: mask.seed,
      method: methods[job.method].label, job: job.id)
  }
}

extension JobResult {
  /// The result as rows of the table of all results.
  fileprivate func rows(_ condition: SliceResult.Condition) -> [SliceResult] {
    measurements.map {
      SliceResult(
        condition: condition, slice: $0.slice, region: $0.region, pixels: $0.pixels,
        dataRange: dataRange, squaredError: $0.squaredError, referenceEnergy: $0.referenceEnergy,
        metrics: $0.metrics)
    }
  }
}

extension JobFailure {
  /// Reads a failure's file; nil if there is none.
  fileprivate init?(_ path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let failure = try? RecordJSON.value(JobFailure.self, from: data)
    else { return nil }
    self = failure
  }
}

extension SweepResults.Failure {
  fileprivate init(_ failure: JobFailure) {
    self.init(
      job: failure.id, scan: failure.scan, slices: failure.slices, method: failure.method,
      mask: failure.mask, acceleration: failure.acceleration, seed: failure.seed,
      reason: failure.reason)
  }
}
