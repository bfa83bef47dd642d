import Acquisition
import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo simulate`, run as a user runs it.
@Suite struct SimulateCommandTests {
  private let folder: TemporaryFolder
  private let program: Program

  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func simulate(_ arguments: [String]) throws -> Program.Outcome {
    try program.started(["simulate"] + arguments).outcome()
  }

  @Test func theFileReadsBackAsAFullySampledScan() throws {
    let run = try simulate(
      [
        "-o", "head.h5", "--rows", "64", "--columns", "56", "--coils", "3", "--slices", "2",
        "--contrast", "t2", "--seed", "9",
      ])
    #expect(run.status == 0)
    #expect(run.output.contains("Wrote head.h5: AXT2, 2 slices of 64 by 56 pixels of 3.75 mm"))
    #expect(folder.names == ["head.h5"])

    let file = try FastMRIScan(path: folder.file("head.h5"))
    #expect(file.rows == 128 && file.header.readoutOversampling(rows: 128) == 2)
    #expect(file.header.acquisition == "AXT2")
    #expect(file.header.patient == "simulated head, seed 9")
    let scan = ReadoutCroppedScan(file)
    #expect((scan.slices, scan.coils, scan.rows, scan.columns) == (2, 3, 64, 56))
    #expect(scan.isFullySampled)
    let reference = try #require(try scan.reference(slice: 1))
    #expect(reference.shape == [64, 56])
    // The cropped k-space gives the reference image again.
    var images = try scan.kspace(slice: 1)
    FourierTransform(rows: 64, columns: 56).inverse(&images)
    let brightest = try #require(reference.values.max())
    for pixel in stride(from: 0, to: 64 * 56, by: 7) {
      let sum = (0..<3).reduce(Float(0)) {
        $0 + images.values[$1 * 64 * 56 + pixel].lengthSquared
      }
      #expect(abs(sum.squareRoot() - reference.values[pixel]) < 1e-3 * brightest)
    }
  }

  @Test func theSameOptionsGiveTheSameFileAtAnyTimeAndNumberOfThreads() throws {
    let options = [
      "--rows", "48", "--columns", "40", "--coils", "2", "--slices", "1", "--position", "-1",
    ]
    func bytes(_ name: String, _ threads: String) throws -> Data {
      #expect(try simulate(["-o", name, "--threads", threads] + options).status == 0)
      return try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    }
    let first = try bytes("one.h5", "1")
    // HDF5 would store the second in which a dataset was written.
    Thread.sleep(forTimeInterval: 1.1)
    #expect(try bytes("two.h5", "2") == first)
  }

  @Test(arguments: [
    (["--rows", "8"], "rows is 8"),
    (["--snr", "0"], "signal-to-noise"),
    (["--position", "-40"], "anatomy only"),
    (["--contrast", "t3"], "Please provide one of 't1', 't2', 'pd' or 'flair'"),
    (["--columns", "100"], "no room for a head"),
  ])
  func whatMakesNoSenseIsRefused(arguments: [String], text: String) throws {
    let run = try simulate(["-o", "head.h5"] + arguments)
    #expect(run.status != 0)
    #expect(run.errors.contains(text), "\(run.errors)")
    #expect(folder.names == [])
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    let run = try simulate(
      ["-o", "missing/head.h5", "--rows", "32", "--columns", "32", "--coils", "1", "--slices", "1"])
    #expect(run.status == 1)
    #expect(run.errors.contains("missing/head.h5"))
  }
}
