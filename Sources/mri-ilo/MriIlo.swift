import ArgumentParser

@main
struct MriIlo: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "mri-ilo")
}
