import Acquisition
import ArgumentParser
import Experiments
import Foundation
import Generators
import Reconstruction

/// `mri-ilo lesions`: how many small lesions survive a reconstruction, and how many are invented.
struct LesionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesions",
    abstract: "Put small lesions into scans and count which survive, and which are invented.",
    discussion: """
      Round lesions of several diameters and contrasts are added to the k-space of \
      fully sampled scans: coil maps times the lesions' image, Fourier transformed. \
      The scans with and without them are undersampled by the same masks and \
      reconstructed by each method. A lesion has survived if the two reconstructions \
      differ by half of its contrast or more at its place. It is invented if the \
      reconstruction without it shows that much there.

        mri-ilo lesions scan.h5
        mri-ilo lesions simulated/*.h5 --accel 4,8 --method ilo,l1-wavelet -o lesions

      The folder gets lesions.csv (a row per lesion and method), \
      lesions_summary.csv, lesions.md, a picture per slice and acceleration, and \
      record.json. They appear only when all is done.
      """)

  @Argument(help: "Fully sampled scans, in any layout that recon reads.")
  var scans: [String]

  @Option(help: ArgumentHelp("Accelerations, separated by commas.", valueName: "list"))
  var accel = "4,8"

  @Option(help: ArgumentHelp("Methods, separated by commas.", valueName: "names"))
  var method = "ilo,l1-wavelet,sense,zero-filled"

  @Option(help: ArgumentHelp("Diameters in pixels, separated by commas.", valueName: "list"))
  var diameters = "2,4,7,10"

  @Option(
    help: ArgumentHelp(
      "Contrasts in per cent of the tissue, separated by commas; each both dark and bright.",
      valueName: "list"))
  var contrasts = "10,25,50"

  @Option(
    help: ArgumentHelp(
      "The mask's pattern: \(MaskPattern.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "pattern"))
  var mask = "random"

  @Option(
    help: ArgumentHelp(
      "Slices of each scan from 0, such as 0-3 or 2,5-7 (default: the middle one).",
      valueName: "list"))
  var slices: String?

  @Option(
    help: ArgumentHelp(
      "Places in each slice for every diameter and contrast.", valueName: "count"))
  var repeats = LesionStudy.Settings().repeats

  @Option(help: ArgumentHelp("Lesions put in at a time.", valueName: "count"))
  var atOnce = LesionStudy.Settings().atOnce

  @Option(help: ArgumentHelp("Seed of places and masks.", valueName: "number"))
  var seed: UInt32 = 1

  @Option(
    help: ArgumentHelp(
      "Generator weights: a file, or the name of one that comes with the program.",
      valueName: "file"))
  var weights: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output = "lesions"

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if scans.isEmpty { throw ValidationError("name at least one scan") }
  }

  func run() throws {
    threads.apply()
    var settings = LesionStudy.Settings()
    settings.accelerations = try numbers(accel, "--accel")
    settings.diameters = try numbers(diameters, "--diameters")
    settings.contrasts = try numbers(contrasts, "--contrasts").flatMap { [-$0 / 100, $0 / 100] }
    settings.pattern = try MaskPattern(named: mask)
    (settings.repeats, settings.atOnce, settings.seed) = (repeats, atOnce, seed)
    let choices = try MethodChoice.list(method)
    let used =
      choices.contains(where: \.needsWeights)
      ? try WeightsLocation(option: weights).path() : nil
    let context = MethodChoice.Context(seed: UInt64(seed)) {
      try WeightsFile(contentsOf: try used ?? WeightsLocation(option: weights).path())
    }
    let run = try LesionRun(
      files: scans, slices: try slices.map { try SliceSelection($0) },
      methods: try choices.map { try $0.make(context) }, settings: settings, weights: used)
    let folder = try OutputFolder(output)
    defer { folder.discard() }
    let record = try StoppableWork.run { work in
      let record = try run.perform(into: folder, command: CommandLine.arguments) { text, share in
        try work.show(text, share: share)
      }
      try folder.publish()
      return record
    }
    print(LesionRun.markdown(record))
    print("Results: \(output)")
  }

  private func numbers(_ text: String, _ option: String) throws -> [Double] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let value = Double(part.filter { $0 != " " }), value.isFinite else {
        throw ValidationError("\(option) \(text): '\(part)' is no number; give some such as 4,8")
      }
      return value
    }
  }
}
