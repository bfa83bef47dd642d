import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import ScanFiles

/// The further forms in which `mri-ilo recon` writes its images.
@Suite struct ExportTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func recon(_ scan: String, _ arguments: String...) throws -> Program.Outcome {
    try program.started(["recon", scan, "-o", "out"] + arguments).outcome()
  }

  private func digests(_ series: String) throws -> [String] {
    try folder.names(in: "out/\(series)").map {
      try FileDigest.sha256(ofFile: folder.file("out/\(series)/\($0)"))
    }
  }

  @Test func eachMethodIsASeriesOfOneStudy() throws {
    let raw = fixturePath("scans/raw.h5")
    let outcome = try recon(raw, "--method", "zero-filled,sense", "--dicom")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    let images = try HDF5File(reading: folder.file("out/recon.h5"))
    var studies: Set<String> = []
    var series: Set<String> = []
    var instances: Set<String> = []
    for (method, dataset) in [
      ("zero-filled", "reconstruction"), ("sense", "reconstruction_sense"),
    ] {
      let names = folder.names(in: "out/dicom-\(method)")
      #expect(names == ["slice-000.dcm", "slice-001.dcm"])
      let values = try images.dataset(dataset).floats()
      var slopes: Set<Double> = []
      for (slice, name) in names.enumerated() {
        let file = try DICOMFile(reading: folder.file("out/dicom-\(method)/\(name)"))
        studies.insert(file.text(.studyInstanceUID) ?? "")
        series.insert(file.text(.seriesInstanceUID) ?? "")
        instances.insert(file.text(.sopInstanceUID) ?? "")
        let slope = try #require(file.numbers(.rescaleSlope).first)
        slopes.insert(slope)
        for (stored, value) in zip(file.pixels, values[(slice * 480)...]) {
          #expect(abs(Double(stored) * slope - Double(value)) <= 0.501 * slope)
        }
        #expect(
          file.text(.derivationDescription)
            == "Reconstructed by \(method) (fully sampled, 20 ACS lines) with mri-ilo "
            + "\(ProgramVersion.current). Research use only; not for diagnosis.")
      }
      #expect(slopes.count == 1)
    }
    #expect(studies.count == 1 && series.count == 2 && instances.count == 4)
    let isValid = { (uid: String) in uid.hasPrefix("2.25.") && uid.utf8.count <= 64 }
    #expect(studies.union(series).union(instances).allSatisfy(isValid))
  }

  /// The same run gives the same bytes; another replaces what it wrote and leaves what it did not.
  @Test func aSecondRunReplacesTheFirst() throws {
    let raw = fixturePath("scans/raw.h5")
    for _ in 0..<2 {
      let outcome = try recon(raw, "--method", "zero-filled,sense", "--dicom")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    let first = try digests("dicom-zero-filled")
    try folder.write(Data("mine".utf8), "out/dicom-sense/notes.txt")
    let again = try recon(raw, "--method", "zero-filled", "--dicom", "--slices", "1")
    #expect(again.status == 0, "\(again.errors)")
    #expect(folder.names(in: "out/dicom-zero-filled") == ["slice-001.dcm"])
    #expect(folder.names(in: "out/dicom-sense") == ["notes.txt"])
    // One slice alone has a slope and a series of its own.
    #expect(try digests("dicom-zero-filled")[0] != first[1])
    let whole = try recon(raw, "--method", "zero-filled,sense", "--dicom")
    #expect(whole.status == 0)
    #expect(try digests("dicom-zero-filled") == first)
    let none = try recon(raw, "--method", "zero-filled")
    #expect(none.status == 0)
    #expect(!folder.names(in: "out").contains("dicom-zero-filled"))
    #expect(folder.names(in: "out/dicom-sense") == ["notes.txt"])
  }

  @Test func aScanWithoutAPlaceSaysSo() throws {
    let outcome = try recon(
      fixturePath("scans/fastmri.h5"), "--method", "zero-filled", "--dicom")
    #expect(outcome.status == 0)
    #expect(outcome.errors.contains("secondary captures without a place in the patient"))
  }

  /// A UUID of version 8 as a decimal number, as Python's `uuid.UUID(...).int` has it.
  @Test func uidsAreUUIDs() {
    #expect(DICOMExport.uid(["a", "b"]) == "2.25.167612356721423352038156871554819517187")
  }

  @Test func aSubmissionIsWhatTheChallengeTakes() throws {
    var scan = SyntheticScan(oversampling: 2, image: (24, 30))
    scan.slices = 3
    try scan.write(folder.file("file1000007.h5"))
    let outcome = try recon(
      "file1000007.h5", "--accel", "3", "--method", "zero-filled,sense", "--submission")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.names(in: "out/submission") == ["file1000007.h5"])
    let file = try HDF5File(reading: folder.file("out/submission/file1000007.h5"))
    #expect(file.names == ["reconstruction"])
    let dataset = try file.dataset("reconstruction")
    #expect(dataset.shape == [3, 24, 30])
    let images = try HDF5File(reading: folder.file("out/recon.h5"))
    #expect(try dataset.floats() == images.dataset("reconstruction").floats())
  }
}
