import ArgumentParser
import Experiments
import Foundation
import Generators

/// `mri-ilo generate`: a picture sheet of what the generator draws of itself.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Draw samples of the generator, ways between two, or changes of one level.",
    discussion: """
      Deviations are drawn from a normal distribution times --temperature. Each \
      sample depends on the seed and its number alone.

        mri-ilo generate -o samples.png
        mri-ilo generate --count 6 --temperature 0.7 --values samples.h5
        mri-ilo generate --interpolate
        mri-ilo generate --interpolate --from slices.h5:12 --to slices.h5:80
        mri-ilo generate --perturb --from slices.h5:12

      --perturb draws a row for each level, coarse to fine: the same image with \
      the deviations of that level alone drawn anew, or, of a StyleGAN2, with the \
      styles of another sample there.
      """)

  @Option(name: .shortAndLong, help: "The picture sheet, a PNG.")
  var output = "generate.png"

  @Option(help: ArgumentHelp("Write the values too, as HDF5.", valueName: "file"))
  var values: String?

  @Option(help: "Samples, steps of --interpolate, or changes of each level (default: 8, 7 or 4).")
  var count: Int?

  @Flag(help: "Draw a way between two images instead of samples.")
  var interpolate = false

  @Flag(help: "Draw changes of one image, level by level, instead of samples.")
  var perturb = false

  @Option(
    help: ArgumentHelp(
      "Start from the encoding of this image: a PNG, or image NUMBER of an HDF5 stack or scan.",
      valueName: "file[:number]"))
  var from: String?

  @Option(help: ArgumentHelp("The other end of --interpolate.", valueName: "file[:number]"))
  var to: String?

  @Option(help: "Rows of the images, a multiple of the generator's coarsest factor (default: 256).")
  var rows: Int?

  @Option(help: "Columns of the images, likewise (default: 256).")
  var columns: Int?

  @Option(
    help:
      "Standard deviation of the deviations or of a decoder's latent, of a StyleGAN2 the truncation ψ; below 1 the images are tamer."
  )
  var temperature: Float = 1

  @Option(help: "Seed of the samples.")
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Generator weights: a file, or the name of one that comes with the program.",
      valueName: "file"))
  var weights: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if interpolate && perturb {
      throw ValidationError("give --interpolate or --perturb, not both")
    }
    if interpolate ? (from == nil) != (to == nil) : to != nil {
      throw ValidationError(
        "--to needs --interpolate and --from, and --interpolate takes both or none")
    }
    if from != nil && !interpolate && !perturb {
      throw ValidationError("--from needs --interpolate or --perturb")
    }
    if let count, !(1...1000).contains(count) || (interpolate && count < 2) {
      throw ValidationError("--count \(count): give 1 to 1000, and at least 2 to interpolate")
    }
    if !temperature.isFinite || temperature < 0 {
      throw ValidationError("--temperature \(temperature): give a number of 0 or more")
    }
    if ![rows, columns].allSatisfy({ (1...4096).contains($0 ?? 1) }) {
      throw ValidationError("--rows and --columns: give 1 to 4096")
    }
  }

  func run() throws {
    threads.apply()
    let path = try WeightsCatalogue().file(weights)
    var settings = GeneratorSheet.Settings()
    (settings.rows, settings.columns) = (rows ?? settings.rows, columns ?? settings.columns)
    (settings.temperature, settings.seed) = (temperature, seed)
    let sheet =
      try DecoderWeights.isStated(in: path)
      ? GeneratorSheet(
        try content(), decoder: try DecoderWeights(contentsOf: path), file: path,
        settings: settings, size: (rows, columns))
      : StyleGANWeights.isStated(in: path)
        ? GeneratorSheet(
          try content(), styleGAN: try StyleGANWeights(contentsOf: path), file: path,
          settings: settings, size: (rows, columns))
        : GeneratorSheet(
          try content(), network: try WeightsFile(contentsOf: path).network, weights: path,
          settings: settings)
    try sheet.writePNG(to: output)
    if let values { try sheet.writeValues(to: values) }
    print(
      "Wrote \(sheet.count) image\(sheet.count == 1 ? "" : "s") to \(output)"
        + (values.map { ", and their values to \($0)" } ?? "") + ".")
  }

  private func content() throws -> GeneratorSheet.Content {
    let first = try from.map { try WholeImage($0) }
    if perturb { return .perturbation(count ?? 4, of: first) }
    guard interpolate else { return .samples(count ?? 8) }
    let second = try to.map { try WholeImage($0) }
    if let first, let second { return .interpolation(count ?? 7, ends: (first, second)) }
    return .interpolation(count ?? 7, ends: nil)
  }
}
