import Acquisition
import Arrays
import Evaluation
public import Foundation
public import Reconstruction
import ScanFiles

/// A lesion study over scan files, and what it leaves in a folder.
public struct LesionRun: Sendable {
  /// What was done, for the folder's record.
  public struct Record: Sendable, Codable {
    public var program = "mri-ilo"
    public var version = ProgramVersion.current
    public var command: [String]
    public var started = Date()
    public var seconds = 0.0
    public var scans: [RunRecord.Weights]
    public var weights: RunRecord.Weights?
    public var study: LesionStudy.Settings
    /// The settings of each method by its name.
    public var methods: [String: RecordedValue]
    public var summary: [LesionStudy.Summary] = []
    public var outputs: [String] = []
  }

  private let files: [String]
  private let slices: SliceSelection?
  private let study: LesionStudy
  private let weights: String?

  /// - Parameters:
  ///   - files: fully sampled scans in fastMRI's layout.
  ///   - slices: of each scan; its middle slice when nil.
  ///   - weights: the weights file that a method uses, for the record.
  /// - Throws: `ExperimentError` for settings that make no sense.
  public init(
    files: [String], slices: SliceSelection? = nil, methods: [any ReconstructionMethod],
    settings: LesionStudy.Settings = LesionStudy.Settings(), weights: String? = nil
  ) throws {
    (self.files, self.slices, self.weights) = (files, slices, weights)
    study = try LesionStudy(methods: methods, settings: settings)
  }

  /// Does the study and leaves the results in `folder`, to be published by the caller.
  ///
  /// - Parameter report: gets what is being done and the share that is done; what it throws ends the
  ///   work.
  public func perform(
    into folder: OutputFolder, command: [String] = [],
    report: (String, Double) throws -> Void = { _, _ in }
  ) throws -> Record {
    let start = ContinuousClock.now
    func digest(_ path: String) throws -> RunRecord.Weights {
      try RunRecord.Weights(file: path)
    }
    var record = Record(
      command: command, scans: try files.map(digest), weights: try weights.map(digest),
      study: study.settings,
      methods: try Dictionary(
        uniqueKeysWithValues: study.methods.map { ($0.name, try RecordedValue($0.settings)) }))
    let work = try files.flatMap { file in
      let scan = ReadoutCroppedScan(try ScanFile.open(file))
      let chosen = try slices?.indices(of: scan.slices, file: file) ?? [scan.slices / 2]
      return chosen.map { (scan: scan, slice: $0) }
    }
    var rows: [LesionStudy.Row] = []
    for (number, (scan, slice)) in work.enumerated() {
      let text = "\(fileName(scan.file)), slice \(slice) (\(number + 1)/\(work.count))"
      let (own, examples) = try naming(scan.file, slice) {
        try study.run(scan: scan, slice: slice) { share in
          try report(text, (Double(number) + share) / Double(work.count))
        }
      }
      rows += own
      for example in examples {
        let place = String(format: "%03d-%gx", number, example.acceleration)
        try folder.naming {
          try LesionSheet.grid(example, file: fileName(scan.file), slice: slice).writePNG(
            to: folder.file("lesions-\(place).png"))
        }
      }
    }
    record.summary = LesionStudy.summary(rows)
    record.seconds = start.secondsToNow
    try folder.naming {
      try LesionTables.lesions(rows).write(to: folder.file("lesions.csv"))
      try LesionTables.summary(record.summary).write(to: folder.file("lesions_summary.csv"))
      try writeText(LesionTables.markdown(record.summary), to: folder.file("lesions.md"))
      let path = folder.file(OutputFolder.recordName)
      record.outputs = folder.results
      try writeText(try RecordJSON.text(record), to: path)
    }
    return record
  }

  /// The summary as a Markdown table, for the terminal.
  public static func markdown(_ record: Record) -> String { LesionTables.markdown(record.summary) }

  /// Adds file and slice to errors that do not know them.
  private func naming<Result>(
    _ file: String, _ slice: Int, _ body: () throws -> Result
  ) throws -> Result {
    func named(_ text: String) -> ExperimentError {
      ExperimentError("\(file), slice \(slice): \(text)")
    }
    do {
      return try body()
    } catch let error as CalibrationError {
      throw named(error.description)
    } catch let error as ReconstructionError {
      throw named(error.description)
    }
  }
}
