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
      it, and writes fastMRI's HDF5 (.h5) or an array of BART (.cfl with .hdr), by
      the name of the output. What the new layout cannot hold is named.

        mri-ilo convert raw.h5 scan.h5
        mri-ilo convert scan.h5 scan.cfl
        mri-ilo convert scan.h5 small.h5 --coils 8 --compression geometric
      """)

  @Argument(help: "The scan.")
  var scan: String

  @Argument(help: "The file to write: .h5 or .cfl.")
  var output: String

  @OptionGroup var scanOptions: ScanOptions

  @OptionGroup var coilOptions: CoilOptions

  func run() throws {
    try ScanPreflight.run(scan, scanOptions.options)
    let whole = try ScanFile.open(scan, scanOptions.options)
    let compressed = try coilOptions.request.map { try ScanConversion.compressed(whole, $0) }
    let source: any Scan = compressed ?? whole
    let folder = URL(fileURLWithPath: output).deletingLastPathComponent().path
    PartialFile.removeAbandoned(in: folder)
    let interrupt = InterruptSignal()
    let losses = try ScanConversion.write(source, to: output) { _ in
      if interrupt.received { throw ExitCode(130) }
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
