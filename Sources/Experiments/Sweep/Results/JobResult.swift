import Evaluation
import Foundation
import ScanFiles

/// What a job found: the content of its result file.
///
/// The file is a `SealedFile`.
struct JobResult: Codable, Equatable {
  /// The version of the format and of what is measured; part of every job's id.
  static let format = 1

  /// One slice in one region.
  struct Measurement: Codable, Equatable {
    var slice: Int
    var region: String
    var pixels: Int
    var squaredError: Double
    var referenceEnergy: Double
    var metrics: [String: Double]
  }

  var id: String
  var scan: String
  var mask: String
  var method: String
  var dataRange: Double
  var measurements: [Measurement]
  /// The SHA-256 of the images' file, if they are kept.
  var images: String?
  /// What the method chose from the data, slice by slice.
  var chosen: [[String: Double]]
  /// Seconds of the method for each slice.
  var seconds: [Double]
  /// The largest resident memory of the process while the method was at work, in bytes.
  var peakMemory: Int
  var threads: Int

  /// Writes the file; throws `ExperimentError`.
  func write(to path: String) throws { try SealedFile.write(self, to: path) }

  /// Reads the file of the job `id`; that of another one is damaged.
  static func read(_ path: String, id: String) -> SealedFile.Reading<JobResult> {
    let reading = SealedFile.read(path, as: JobResult.self)
    if case .found(let result) = reading, result.id != id { return .damaged }
    return reading
  }
}

/// A job that failed, and why: the content of its file.
struct JobFailure: Codable {
  var id: String
  var scan: String
  var slices: [Int]
  var method: String
  var mask: String
  var acceleration: Double
  var seed: String
  var reason: String
}

/// Writes a small text file by a temporary one beside it; throws `ExperimentError`.
func writeText(_ text: String, to path: String) throws(ExperimentError) {
  let temporary = PartialFile.name(for: path)
  func fail() -> ExperimentError {
    let reason = String(cString: strerror(errno))
    unlink(temporary)
    return ExperimentError(
      "\(path): cannot be written (\(reason)); free some space or check the permissions, then run "
        + "the same command again: what is done stays done")
  }
  guard let file = fopen(temporary, "wb") else { throw fail() }
  let data = Data(text.utf8)
  let written = data.withUnsafeBytes { fwrite($0.baseAddress, 1, $0.count, file) }
  let closed = fclose(file)
  guard written == data.count, closed == 0, rename(temporary, path) == 0 else { throw fail() }
}
