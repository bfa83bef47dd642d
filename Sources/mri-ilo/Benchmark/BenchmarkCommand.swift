import ArgumentParser

/// `mri-ilo benchmark`: how fast the program is, and how its methods converge.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Time the program's parts, alone or against other programs.",
    subcommands: [SpeedCommand.self, ConvergenceCommand.self],
    defaultSubcommand: SpeedCommand.self)
}
