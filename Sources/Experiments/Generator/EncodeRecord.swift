import Arrays
import Evaluation
public import Foundation
public import Reconstruction

/// What was encoded, with what, and what came of it.
public struct EncodeRecord: Sendable, Codable {
  /// A file that the run depends on.
  public struct Input: Sendable, Codable {
    public var file: String
    public var sha256: String
  }

  public var program = "mri-ilo"
  public var version = ProgramVersion.current
  public var command: [String]
  public var started = Date()
  public var seconds = 0.0
  /// The largest resident memory of the process in bytes.
  public var peakMemory = 0
  public var threads = Parallelism.threads
  public var weights: Input
  /// The files that the images are from, each once.
  public var files: [Input]
  public var settings: RepresentationFit.Settings
  /// The definition of the metrics; each image is a volume of its own.
  public var definition = MetricDefinition.fastMRI.description
  public var rows: [EncodeRun.Row] = []
  /// The means over the images, a row for the encoder and each level.
  public var means: [EncodeRun.Row] = []
  /// The files in the output folder.
  public var outputs: [String] = []

  /// Throws `ExperimentError` if a file cannot be read.
  init(
    command: [String], weights: String, files: [String], settings: RepresentationFit.Settings
  ) throws {
    func input(_ file: String) throws -> Input {
      Input(file: file, sha256: try FileDigest.sha256(ofFile: file))
    }
    self.command = command
    self.weights = try input(weights)
    self.files = try Set(files).sorted().map(input)
    self.settings = settings
  }

  /// The record as JSON text with sorted keys.
  public var json: String {
    get throws { try RecordJSON.text(self) }
  }
}
