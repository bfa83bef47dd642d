import Arrays
import Experiments
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo dataset check` and `list`, run as a user runs them.
@Suite struct DatasetCheckTests {
  private let folder: TemporaryFolder
  private let program: Program

  /// A folder with the scans a.h5, b.h5 and c.h5 and their manifest data.yaml.
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path, environment: ["MRI_ILO_DATA": ""])
    var scan = SyntheticScan()
    for name in ["a", "b", "c"] {
      scan.scale *= 2
      try scan.write(folder.file("\(name).h5"))
    }
    let run = try program.run("dataset", "index", ".", "-o", "data.yaml", "--anatomy", "disc")
    #expect(run.status == 0, "\(run.errors)")
  }

  private func check(_ arguments: String...) throws -> Program.Outcome {
    try program.started(["dataset", "check", "data.yaml"] + arguments).outcome()
  }

  /// Checks the data set, of which `name` is expected to be `status`, and nothing else wrong.
  private func expectFault(
    _ name: String, _ status: String, _ detail: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let run = try check()
    #expect(run.status == 1, sourceLocation: sourceLocation)
    let rows = run.output.split(separator: "\n").dropFirst(2)
    #expect(rows.count == 3, sourceLocation: sourceLocation)
    for row in rows {
      let isIt = row.hasPrefix(name + " ")
      #expect(
        row.contains(isIt ? status : "  found  ")
          && (!isIt || detail.isEmpty || row.contains(detail)), "\(row)",
        sourceLocation: sourceLocation)
    }
    #expect(
      run.errors.contains("2 found, 1 \(status)"), "\(run.errors)", sourceLocation: sourceLocation)
    #expect(run.errors.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func allIsWell() throws {
    let run = try check()
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.hasSuffix("\ndata.yaml: of 3 files in ., 3 found.\n"), "\(run.output)")
  }

  @Test func missing() throws {
    try FileManager.default.removeItem(atPath: folder.file("b.h5"))
    try expectFault("b", "missing")
  }

  @Test func truncated() throws {
    let data = try bytes("c.h5")
    try folder.write(data.prefix(data.count / 2), "c.h5")
    try expectFault("c", "wrong size", "\(data.count / 2) bytes in place of \(data.count)")
  }

  @Test func truncatedWithoutAStatedSizeOrChecksum() throws {
    let data = try bytes("c.h5")
    try folder.write(data.prefix(data.count / 2), "c.h5")
    try forget("bytes", "sha256")
    let run = try check()
    #expect(run.status == 1)
    #expect(run.errors.contains("2 no checksum stated, 1 unreadable"), "\(run.errors)")
    #expect(run.output.contains("the HDF5 file is truncated or damaged"))
  }

  @Test func aFlippedByte() throws {
    var data = try bytes("a.h5")
    data[data.count / 2] ^= 0x10
    try folder.write(data, "a.h5")
    try expectFault("a", "wrong checksum", "in place of")
  }

  @Test func aFileThatIsNoScan() throws {
    let data = try bytes("b.h5")
    try folder.write(Data(repeating: 7, count: data.count), "b.h5")
    try expectFault("b", "unreadable", "is not an HDF5 file")
  }

  @Test func aFolderInPlaceOfAFile() throws {
    try FileManager.default.removeItem(atPath: folder.file("b.h5"))
    try FileManager.default.createDirectory(
      atPath: folder.file("b.h5"), withIntermediateDirectories: false)
    try expectFault("b", "unreadable", "is no file that can be read")
  }

  /// A value that is not a number does no harm to the file, but to whoever uses it.
  @Test func badValuesWithoutAChecksum() throws {
    var scan = SyntheticScan()
    scan.spoil = { $0.values[$0.count - 1] = Complex(.nan, 0) }
    try scan.write(folder.file("a.h5"))
    try forget("bytes", "sha256")
    let run = try check()
    #expect(run.status == 1)
    #expect(run.output.contains("slice 1, coil 3 is not a finite number"), "\(run.output)")
  }

  /// Takes keys out of the manifest.
  private func forget(_ keys: String...) throws {
    let lines = try folder.text("data.yaml").split(separator: "\n").filter { line in
      !keys.contains { line.hasPrefix("  \($0):") }
    }
    try folder.write(Data((lines.joined(separator: "\n") + "\n").utf8), "data.yaml")
  }

  @Test func jsonSaysTheSame() throws {
    try FileManager.default.removeItem(atPath: folder.file("b.h5"))
    let run = try check("--json")
    #expect(run.status == 1)
    struct Answer: Decodable {
      struct File: Decodable { let name, path, status: String }
      let manifest, data_folder: String
      let files: [File]
    }
    let answer = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
    #expect((answer.manifest, answer.data_folder) == ("data.yaml", "."))
    #expect(answer.files.map(\.status) == ["found", "missing", "found"])
    #expect(answer.files.map(\.path) == ["./a.h5", "./b.h5", "./c.h5"])
  }

  @Test func theDataMayLieElsewhere() throws {
    let other = try TemporaryFolder()
    for name in ["a.h5", "b.h5", "c.h5"] {
      try FileManager.default.moveItem(atPath: folder.file(name), toPath: other.file(name))
    }
    #expect(try check().status == 1)
    #expect(try check("--data", other.path).status == 0)
    var elsewhere = program
    elsewhere.environment = ["MRI_ILO_DATA": other.path]
    #expect(try elsewhere.run("dataset", "check", "data.yaml").status == 0)
    let run = try check("--data", "nowhere")
    #expect(run.status == 1 && run.errors.contains("nowhere: there is no such data folder"))
  }

  @Test func whatCanBeMadeNeedNotBeThere() throws {
    let run = try program.run("dataset", "check", "simulated-heads", "--data", ".")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("of 6 files in ., 6 made on demand."), "\(run.output)")
  }

  @Test func manifestsThatAreOfNoUse() throws {
    try folder.write(Data("version: 1\nname: [\n".utf8), "bad.yaml")
    for (name, words) in [
      ("bad.yaml", "bad.yaml:"), ("none.yaml", "none.yaml: there is no such file"),
      ("fastmri-knee", "lists no files, so there is nothing to check"),
      ("./none.yaml", "there is no data set's manifest"),
    ] {
      let run = try program.run("dataset", "check", name)
      #expect(run.status == 1 && run.errors.contains(words), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
    }
  }

  @Test func theListNamesWhatComesWithTheProgram() throws {
    let run = try program.run("dataset", "list")
    #expect(run.status == 0)
    for name in [
      "fastmri-knee", "fastmri-brain", "m4raw", "calgary-campinas", "cmrxrecon",
      "simulated-heads", "training-slices",
    ] { #expect(run.output.contains("\n\(name) "), "\(run.output)") }
    let one = try program.run("dataset", "list", "m4raw")
    #expect(one.status == 0 && one.output.contains("source: ") && one.output.contains("zenodo"))
  }
}
