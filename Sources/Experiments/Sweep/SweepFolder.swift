import Foundation

/// The folder of a sweep: where everything in it lies.
///
/// | path | what |
/// |---|---|
/// | `protocol.yaml` | the effective protocol |
/// | `run.json` | what is evaluated: scans, masks, methods, checksums; which scans were left out |
/// | `inputs.json`, `checks.json` | what was found of files that are not read anew while they stay the same |
/// | `scans/` | simulated scans that the manifest has made on demand |
/// | `references/ID.h5` | the reference images of one scan |
/// | `jobs/ID.json` | the result of one job: its presence says that the job is done |
/// | `images/ID.h5` | the images of one job, if the protocol keeps them |
/// | `failures/ID.json` | why a job failed |
/// | `slurm/` | the script and the logs of Slurm's tasks |
/// | `results.csv`, … | the tables |
public struct SweepFolder: Sendable {
  public let path: String

  public init(_ path: String) { self.path = path }

  public var protocolFile: String { "\(path)/protocol.yaml" }
  public var recordFile: String { "\(path)/run.json" }
  public var scans: String { "\(path)/scans" }
  var jobs: String { "\(path)/jobs" }
  var images: String { "\(path)/images" }
  var references: String { "\(path)/references" }
  public var failures: String { "\(path)/failures" }
  public var slurm: String { "\(path)/slurm" }

  public func job(_ id: String) -> String { "\(jobs)/\(id).json" }
  public func image(_ id: String) -> String { "\(images)/\(id).h5" }
  public func reference(_ id: String) -> String { "\(references)/\(id).h5" }
  public func failure(_ id: String) -> String { "\(failures)/\(id).json" }

  /// A table or other result at the top of the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }
}
