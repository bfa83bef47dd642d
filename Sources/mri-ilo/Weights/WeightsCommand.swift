import ArgumentParser

/// `mri-ilo weights`: what there is to do with weights files.
struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "Import weights that were trained elsewhere.",
    subcommands: [WeightsImportCommand.self])
}
