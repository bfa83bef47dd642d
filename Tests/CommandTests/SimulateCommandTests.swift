import Acquisition
import Arrays
import Foundation
import Numerics
import ScanFiles
import Testing

/// `mri-ilo simulate`, run as a user runs it.
@Suite struct SimulateCommandTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("SimulateCommandTests-\(UUID().uuidString)")

  private func simulate(_ arguments: [String]) throws -> (status: Int32, said: String) {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL
    let own = try #require(bundle ?? Bundle.main.executableURL)
    let process = Process()
    process.executableURL = own.deletingLastPathComponent().appendingPathComponent("mri-ilo")
    process.arguments = ["simulate"] + arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: said, as: UTF8.self))
  }

  private func removeFolder() { try? FileManager.default.removeItem(at: folder) }

  @Test func theFileReadsBackAsAFullySampledScan() throws {
    defer { removeFolder() }
    let run = try simulate(
      [
        "-o", "head.h5", "--rows", "64", "--columns", "56", "--coils", "3", "--slices", "2",
        "--contrast", "t2", "--seed", "9",
      ])
    #expect(run.status == 0)
    #expect(run.said.contains("Wrote head.h5: AXT2, 2 slices of 64 by 56 pixels of 3.75 mm"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names == ["head.h5"])

    let file = try FastMRIScan(path: folder.appendingPathComponent("head.h5").path)
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
    defer { removeFolder() }
    let options = [
      "--rows", "48", "--columns", "40", "--coils", "2", "--slices", "1", "--position", "-1",
    ]
    func bytes(_ name: String, _ threads: String) throws -> Data {
      #expect(try simulate(["-o", name, "--threads", threads] + options).status == 0)
      return try Data(contentsOf: folder.appendingPathComponent(name))
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
    defer { removeFolder() }
    let run = try simulate(["-o", "head.h5"] + arguments)
    #expect(run.status != 0)
    #expect(run.said.contains(text), "\(run.said)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aFolderThatIsNotThereIsNamed() throws {
    defer { removeFolder() }
    let run = try simulate(
      ["-o", "missing/head.h5", "--rows", "32", "--columns", "32", "--coils", "1", "--slices", "1"])
    #expect(run.status == 1)
    #expect(run.said.contains("missing/head.h5"))
  }
}
