import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo` with masks of points: drawn over a full scan, and stored in the file.
@Suite struct PointMaskCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func psnr(_ name: String) throws -> [String: Double] {
    let lines = try folder.text(name).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let (method, psnr) = (
      try #require(lines[0].firstIndex(of: "method")), try #require(lines[0].firstIndex(of: "psnr"))
    )
    return Dictionary(
      uniqueKeysWithValues: lines.dropFirst().map { (String($0[method]), Double($0[psnr]) ?? 0) })
  }

  @Test func aScanIsUndersampledByPoints() throws {
    // The mask is one of the matrix without the readout's oversampling.
    try SyntheticScan(slices: 1, rows: 48, columns: 44, oversampling: 2, image: (48, 44))
      .write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "4", "--mask", "poisson", "--center-fraction", "0.1",
      "--seed", "7", "--method", "zero-filled,sense,l1-wavelet", "--trust")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("achieved 4x, 15 × 15 ACS points"), "\(outcome.output)")
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    #expect(try file.dataset("mask").shape == [48, 44])
    let mask = try file.dataset("mask").integers()
    #expect(mask.reduce(0, +) == 528)
    let psnr = try psnr("recon-scan/metrics.csv")
    let (zero, wavelet) = (try #require(psnr["zero-filled"]), try #require(psnr["l1-wavelet"]))
    #expect(wavelet > zero + 3)
    let again = try program.run(
      "recon", "scan.h5", "--accel", "4", "--mask", "poisson", "--center-fraction", "0.1",
      "--seed", "7", "--method", "zero-filled,sense,l1-wavelet", "--threads", "1", "-o", "again")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try self.psnr("again/metrics.csv") == psnr)
  }

  /// A mask that was written by one run is that of the next, and its file is named and has a checksum.
  @Test func aMaskIsBroughtInAFile() throws {
    try SyntheticScan(slices: 1, rows: 48, columns: 44).write(folder.file("scan.h5"))
    for pattern in ["random", "low_resolution"] {
      let drawn = try program.run(
        "recon", "scan.h5", "--accel", "4", "--mask", pattern, "--center-fraction", "0.1",
        "--seed", "7", "--method", "zero-filled", "-o", pattern)
      #expect(drawn.status == 0, "\(drawn.errors)")
      let brought = try program.run(
        "recon", "scan.h5", "--mask", "\(pattern)/recon.h5", "--method", "zero-filled", "-o",
        "brought")
      #expect(brought.status == 0, "\(brought.errors)")
      #expect(brought.output.contains("mask: file, \(pattern)/recon.h5, "))
      #expect(try psnr("brought/metrics.csv") == psnr("\(pattern)/metrics.csv"))
      let record = try folder.text("brought/record.json")
      #expect(record.contains("\"name\" : \"file\""))
      #expect(
        record.contains(
          sha256(of: try Data(contentsOf: URL(fileURLWithPath: folder.file("\(pattern)/recon.h5"))))
        ))
    }
    for (arguments, words) in [
      (["--mask", "none.npy"], "none.npy: cannot be opened (no such file)"),
      (["--mask", "random"], "need --accel"),
      (["--mask", "random/recon.h5", "--accel", "4"], "leave out --accel"),
      (["--mask", "scan.h5"], "mask"),
    ] {
      let outcome = try program.started(["recon", "scan.h5", "-o", "refused"] + arguments).outcome()
      #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    try folder.write(Data(("1" + String(repeating: "01", count: 21) + "0").utf8), "edge.txt")
    let outcome = try program.run("recon", "scan.h5", "--mask", "edge.txt", "-o", "refused")
    expectOneSentence(outcome, "no block around the centre of k-space")
  }

  /// One bit is wrong in it; libhdf5 1.10 crashes when it opens the file.
  @Test func whatLibhdf5CannotSurviveIsADamagedMask() throws {
    try SyntheticScan(slices: 1).write(folder.file("scan.h5"))
    try FileManager.default.copyItem(
      atPath: fixturePath("masks/damaged.h5"), toPath: folder.file("mask.h5"))
    let outcome = try program.started(["recon", "scan.h5", "--mask", "mask.h5"]).outcome()
    #expect(outcome.status == 1)
    expectOneSentence(outcome, "mask.h5: the HDF5 file is truncated or damaged")
    #expect(folder.names == ["mask.h5", "scan.h5"])
  }

  /// Points that are zero in the file are taken for missing, and not for measured.
  @Test func aStoredPointMaskIsSeen() throws {
    var scan = SyntheticScan(slices: 1, rows: 48, columns: 44)
    scan.spoil = { kspace in
      for index in kspace.values.indices {
        let (row, column) = (index / 44 % 48, index % 44)
        let isCentre = (17..<32).contains(row) && (15..<30).contains(column)
        if !isCentre, (row + 2 * column) % 4 != 0 { kspace.values[index] = .zero }
      }
    }
    try scan.write(folder.file("scan.h5"))
    let inspected = try program.run("inspect", "scan.h5")
    #expect(
      inspected.output.contains("points, 15 × 15 ACS points, by the points that are not zero"),
      "\(inspected.output)")
    let refused = try program.run("recon", "scan.h5", "--accel", "2", "--method", "sense")
    #expect(refused.status != 0 && refused.errors.contains("already undersampled"))
    let outcome = try program.run("recon", "scan.h5", "--method", "sense")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("as stored, 3.0"), "\(outcome.output)")
    let converted = try program.run("convert", "scan.h5", "copy.h5")
    #expect(converted.status == 0, "\(converted.errors)")
    #expect(try program.run("inspect", "copy.h5").output.contains("15 × 15 ACS points"))
  }

  /// Scanners leave the corners of a plane out; that is no undersampling.
  @Test func aScanWithoutCornersIsFullySampled() throws {
    var scan = SyntheticScan(slices: 1, rows: 48, columns: 44)
    scan.spoil = { kspace in
      for index in kspace.values.indices {
        let (row, column) = (index / 44 % 48, index % 44)
        let (y, x) = (Double(row - 24) / 24, Double(column - 22) / 22)
        if y * y + x * x > 1 { kspace.values[index] = .zero }
      }
    }
    try scan.write(folder.file("scan.h5"))
    let inspected = try program.run("inspect", "scan.h5")
    #expect(inspected.output.contains("full: 44 of 44 columns"), "\(inspected.output)")
    let outcome = try program.run("recon", "scan.h5", "--accel", "2", "--method", "sense")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func aSweepTakesPatternsOfPoints() throws {
    let sweep = try TinySweep(masks: 1)
    sweep.text = sweep.text.replacingOccurrences(of: "pattern: random", with: "pattern: gaussian")
      .replacingOccurrences(of: "center_fraction: 0.3", with: "center_fraction: 0.1")
    try sweep.writeProtocol()
    let outcome = try sweep.program.run("sweep", "protocol.yaml", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = try sweep.folder.text("out/results.csv")
    #expect(text.contains("gaussian,2.0,2.0,0.1,"), "\(text)")
  }
}
