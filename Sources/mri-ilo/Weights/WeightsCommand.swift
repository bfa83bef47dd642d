import ArgumentParser

/// `mri-ilo weights`: what there is to do with a generator's weights.
struct WeightsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights",
    abstract: "List, describe, verify, calibrate and import generator weights.",
    discussion: """
      Weights are named by their file, or by their name alone where they come with the program.

        mri-ilo weights list
        mri-ilo weights info brain-ladder-256 --tensors
        mri-ilo weights verify weights.safetensors
        mri-ilo weights calibrate weights.safetensors slices.h5
        mri-ilo weights spread weights.safetensors slices.h5
        mri-ilo weights import net.safetensors -o own.safetensors
      """,
    subcommands: [
      WeightsListCommand.self, WeightsInfoCommand.self, WeightsVerifyCommand.self,
      WeightsCalibrateCommand.self, WeightsSpreadCommand.self, WeightsImportCommand.self,
    ])
}
