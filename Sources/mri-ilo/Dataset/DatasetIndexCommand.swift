public import ArgumentParser
public import Experiments

/// `mri-ilo dataset index`: makes a manifest of the user's own files.
struct DatasetIndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "Make a manifest of the scans in a folder.",
    discussion: """
      Takes every scan (.h5, .hdf5, .mat, .cfl, .ra), in folders within the folder too, with \
      its size and SHA-256, the patient from its attribute 'patient_id' and the contrast from \
      'acquisition'. Every slice is read; files that are damaged or no scans are named and left \
      out. With --like, name, title, licence, source, anatomy and note come from a known manifest.

        mri-ilo dataset index /data/multicoil_val -o val.yaml --like fastmri-knee --split val
      """)

  @Argument(help: "The folder of the scans.")
  var folder: String

  @Option(name: .shortAndLong, help: "The manifest to write.")
  var output: String

  @Option(help: "A manifest, or the name of one that comes with the program, to take texts from.")
  var like: String?

  @Option(help: "The data set's name, of letters, digits, '-', '_', '.' and '+'.")
  var name: String?

  @Option(help: "The data set's title.")
  var title: String?

  @Option(help: "The data's licence.")
  var licence: String?

  @Option(help: "Where and how to get the files.")
  var source: String?

  @Option(help: "Where k-space comes from: measured or simulated.")
  var origin: DatasetManifest.Origin?

  @Option(help: "What a reader of tables must know about the data.")
  var note: String?

  @Option(help: "The anatomy of all scans.")
  var anatomy: String?

  @Option(help: "The split of all scans, such as train, val or test.")
  var split: String?

  @Option(help: "The contrast of scans that state none.")
  var contrast: String?

  @Flag(help: "Replace the manifest if it is there.")
  var replace = false

  func validate() throws {
    if let name, !DatasetManifest.isName(name) {
      throw ValidationError("--name '\(name)': use letters, digits, '-', '_', '.' and '+' only")
    }
  }

  func run() throws {
    try DatasetManifest.checkRoom(at: output, replacing: replace)
    let line = StatusLine()
    let index = try DatasetIndex(folder: folder, description: try description(), file: output) {
      line.show($0)
    }
    line.end()
    try index.manifest.write(replacing: replace)
    for sentence in index.skipped { print("left out: \(sentence)") }
    print(summary(index))
  }

  private func description() throws -> DatasetIndex.Description {
    var description = DatasetIndex.Description()
    if let like { description = try .init(like: try ManifestLocation().manifest(like)) }
    if let name { description.name = name }
    if let title { description.title = title }
    if let licence { description.licence = licence }
    if let source { description.source = source }
    if let origin { description.origin = origin }
    if let note { description.note = note }
    if let anatomy { description.anatomy = anatomy }
    if let split { description.split = split }
    if let contrast { description.contrast = contrast }
    return description
  }

  private func summary(_ index: DatasetIndex) -> String {
    func count(_ number: Int, _ noun: String) -> String {
      "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
    let entries = index.manifest.entries
    var text =
      "Wrote \(output): \(count(entries.count, "scan")) of "
      + count(Set(entries.map(\.patient)).count, "patient")
    if index.withoutPatient > 0 {
      text += " (\(index.withoutPatient) without 'patient_id', each counted as one)"
    }
    if !index.skipped.isEmpty { text += "; \(count(index.skipped.count, "file")) left out" }
    return text + ". Check it with: mri-ilo dataset check \(output) --data \(folder)"
  }
}

extension DatasetManifest.Origin: ExpressibleByArgument {}
