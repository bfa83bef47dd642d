import ArgumentParser
import Experiments
import Foundation
import Generators
import Training

/// `mri-ilo weights import`: weights that PyTorch trained become a weights file.
struct WeightsImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a weights file of a network that was trained in PyTorch.",
    discussion: """
      The file is a safetensors export of a ladder network, in F32, F16 or BF16. Names are those \
      of the module in protocols/training/pytorch/ladder.py, after a prefix that all may share. The \
      architecture is what the metadata state, or else follows from the shapes. A tensor that is \
      missing, foreign, of another shape or not finite is refused by name.

      --check compares every layer's values and gradients with those that PyTorch computed, and \
      writes nothing where they differ. ILO needs the radii of the deviations: they come from the \
      metadata, or from held-out images by --calibrate.

      The state of a StyleGAN2 generator is imported too, with the names of \
      NVlabs/stylegan2-ada-pytorch or rosinality/stylegan2-pytorch; the 'stylegan2-' methods use it. \
      So is a decoder of Linear and ConvTranspose2d layers (main.0.weight, …), a DCGAN's or a \
      variational autoencoder's, for 'dcgan-csgm' and 'vae-csgm'. --half keeps these two in half \
      precision.

        mri-ilo weights import ladder.safetensors -o own.safetensors
        mri-ilo weights import ladder.safetensors -o own.safetensors --calibrate slices.h5
      """)

  @Argument(help: "Safetensors file.")
  var file: String

  @Option(name: .shortAndLong, help: "Weights file to write.")
  var output: String

  @Option(help: "HDF5 stack of images whose split 'val' calibrates the radii.")
  var calibrate: String?

  @Option(help: "Safetensors file with the values of every layer, by PyTorch, to compare with.")
  var check: String?

  @Option(help: "Licence and attribution of the images trained on, instead of the file's.")
  var licence: String?

  @Flag(help: "Keep a StyleGAN2 or a decoder in half precision, as a ladder network always is.")
  var half = false

  @OptionGroup var threads: ThreadOptions

  func run() throws {
    threads.apply()
    if try ImportedStyleGAN.isOne(file) { return try importStyleGAN() }
    if try ImportedDecoder.isOne(file) { return try importDecoder() }
    let imported = try ImportedWeights(contentsOf: file)
    var weights = imported.weights
    print(
      "\(file): \(Self.described(weights.architecture)), \(weights.parameters.count) parameters")
    print(
      imported.statesArchitecture
        ? "architecture: as its metadata state" : "architecture: by the shapes of its tensors")
    if let check { try compare(weights.network, with: check) }
    var origin = "its metadata"
    if let calibrate {
      var recipe = TrainingRecipe()
      (recipe.architecture, recipe.batch) = (weights.architecture, 1)
      recipe.crop = weights.architecture.coarsestFactor
      let set = try TrainingSet(paths: [calibrate], recipe: recipe, needsTraining: false)
      weights.deviationRadii = try radii(weights, on: set)
      origin = "\(set.validation.count) held-out images of \(calibrate)"
    }
    try addOrigin(to: &weights.notes)
    try weights.write(to: output)
    if weights.deviationRadii.isEmpty {
      print(
        "radii: none; 'ilo' does not run without them: import again with --calibrate STACK, a "
          + "stack of images with a split 'val'")
    } else {
      let listed = weights.deviationRadii.map { String(format: "%.4f", $0) }
      print("radii: \(listed.joined(separator: ", ")) (by \(origin))")
    }
    print("Wrote \(output).")
  }

  private func addOrigin(to notes: inout [String: String]) throws {
    notes["licence"] = licence ?? notes["licence"] ?? "not stated"
    notes["imported_from"] =
      "\(URL(fileURLWithPath: file).lastPathComponent), sha256 \(try FileDigest.sha256(ofFile: file))"
  }

  private func refuseLadderOptions(_ words: String) throws {
    if calibrate != nil || check != nil {
      throw ExperimentError(
        "--calibrate and --check are for ladder networks; \(file) is \(words)")
    }
  }

  private func importDecoder() throws {
    try refuseLadderOptions(DecoderWeights.words)
    let imported = try ImportedDecoder(contentsOf: file)
    var weights = imported.weights
    let sizes = weights.architecture
    print(
      "\(file): a decoder, dense layers: \(sizes.denseWidths.count + 1), transposed convolutions: "
        + "\(sizes.convolutions), images of \(sizes.rows) × \(sizes.columns), \(weights.parameters.count) "
        + "parameters, batch normalisations folded in: \(imported.foldedNormalizations)")
    print("activations: \(sizes.activations)")
    try addOrigin(to: &weights.notes)
    try weights.write(to: output, half: half)
    print("Wrote \(output).")
  }

  private func importStyleGAN() throws {
    try refuseLadderOptions(StyleGANWeights.words)
    let imported = try ImportedStyleGAN(contentsOf: file)
    var weights = imported.weights
    let sizes = weights.architecture
    print(
      "\(file): a StyleGAN2 of \(sizes.levels) levels for images of \(sizes.rows) × \(sizes.columns) "
        + "and \(sizes.imageChannels) channel\(sizes.imageChannels == 1 ? "" : "s"), "
        + "\(weights.parameters.count) parameters, by the names of \(imported.implementation)")
    if imported.drawsMean { print("mean style: of draws, for the file states none") }
    try addOrigin(to: &weights.notes)
    try weights.write(to: output, half: half)
    print("Wrote \(output).")
  }

  /// The radii of the deviations on the stack's held-out images.
  private func radii(_ weights: WeightsFile, on set: TrainingSet) throws -> [Double] {
    let radii = weights.network.deviationRadii(on: set.images, choice: set.validation)
    if let level = radii.firstIndex(where: { !($0 > 0 && $0.isFinite) }) {
      throw ExperimentError(
        "\(file): the encoder gives deviations of mean size \(radii[level]) at level \(level); the "
          + "network is not trained")
    }
    return radii
  }

  /// Prints the differences of all layers; throws `ExperimentError` if one is too large.
  private func compare(_ network: LadderNetwork, with path: String) throws {
    let check = try LayerCheck(network, valuesFile: path)
    let width = check.layers.map(\.name.count).max() ?? 0
    func row(_ name: String, _ columns: [String]) -> String {
      ([name.padding(toLength: width, withPad: " ", startingAt: 0)]
        + columns.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 })
        .joined(separator: " ")
    }
    print("differences from \(check.program): largest of values, norm of gradients, relative")
    print(row("layer", ["input", "output", "gradient", "parameters"]))
    for layer in check.layers {
      let values = [layer.input, layer.output, layer.gradient, layer.parameters]
      print(row(layer.name, values.map { String(format: "%.1e", $0) }))
    }
    if let wrong = check.layers.first(where: { !$0.agrees }) {
      throw ExperimentError(
        "\(file): layer \(wrong.name) differs from \(check.program) by more than "
          + "\(LayerCheck.valueTolerance) (values) or \(LayerCheck.gradientTolerance) (gradients); "
          + "nothing was written: compare the module with protocols/training/pytorch/ladder.py")
    }
  }

  private static func described(_ architecture: LadderArchitecture) -> String {
    let images =
      switch (architecture.imageChannels, architecture.encoderChannels) {
      case (1, 1): "real images"
      case (2, 2): "complex images"
      case (2, 3): "complex images, a denoiser"
      default:
        "\(architecture.imageChannels) channels drawn, \(architecture.encoderChannels) read"
      }
    return "a ladder of \(architecture.levels) levels for \(images)"
  }
}
