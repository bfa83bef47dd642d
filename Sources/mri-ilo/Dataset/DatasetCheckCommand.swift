import ArgumentParser
import Experiments

/// `mri-ilo dataset check`: compares the disk with a manifest.
struct DatasetCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Verify a data set's files: what is missing, damaged or not what it should be.",
    discussion: """
      Each file is opened and compared with the size and the checksum that the manifest states; \
      where it states no checksum, every slice is read. The exit status is not 0 if a file is \
      missing or damaged. Scans that the manifest can make by itself may be missing.
      """)

  @Argument(help: "A manifest, or the name of one that comes with the program.")
  var manifest: String

  @Option(
    help: """
      The folder of the files (default: the environment variable \(DataFolder.variable), or else \
      the manifest's own folder).
      """)
  var data: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let manifest = try ManifestLocation().manifest(manifest)
    let folder = try DataFolder(option: data, manifest: manifest)
    let line = StatusLine()
    let check = try DatasetCheck(manifest, in: folder) { number in
      line.show("\(number + 1) of \(manifest.files.count): \(manifest.files[number].name)")
    }
    line.end()
    print(json ? try JSONText.of(check) : check.table)
    guard check.faults.isEmpty else { throw ExperimentError(check.summary) }
    if !json { print("\n\(check.summary)") }
  }
}
