import Arrays
import Generators

/// A weights file of a few channels with random values.
enum TinyWeights {
  static func write(
    _ path: String, channels: Int = 1, spoil: (inout WeightsFile) -> Void = { _ in }
  )
    throws
  {
    let architecture = LadderArchitecture(
      widths: [8, 6], latents: [3, 2], encoderWidths: [6, 8], imageChannels: channels,
      encoderChannels: channels)
    var random = RandomStream(seed: 3)
    var file = WeightsFile(
      architecture: architecture,
      parameters: (0..<LadderNetwork.parameterCount(architecture)).map { _ in
        0.15 * random.normal()
      },
      notes: [
        "licence": "CC BY", "training_data": "12 discs", "step": "30", "recipe": "{\"steps\":40}",
      ])
    file.deviationRadii = [2, 2]
    spoil(&file)
    try file.write(to: path)
  }
}
