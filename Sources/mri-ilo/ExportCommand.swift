public import ArgumentParser
import Experiments
import Foundation
public import Reporting

/// `mri-ilo export`: a run as a notebook with tables and arrays beside it.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "A Jupyter notebook of a run, with its tables and arrays.",
    discussion: """
      From the folder of a sweep:

        mri-ilo export smoke
        mri-ilo export run -o notebooks/run --images all

      writes a folder with NAME.ipynb, the tables as CSV and the images as HDF5.
      The notebook shows tables and figures at once; its cells make them again
      with pandas, matplotlib and h5py. An earlier export there is replaced.

      Research use only; not for diagnosis.
      """)

  @Argument(help: "The folder of a sweep.", completion: .directory)
  var sweep: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The folder of the export (default: notebooks-export/NAME, NAME being the protocol's).",
      valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Images to take along: all, cases (a few slices) or none (default: cases, or none if the run kept none).",
      valueName: "choice"))
  var images: ExportedImages?

  func run() throws {
    let results = try SweepResults(folder: SweepFolder(sweep))
    let export = try SweepExport(
      images ?? (results.record.keepsImages ? .cases : .none), results: results)
    var folder = output ?? "notebooks-export/\(export.name)"
    while folder.count > 1, folder.hasSuffix("/") { folder.removeLast() }
    try export.write(to: folder)
    print("\(folder)/\(export.name).ipynb")
  }
}

extension ExportedImages: ExpressibleByArgument {}
