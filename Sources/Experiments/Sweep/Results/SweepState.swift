import Foundation

/// Which jobs of a run are done, and what their results say.
struct SweepState {
  private(set) var results: [String: JobResult] = [:]
  /// Jobs whose result file does not fit its checksum, or whose images are missing or damaged.
  private(set) var damaged: [String] = []

  /// Reads every result file; that of another job or a damaged one counts as not done.
  init(record: SweepRecord, groups: [JobGroup], folder: SweepFolder) {
    for job in groups.flatMap(\.jobs) {
      switch JobResult.read(folder.job(job.id), id: job.id) {
      case .missing: break
      case .damaged: damaged.append(job.id)
      case .found(let result):
        if record.keepsImages, !Self.hasImages(result, folder) {
          damaged.append(job.id)
        } else {
          results[job.id] = result
        }
      }
    }
  }

  private static func hasImages(_ result: JobResult, _ folder: SweepFolder) -> Bool {
    guard let digest = result.images else { return false }
    return (try? FileDigest.sha256(ofFile: folder.image(result.id))) == digest
  }
}
