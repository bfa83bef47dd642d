import Acquisition
import ArgumentParser
import Experiments
import Foundation
import ScanFiles

/// `mri-ilo convert`: writes a scan in another layout.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a scan's k-space in another layout.",
    discussion: """
      Reads every layout that recon reads, sorted and averaged as recon would have
      it, and writes fastMRI's HDF5 (.h5), ISMRMRD raw data (.mrd, or .h5 with
      --to ismrmrd) or an array of BART (.cfl with .hdr, or .ra), by the name of
      the output. What the new layout cannot hold is named. Nothing of the patient
      is written unless it is asked for, but fastMRI's pseudonym in fastMRI's layout.

        mri-ilo convert raw.h5 scan.h5
        mri-ilo convert scan.h5 scan.cfl
        mri-ilo convert scan.h5 small.h5 --coils 8 --compression geometric
        mri-ilo convert scan.h5 raw.h5 --to ismrmrd
      """)

  @Argument(help: "The scan.")
  var scan: String

  @Argument(help: "The file to write: .h5, .mrd, .cfl or .ra.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "The layout: "
        + ScanConversion.layouts.map { $0.rawValue.lowercased() }.joined(separator: ", ")
        + " (default: by the name of the output).", valueName: "layout"))
  var to: String?

  @OptionGroup var scanOptions: ScanOptions

  @OptionGroup var coilOptions: CoilOptions

  @OptionGroup var patient: PatientOptions

  func run() throws {
    let asked = try to.map { name in
      guard
        let layout = ScanConversion.layouts.first(where: {
          $0.rawValue.lowercased() == name.lowercased()
        })
      else {
        throw ExperimentError(
          "--to \(name): choose from "
            + ScanConversion.layouts.map { $0.rawValue.lowercased() }.joined(separator: ", "))
      }
      return layout
    }
    let layout = try ScanConversion.layout(of: output, asked: asked)
    if patient.isGiven, layout != .ismrmrd {
      throw ExperimentError(
        "\(layout.rawValue) has no place for the patient's name and number; leave them out, or give "
          + "--to ismrmrd")
    }
    RunSummary.warn(try ScanPreflight.run(scan, scanOptions.options), of: scan)
    let whole = try ScanFile.open(scan, scanOptions.options)
    let compressed = try coilOptions.request.map { try ScanConversion.compressed(whole, $0) }
    let source: any Scan = compressed ?? whole
    let subject = try patient.subject(source.header, file: scan)
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
    PartialFile.removeAbandoned(in: folder)
    let losses = try StoppableWork.run { work in
      try ScanConversion.write(source, to: output, as: layout, subject: subject) { _ in
        try work.check()
      }
    }
    print(
      "Wrote \(output): \(source.slices) slice\(source.slices == 1 ? "" : "s"), \(source.coils) "
        + "coil\(source.coils == 1 ? "" : "s"), from \(source.layout.rawValue).")
    if let compressed { print("Coils: \(compressed.compression.text).") }
    for loss in losses {
      FileHandle.standardError.write(Data("Note: \(loss).\n".utf8))
    }
  }
}
