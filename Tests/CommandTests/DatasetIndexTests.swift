import Arrays
import Experiments
import Foundation
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo dataset index`, run as a user runs it.
@Suite struct DatasetIndexTests {
  private let folder: TemporaryFolder
  private let program: Program

  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    for name in ["data", "data/more", "data/.hidden"] {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: true)
    }
  }

  /// Writes a scan with the attributes that fastMRI's files have.
  private func write(_ name: String, patient: String?, acquisition: String?) throws {
    let kspace = SyntheticScan().kspace
    let file = try HDF5File(creating: folder.file(name))
    try file.createDataset("kspace", shape: kspace.shape, type: .complex).write(kspace.values)
    if let patient { try file.setAttribute("patient_id", .string(patient)) }
    if let acquisition { try file.setAttribute("acquisition", .string(acquisition)) }
    try file.close()
  }

  private func index(_ arguments: String...) throws -> Program.Outcome {
    try program.started(["dataset", "index", "data", "-o", "out.yaml"] + arguments).outcome()
  }

  @Test func theManifestSaysWhatTheFilesSay() throws {
    try write("data/one.h5", patient: "abc", acquisition: "CORPD_FBK")
    try write("data/more/one.h5", patient: "abc", acquisition: nil)
    try write("data/more/two of them.hdf5", patient: nil, acquisition: "AXT2")
    try write("data/.hidden/three.h5", patient: "x", acquisition: "AXT2")
    try write("data/broken.h5", patient: "x", acquisition: "AXT2")
    let whole = try Data(contentsOf: URL(fileURLWithPath: folder.file("data/broken.h5")))
    try folder.write(whole.prefix(whole.count - 4000), "data/broken.h5")
    try folder.write(Data("text".utf8), "data/notes.txt")
    try folder.write(Data("no scan".utf8), "data/text.h5")

    let run = try index("--name", "mine", "--anatomy", "knee", "--split", "val", "--contrast", "PD")
    #expect(run.status == 0 && run.errors.isEmpty)
    #expect(run.output.contains("left out: data/broken.h5: the HDF5 file is truncated"))
    #expect(run.output.contains("left out: data/text.h5: is not an HDF5 file"))
    #expect(
      run.output.contains(
        "Wrote out.yaml: 3 scans of 2 patients (1 without 'patient_id', each counted as one); "
          + "2 files left out."), "\(run.output)")

    let manifest = try DatasetManifest(contentsOf: folder.file("out.yaml"))
    #expect(manifest.name == "mine" && manifest.origin == .measured)
    #expect(manifest.entries.map(\.name) == ["more-one", "two-of-them", "one"])
    #expect(
      manifest.entries.map(\.path) == ["more/one.h5", "more/two of them.hdf5", "one.h5"])
    #expect(manifest.entries.map(\.patient) == ["abc", "two-of-them", "abc"])
    #expect(manifest.entries.map(\.contrast) == ["PD", "AXT2", "CORPD_FBK"])
    #expect(manifest.entries.allSatisfy { $0.split == "val" && $0.anatomy == "knee" })
    for entry in manifest.entries {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("data/" + entry.path)))
      #expect(entry.bytes == data.count && entry.sha256 == sha256(of: data))
    }
    #expect(try program.run("dataset", "check", "out.yaml", "--data", "data").status == 0)
  }

  @Test func textsComeFromAKnownManifest() throws {
    try write("data/one.h5", patient: "abc", acquisition: "CORPD_FBK")
    #expect(try index("--like", "fastmri-knee", "--split", "train").status == 0)
    let known = try ManifestLocation(executable: Program.path).manifest("fastmri-knee")
    let manifest = try DatasetManifest(contentsOf: folder.file("out.yaml"))
    #expect(manifest.name == known.name && manifest.title == known.title)
    #expect(manifest.licence == known.licence && manifest.source == known.source)
    #expect(manifest.note == known.note)
    #expect(manifest.entries.map(\.anatomy) == ["knee"])
    let run = try index("--like", "training-slices", "--replace")
    #expect(run.status == 1 && run.errors.contains("lists images, not scans"))
  }

  @Test func nothingIsReplacedUnasked() throws {
    try write("data/one.h5", patient: "abc", acquisition: "T1")
    try folder.write(Data("precious".utf8), "out.yaml")
    let run = try index()
    #expect(run.status == 1 && run.errors.contains("out.yaml: is there already; give --replace"))
    #expect(try folder.text("out.yaml") == "precious")
    #expect(try index("--replace").status == 0)
    #expect(try DatasetManifest(contentsOf: folder.file("out.yaml")).entries.count == 1)
    #expect(folder.names == ["data", "out.yaml"])
  }

  @Test func foldersThatHoldNoScan() throws {
    let empty = try index()
    #expect(empty.status == 1 && empty.errors.contains("there is no .h5 file in it"))
    try folder.write(Data("no scan".utf8), "data/text.h5")
    let foreign = try index()
    #expect(foreign.status == 1 && foreign.errors.contains("data/text.h5: is not an HDF5 file"))
    let missing = try program.run("dataset", "index", "nowhere", "-o", "out.yaml")
    #expect(missing.status == 1 && missing.errors.contains("nowhere: is no folder"))
    let name = try index("--name", "a b")
    #expect(name.status == 64 && name.errors.contains("--name 'a b'"))
    #expect(folder.names == ["data"])
  }
}
