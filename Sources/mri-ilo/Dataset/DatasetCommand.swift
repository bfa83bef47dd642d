import ArgumentParser

/// `mri-ilo dataset`: what there is to do with data sets.
struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset",
    abstract: "List, check, index and simulate data sets.",
    discussion: """
      A data set is a folder of scans with a manifest, a YAML file that names each scan with its \
      checksum, patient, anatomy, contrast and split.

        mri-ilo dataset list
        mri-ilo dataset check fastmri.yaml --data /data/fastmri
        mri-ilo dataset index /data/knee -o knee.yaml --like fastmri-knee --split val
        mri-ilo dataset simulate slices.h5 -o test-slices --split test --slices 42
      """,
    subcommands: [
      DatasetListCommand.self, DatasetCheckCommand.self, DatasetIndexCommand.self,
      DatasetSimulateCommand.self,
    ])
}
