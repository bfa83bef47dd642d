import Arrays
import Evaluation
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// What `inspect` finds in a scan, and the scans that no look lets pass.
@Suite struct InspectScanTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func json(_ arguments: String...) throws -> [String: Any] {
    let outcome = try program.started(["inspect"] + arguments + ["--json"]).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  /// One coil has ten times the gain less noise of the others; each coil's noise is found again.
  @Test func coilsPaddingPeakAndCost() throws {
    var scan = SyntheticScan(coils: 4, rows: 64, columns: 64, acquired: 6..<60)
    (scan.scale, scan.noise) = (1e-9, 0.5)
    scan.spoil = { kspace in
      // Coil 1 is twice as loud as it was.
      for index in kspace.values.indices where index / 4096 % 4 == 1 {
        kspace.values[index] = kspace.values[index].multiplied(by: 2)
      }
    }
    try scan.write(folder.file("scan.h5"))
    let found = try json("scan.h5")
    let coils = try #require(found["coil_details"] as? [[String: Any]])
    for (index, coil) in coils.enumerated() {
      let noise = try #require(coil["noise"] as? Double)
      #expect(abs(noise / (index == 1 ? 1e-9 : 5e-10) - 1) < 0.25, "\(index): \(noise)")
      #expect(coil["fault"] == nil)
      #expect(try #require(coil["signal"] as? Double) > 3 * noise)
    }
    #expect(found["padding"] as? [Int] == [6, 4])
    #expect(found["declared_centre"] as? [Int] == [32, 32])
    #expect(found["warnings"] as? [String] == [])
    let estimate = try #require(found["estimate"] as? [String: Any])
    let methods = try #require(estimate["methods"] as? [[String: Any]])
    #expect(methods.compactMap { $0["name"] as? String }.contains("ilo"))
    for method in methods {
      let (slice, all) = (method["seconds_per_slice"] as? Double, method["seconds"] as? Double)
      let one = try #require(slice)
      #expect(try one > 0 && abs(#require(all) / one - 2) < 1e-6)
      #expect(try #require(method["memory"] as? Int) > 50_000_000)
    }
    #expect(try program.run("inspect", "scan.h5").output.contains("ilo, roughly"))
  }

  /// A centre of k-space that is not in the middle is named.
  @Test func aDisplacedCentreIsOdd() throws {
    var scan = SyntheticScan()
    scan.spoil = { kspace in
      let values = kspace.values
      for index in values.indices {
        let (line, column) = (index / 40, index % 40)
        kspace.values[line * 40 + (column + 9) % 40] = values[index]
      }
    }
    try scan.write(folder.file("scan.h5"))
    let found = try json("scan.h5")
    let warnings = try #require(found["warnings"] as? [String])
    #expect(warnings.count == 1 && warnings[0].contains("far from the declared centre 16, 20"))
    let recon = try program.run("recon", "scan.h5", "--method", "zero-filled", "-o", "out")
    #expect(recon.errors.contains("Warning: scan.h5: the largest k-space value is at row 16"))
  }

  /// k-space whose last axis counts the coils is refused, by every command.
  @Test func coilsAsTheLastAxisAreRefused() throws {
    let kspace = SyntheticScan(slices: 1).kspace
    var turned = ComplexArray(zeros: [1, 32, 40, 4])
    for coil in 0..<4 {
      for place in 0..<1280 { turned.values[place * 4 + coil] = kspace.values[coil * 1280 + place] }
    }
    let file = try HDF5File(creating: folder.file("scan.h5"))
    try file.createDataset("kspace", shape: turned.shape, type: .complex).write(turned.values)
    try file.close()
    for arguments in [
      ["inspect", "scan.h5"], ["recon", "scan.h5"], ["convert", "scan.h5", "a.cfl"],
    ] {
      let outcome = try program.started(arguments).outcome()
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("scan.h5: its k-space seems to have the coils as its last"))
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
      #expect(folder.names == ["scan.h5"])
    }
  }

  @Test func thePictureIsWhole() throws {
    try SyntheticScan(oversampling: 2).write(folder.file("scan.h5"))
    let outcome = try program.run("inspect", "scan.h5", "--png", "scan.png")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("scan.png")))
    #expect(bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) && bytes.count > 10_000)
    #expect(folder.names == ["scan.h5", "scan.png"])
    let named = try program.run("inspect", "scan.h5", "--png", "scan.jpg")
    #expect(named.status == 64 && named.errors.contains("name a file that ends in .png"))
    let nowhere = try program.run("inspect", "scan.h5", "--png", "missing/scan.png")
    #expect(nowhere.status == 1 && nowhere.errors.contains("missing/scan.png"))
    #expect(nowhere.errors.split(separator: "\n").count == 1 && nowhere.output == "")
    try folder.write(Data("no".utf8), "other.safetensors")
    let other = try program.run("inspect", "other.safetensors", "--png", "a.png")
    #expect(other.status == 1 && folder.names == ["other.safetensors", "scan.h5", "scan.png"])
  }
}
