import Foundation

extension SweepRecord {
  /// Reads the record of a run's folder; throws `ExperimentError` if there is none.
  public init(contentsOf folder: SweepFolder) throws(ExperimentError) {
    guard let data = FileManager.default.contents(atPath: folder.recordFile) else {
      throw ExperimentError(
        "\(folder.path): is no folder of a sweep (it has no run.json); make one with "
          + "'mri-ilo sweep PROTOCOL -o \(folder.path)'")
    }
    do {
      self = try RecordJSON.value(SweepRecord.self, from: data)
    } catch {
      throw ExperimentError(
        "\(folder.recordFile): cannot be read; it was damaged or written by another version of "
          + "mri-ilo")
    }
  }
}
