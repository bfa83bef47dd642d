import ArgumentParser
import Evaluation
import Experiments

/// `mri-ilo dataset list`: the manifests that come with the program.
struct DatasetListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the manifests that come with the program.",
    discussion: """
      Where a manifest lists no files, its data must be had from where its 'source' says, and \
      'mri-ilo dataset index --like NAME' makes a manifest of what you have. With a NAME, what the \
      manifest says of its data.
      """)

  @Argument(help: "The name of one manifest, or the path of any, to be told all about it.")
  var manifest: String?

  func run() throws {
    let location = ManifestLocation()
    if let manifest {
      let known = try location.manifest(manifest)
      print("\(known.title) (\(known.file))")
      print("licence: \(known.licence)")
      print("source: \(known.source)")
      if let note = known.note { print("note: \(note)") }
      print("files: " + (known.files.isEmpty ? "none listed" : String(known.files.count)))
      return
    }
    var table = TextTable([("name", .left), ("files", .right), ("data", .left), ("title", .left)])
    for known in try location.manifests() {
      let count = known.files.count
      table.append([
        known.name, count == 0 ? "–" : String(count),
        "\(known.origin.rawValue) \(known.kind.rawValue)", known.title,
      ])
    }
    print(table.text)
  }
}
