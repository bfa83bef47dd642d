import Acquisition
import Arrays
import Experiments
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo dataset simulate`, run as a user runs it.
@Suite struct DatasetSimulateTests {
  private let folder: TemporaryFolder
  private let program: Program
  private let stack = SyntheticStack()

  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path, environment: ["MRI_ILO_DATA": ""])
    try stack.write(folder.file("stack.h5"))
  }

  private func simulate(_ output: String, _ arguments: String...) throws -> Program.Outcome {
    try program.started(
      ["dataset", "simulate", "stack.h5", "-o", output, "--coils", "3"] + arguments
    ).outcome()
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func theScansAreListedAndGood() throws {
    let run = try simulate(
      "out", "--slices", "6", "--name", "mine", "--licence", "CC0", "--snr", "25.5", "--seed", "8")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Wrote 3 scans of 6 slices in all to out"))
    #expect(
      folder.names(in: "out") == ["anna-T1.h5", "anna-T2.h5", "ben-T1.h5", "dataset.yaml"])
    let manifest = try DatasetManifest(contentsOf: folder.file("out/dataset.yaml"))
    #expect(manifest.name == "mine" && manifest.licence == "CC0" && manifest.origin == .simulated)
    #expect(manifest.entries.map(\.patient) == ["anna", "anna", "ben"])
    #expect(manifest.entries.map(\.contrast) == ["T1", "T2", "T1"])
    #expect(manifest.entries.allSatisfy { $0.split == "test" && $0.anatomy == "brain" })
    let note = try #require(manifest.note)
    for words in [
      "magnitude × smooth phase × 3 simulated coils", "noise, SNR 25.5 (", "seed 8", "stack.h5",
    ] { #expect(note.contains(words), "\(note)") }
    #expect(try program.run("dataset", "check", "out/dataset.yaml").status == 0)

    let scan = try FastMRIScan(path: folder.file("out/anna-T1.h5"))
    #expect((scan.slices, scan.coils, scan.rows, scan.columns) == (3, 3, 48, 40))
    #expect(scan.isFullySampled)
    #expect(scan.header.patient == "anna" && scan.header.acquisition == "T1")
    #expect(scan.header.encoded?.rowExtent == 60 && scan.header.encoded?.columnExtent == 50)
  }

  /// Six slices are three, two and one; those are spread over the volume.
  @Test func theReferenceIsTheImageAndTheNoiseIsAsStated() throws {
    #expect(try simulate("out", "--slices", "6", "--snr", "20").status == 0)
    // The first volume's images are 3 to 7 of the stack, and 0, 2, 4 of the five were chosen.
    let scan = try FastMRIScan(path: folder.file("out/anna-T1.h5"))
    var (sum, count) = (0.0, 0.0)
    let images = [3, 5, 7].map { stack.pixels($0).map(Float.init) }
    for image in images {
      for value in image where value > 25 {
        (sum, count) = (sum + Double(value), count + 1)
      }
    }
    let deviation = sum / count / 20
    for (slice, image) in images.enumerated() {
      let reference = try #require(try scan.reference(slice: slice))
      // Where the signal is strong, noise of the root sum of squares is that of one real part.
      let errors = zip(reference.values, image).filter { $0.1 > 80 }.map {
        Double($0.0) * 1e4 - Double($0.1)
      }
      #expect(errors.count > 400)
      let mean = errors.reduce(0, +) / Double(errors.count)
      let spread = (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
      #expect(abs(spread / deviation - 1) < 0.15, "\(spread) for \(deviation)")
      #expect(abs(mean) < deviation / 5)
    }
  }

  @Test func theSameOptionsGiveTheSameBytesWhateverTheThreads() throws {
    #expect(try simulate("one", "--slices", "4", "--threads", "1").status == 0)
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try simulate("two", "--slices", "4", "--threads", "2").status == 0)
    #expect(try simulate("three", "--slices", "4", "--seed", "2").status == 0)
    for name in ["anna-T1.h5", "anna-T2.h5", "ben-T1.h5", "dataset.yaml"] {
      #expect(try bytes("one/\(name)") == bytes("two/\(name)"))
      #expect(try bytes("one/\(name)") != bytes("three/\(name)"))
    }
  }

  @Test func withoutAPixelSizeTheHeaderStatesNone() throws {
    var stack = stack
    stack.pixel = nil
    try stack.write(folder.file("stack.h5"))
    #expect(try simulate("out", "--slices", "1").status == 0)
    let scan = try FastMRIScan(path: folder.file("out/anna-T1.h5"))
    #expect(scan.header.encoded?.rows == 48 && scan.header.encoded?.rowExtent == nil)
  }

  @Test(arguments: [
    (["--slices", "11"], "has 10 images, fewer than the 11 slices asked for", Int32(1)),
    (["--split", "dev"], "has no split 'dev'; choose from test, train", 1),
    (["--slices", "0"], "--slices must be at least 1", 64),
    (["--coils", "65"], "coils is 65", 64), (["--snr", "0"], "signal-to-noise", 64),
    (["--name", ""], "--name ''", 64),
  ])
  func optionsThatMakeNoSense(arguments: [String], words: String, status: Int32) throws {
    let run = try program.started(
      ["dataset", "simulate", "stack.h5", "-o", "out"] + arguments
    ).outcome()
    #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
    #expect(folder.names == ["stack.h5"])
  }

  @Test(arguments: ["images", "subject", "contrast"]) func whatTheStackLacks(name: String) throws {
    try stack.write(folder.file("stack.h5"), without: name)
    let run = try simulate("out")
    #expect(run.status == 1 && run.errors.contains("has no dataset '\(name)'"), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
    #expect(folder.names == ["stack.h5"])
  }

  @Test func nothingIsReplacedUnasked() throws {
    #expect(try simulate("out", "--slices", "3").status == 0)
    let before = try bytes("out/dataset.yaml")
    let run = try simulate("out", "--slices", "4")
    #expect(run.status == 1 && run.errors.contains("out/anna-T1.h5: is there already"))
    try FileManager.default.createDirectory(
      atPath: folder.file("own"), withIntermediateDirectories: false)
    try folder.write(Data("precious".utf8), "own/dataset.yaml")
    let other = try simulate("own", "--slices", "4")
    #expect(other.status == 1 && other.errors.contains("own/dataset.yaml: is there already"))
    #expect(try folder.text("own/dataset.yaml") == "precious")
    #expect(try bytes("out/dataset.yaml") == before)
    #expect(try simulate("out", "--slices", "4", "--replace").status == 0)
    #expect(try bytes("out/dataset.yaml") != before)
  }

  @Test func aFullDiskLeavesNothing() throws {
    var full = program
    full.fileSizeLimit = 40
    let run = try full.run("dataset", "simulate", "stack.h5", "-o", "out", "--slices", "10")
    #expect(run.status == 1 && run.errors.contains("could not be written"), "\(run.errors)")
    #expect(folder.names == ["stack.h5"])
  }

  @Test func interruptedItLeavesNothing() throws {
    var large = SyntheticStack()
    (large.rows, large.columns) = (192, 192)
    large.images = (0..<96).map { _ in ("carl", "T1", "test") }
    try large.write(folder.file("stack.h5"))
    // On a busy machine a run may end before the signal is sent; such a one says nothing.
    for _ in 0..<5 {
      let running = try program.started(
        ["dataset", "simulate", "stack.h5", "-o", "out", "--slices", "96", "--coils", "64"])
      let deadline = Date().addingTimeInterval(30)
      while folder.names(in: "out").isEmpty && Date() < deadline { usleep(2000) }
      running.process.interrupt()
      let run = running.outcome()
      if run.status == 0 {
        try FileManager.default.removeItem(atPath: folder.file("out"))
        continue
      }
      #expect(run.status == 130 && run.errors.contains("nothing was written"), "\(run.errors)")
      #expect(folder.names == ["stack.h5"])
      return
    }
    Issue.record("no run could be interrupted before its end")
  }
}
