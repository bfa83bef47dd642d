import Acquisition
import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// ISMRMRD out of `convert` and `recon`, M4Raw's repetitions, and whose data are written.
@Suite struct ISMRMRDCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func fixture(_ name: String) -> String { fixturePath("scans/" + name) }

  /// From every layout that is written to every other, k-space stays what it was.
  @Test func everyLayoutThatIsWrittenLeadsToEveryOther() throws {
    let names = ["fastmri.h5", "raw.mrd", "array.cfl", "array.ra"]
    var source = fixture("fastmri.h5")
    let first = try ScanFile.open(source)
    for name in names + names.reversed() {
      let output = "to-\(name)"
      let outcome = try program.run("convert", source, output)
      #expect(outcome.status == 0, "\(outcome.errors)")
      let scan = try ScanFile.open(folder.file(output))
      for slice in 0..<2 { #expect(try scan.kspace(slice: slice) == first.kspace(slice: slice)) }
      source = "copy-\(name)"
      for ending in name.hasSuffix(".cfl") ? ["cfl", "hdr"] : [(name as NSString).pathExtension] {
        let stem = (name as NSString).deletingPathExtension
        let copy = folder.file("copy-\(stem).\(ending)")
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.moveItem(
          atPath: folder.file("to-\(stem).\(ending)"), toPath: copy)
      }
    }
  }

  @Test func theLayoutIsAskedForOrNamed() throws {
    let outcome = try program.run(
      "convert", fixture("raw.h5"), "raw.h5", "--to", "ISMRMRD")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.errors.contains("orientation"))
    #expect(outcome.errors.contains("the noise scan is not kept"))
    #expect(try ScanFile.open(folder.file("raw.h5")).layout == .ismrmrd)
    for (arguments, words) in [
      (["a.cfl", "--to", "ismrmrd"], "is no name for a file of ISMRMRD; end it in .h5 or .mrd"),
      (["a.mrd", "--to", "fastmri"], "is no name for a file of fastMRI"),
      (["a.h5", "--to", "bart"], "is no name for a file of BART"),
      (["a.h5", "--to", "nifti"], "--to nifti: choose from fastmri, ismrmrd, bart"),
      (["a.txt"], "end it in .h5 (fastMRI), .mrd (ISMRMRD), .cfl or .ra (BART), or give --to"),
      (["missing/a.mrd"], "could not be written"),
      (["a.h5", "--patient-id", "7"], "fastMRI has no place for the patient"),
      (["a.mrd", "--keep-patient"], "states nothing of the patient"),
      (["a.mrd", "--patient-name", "a\\b"], "without backslashes"),
    ] {
      let refused = try program.started(["convert", fixture("raw.h5")] + arguments).outcome()
      #expect(refused.status == 1 && refused.errors.contains(words), "\(refused.errors)")
      #expect(refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
      #expect(folder.names == ["raw.h5"])
    }
  }

  /// A full disk leaves no file and what was there before.
  @Test func aFullDiskLeavesNothing() throws {
    try folder.write(Data("earlier".utf8), "out.mrd")
    var small = program
    small.fileSizeLimit = 16
    let outcome = try small.run("convert", fixture("raw.h5"), "out.mrd")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("could not be written"), "\(outcome.errors)")
    #expect(folder.names == ["out.mrd"])
    #expect(try folder.text("out.mrd") == "earlier")
  }

  @Test func imagesOfEveryMethod() throws {
    let outcome = try program.run(
      "recon", fixture("raw.h5"), "--method", "sense,zero-filled", "--ismrmrd", "-o", "out")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    let file = try HDF5File(reading: folder.file("out/recon-mrd.h5"))
    let images = try HDF5File(reading: folder.file("out/recon.h5"))
    for (series, name) in ["reconstruction", "reconstruction_zero-filled"].enumerated() {
      let values = try file.dataset("dataset/image_\(series)/data").floats()
      let expected = try images.dataset(name).floats()
      for index in expected.indices {
        let (slice, row, column) = (index / 480, index % 480 / 20, index % 20)
        #expect(values[slice * 480 + column * 24 + row] == expected[index])
      }
    }
    #expect(try folder.text("out/record.json").contains("\"recon-mrd.h5\""))
    let unplaced = try program.run(
      "recon", fixture("fastmri.h5"), "--method", "zero-filled", "--ismrmrd", "-o", "out")
    #expect(unplaced.status == 0 && unplaced.errors.contains("recon-mrd.h5 has directions of zero"))
  }

  /// Nobody is named unless asked for, and never in the record.
  @Test func patientDataOnRequest() throws {
    let named = try program.run(
      "convert", fixture("raw.h5"), "named.mrd", "--patient-name", "Doe^Jane", "--patient-id",
      "PATIENT-7")
    #expect(named.status == 0, "\(named.errors)")
    #expect(try program.run("convert", "named.mrd", "plain.mrd").status == 0)
    #expect(try program.run("convert", "named.mrd", "kept.mrd", "--keep-patient").status == 0)
    func subject(_ name: String) throws -> (String?, String?) {
      let subject = try ScanFile.open(folder.file(name)).header.subject
      return (subject?.name, subject?.identifier)
    }
    #expect(try subject("plain.mrd") == (nil, nil))
    #expect(try subject("kept.mrd") == ("Doe^Jane", "PATIENT-7"))
    #expect(try program.run("inspect", "named.mrd").output.contains("patient data"))
    #expect(try !program.run("inspect", "named.mrd", "--json").output.contains("Jane"))

    let arguments = ["recon", "named.mrd", "--method", "zero-filled", "--dicom", "--ismrmrd", "-o"]
    #expect(try program.started(arguments + ["nobody"]).outcome().status == 0)
    let kept = try program.started(
      arguments + ["kept", "--keep-patient", "--patient-id=PATIENT-8"]
    ).outcome()
    #expect(kept.status == 0, "\(kept.errors)")
    func holds(_ name: String, _ text: String) throws -> Bool {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
      return bytes.range(of: Data(text.utf8)) != nil
    }
    for name in folder.names(in: "nobody") where name.contains(".") {
      #expect(try !holds("nobody/\(name)", "Jane"), "\(name)")
      #expect(try !holds("nobody/\(name)", "PATIENT-7"), "\(name)")
    }
    #expect(try !holds("nobody/dicom-zero-filled/slice-000.dcm", "Jane"))
    #expect(try holds("kept/dicom-zero-filled/slice-000.dcm", "Doe^Jane"))
    #expect(try holds("kept/dicom-zero-filled/slice-000.dcm", "PATIENT-8"))
    #expect(try holds("kept/recon-mrd.h5", "<patientName>Doe^Jane<"))
    for name in ["record.json", "recon.h5", "metrics.csv"] {
      #expect(try !holds("kept/\(name)", "Jane"), "\(name)")
      #expect(try !holds("kept/\(name)", "PATIENT-8"), "\(name)")
    }
    let usage = try program.run(
      "recon", "named.mrd", "--method", "zero-filled", "--patient-id", "7")
    #expect(usage.status == 64 && usage.errors.contains("are for --dicom and --ismrmrd"))
  }

  /// Repetitions are averaged, are in the record, and lines that were never measured are no undersampling.
  @Test func repetitionsOfM4Raw() throws {
    let files = (1...3).map { fixture("m4raw_T10\($0).h5") }
    let outcome = try program.run(
      "recon", files[0], "--average", files[1], files[2], "--method", "zero-filled", "-o", "out")
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    #expect(outcome.output.contains("fully sampled"))
    let record = try folder.text("out/record.json")
    #expect(record.contains("\"averaged\"") && record.contains("m4raw_T103.h5"))
    let said = try program.run("inspect", files[0])
    for words in [
      "M4Raw", "2 to 17; 4 are padding", "full: 16 of 16 columns",
      "T1, SE, TR 500 ms, TE 18.4 ms, flip angle 90°, 0.3 T",
    ] {
      #expect(said.output.contains(words), "\(said.output)")
    }
    let refused = try program.run(
      "recon", files[0], "--method", "zero-filled", "--average", fixture("raw.h5"))
    #expect(refused.status == 1 && refused.errors.contains("is no repetition of"))
    #expect(refused.errors.split(separator: "\n").count == 1)
    #expect(folder.names == ["out"])
  }
}
