import ArgumentParser

@main
struct MriIlo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mri-ilo",
    abstract: "Accelerated MRI by Intermediate Layer Optimization.",
    subcommands: [SimulateCommand.self, TrainCommand.self])
}
