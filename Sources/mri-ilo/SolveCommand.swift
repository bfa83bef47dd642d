import Acquisition
import ArgumentParser
import Evaluation
import Experiments
import Foundation
import Reconstruction

/// `mri-ilo solve`: inverse problems of whole images, solved by one or more methods.
struct SolveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "solve",
    abstract: "Measure whole images by a linear operator, reconstruct and compare them.",
    discussion: """
      The image is a PNG picture, a NIfTI volume, an HDF5 stack of images, or a
      fully sampled scan. Its measurements are simulated, noise included, and
      the methods see nothing but them, the operator and the level of the noise.

        mri-ilo solve denoise slices.h5 --split val --slices 0-3 --noise 0.1
        mri-ilo solve inpaint head.png --keep 0.2
        mri-ilo solve inpaint head.png --boxes 4 --box-side 24
        mri-ilo solve superres head.nii.gz --slices 80 --factor 4
        mri-ilo solve deblur head.png --sigma 2 --noise 0.01
        mri-ilo solve cs head.png --keep 0.1 --matrix circulant

      The output folder gets
        solve.h5          the images of all methods and the references
        image-NNN.png     the images side by side with their errors
        metrics.csv       a row per image and method
        metrics_mean.csv  a row per method, the means
        stages.csv        a row per stage, for methods that have stages
        record.json       command, version, seeds, checksums, times, memory
      They appear only when all is done.

      Methods: \(MethodChoice.solving.map(\.name).joined(separator: ", "))
      ('bicubic' for superres alone, 'adjoint' for all others).
      """)

  @Argument(help: "The task: \(SolveTask.names.joined(separator: ", ")).")
  var task: String

  @Argument(help: "A PNG picture, a NIfTI volume, an HDF5 stack, or a fully sampled scan.")
  var image: String

  @Option(
    help: ArgumentHelp(
      "Images from 0, such as 0-3 or 2,5-7; of the split, where one is named (default: all).",
      valueName: "list"))
  var slices: String?

  @Option(help: "Take images of this split of a stack only.")
  var split: String?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of the noise as a share of the image's largest value (default: 0.1 for denoise, else 0).",
      valueName: "share"))
  var noise: Double?

  @Option(
    help: ArgumentHelp(
      "Kind of noise: \(MeasurementNoiseModel.allCases.map(\.rawValue).joined(separator: " or ")).",
      valueName: "kind"))
  var noiseModel = MeasurementNoiseModel.gaussian.rawValue

  @Option(
    help: ArgumentHelp(
      "Share of the pixels (inpaint) or of the measurements (cs) that is kept (default: 0.2).",
      valueName: "share"))
  var keep: Double?

  @Option(help: ArgumentHelp("inpaint: so many boxes are missing.", valueName: "count"))
  var boxes: Int?

  @Option(help: ArgumentHelp("inpaint: pixels on a box's side (default: 32).", valueName: "pixels"))
  var boxSide: Int?

  @Option(help: ArgumentHelp("inpaint: a PNG, black where pixels are missing.", valueName: "file"))
  var mask: String?

  @Option(
    help: ArgumentHelp("superres: the factor of each side (default: 4).", valueName: "number"))
  var factor: Int?

  @Option(
    help: ArgumentHelp(
      "superres: \(SolveTask.Downsampling.allCases.map(\.rawValue).joined(separator: ", ")) (default: bicubic).",
      valueName: "kind"))
  var downsampling: String?

  @Option(
    help: ArgumentHelp(
      "deblur: standard deviation of the Gaussian in pixels (default: 2).", valueName: "pixels"))
  var sigma: Double?

  @Option(help: ArgumentHelp("deblur: a PNG with the kernel.", valueName: "file"))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "cs: \(SolveTask.Matrix.allCases.map(\.rawValue).joined(separator: ", ")) (default: circulant).",
      valueName: "kind"))
  var matrix: String?

  @Option(
    help: ArgumentHelp(
      "Methods, separated by commas (default: \(MethodChoice.solvingDefaultNames)).",
      valueName: "names"))
  var method = MethodChoice.solvingDefaultNames

  @Option(
    help: ArgumentHelp(
      "Weight of tikhonov, l1-wavelet and tv: a number, auto (by measurements held out) or discrepancy (by the noise) (default: auto, of l1-wavelet discrepancy where there is noise).",
      valueName: "weight"))
  var lambda: String?

  @Option(help: "Seed of the operator, of the noise and of the methods.")
  var seed: UInt32 = 0

  @OptionGroup var networks: NetworkOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder for the results (default: solve-TASK-IMAGE).", valueName: "folder"))
  var output: String?

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    guard SolveTask.names.contains(task) else {
      throw ValidationError(
        "there is no task '\(task)'; choose from \(SolveTask.names.joined(separator: ", "))")
    }
    try refuseOptionsOfOtherTasks()
    if let noise, !(noise >= 0 && noise.isFinite) {
      throw ValidationError("--noise \(noise): give a number of 0 or more")
    }
    if let lambda, RegularisationWeight(text: lambda) == nil {
      throw ValidationError(
        "--lambda \(lambda): give a number of 0 or more, "
          + RegularisationWeight.words.joined(separator: " or "))
    }
    if MeasurementNoiseModel(rawValue: noiseModel) == nil {
      throw ValidationError("--noise-model \(noiseModel): choose gaussian or rician")
    }
    _ = try solveTask()
  }

  func run() throws {
    threads.apply()
    let task = try solveTask()
    let noise = noise ?? (task == .denoise ? 0.1 : 0)
    let choices = try MethodChoice.list(method, from: MethodChoice.solving(task, noise: noise))
    let used = try networks.paths(for: choices, named: method)
    let context = networks.context(seed: UInt64(seed), used)
    var settings = SolveRun.Settings(task: task, noise: noise)
    settings.noiseModel = MeasurementNoiseModel(rawValue: noiseModel) ?? .gaussian
    settings.seed = UInt64(seed)
    let run = try SolveRun(
      images: try WholeImage.list(
        file: image, split: split, slices: try slices.map { try SliceSelection($0) }),
      methods: try choices.map { try $0.make(context, settings: try weighted($0)) },
      settings: settings,
      weights: used.weights, denoiser: used.denoiser, styleGAN: used.styleGAN,
      decoders: used.decoders)
    let folder = try OutputFolder(output ?? defaultOutput)
    let record = try MethodRun.publish(
      in: folder, methods: run.methods.map(\.name), heading: SolveSummary.heading(run)
    ) { report in
      try run.perform(into: folder, command: CommandLine.arguments, report: report)
    }
    print(SolveSummary.results(record, folder: folder.path))
  }

  /// The settings of a method with the weight that was asked for, or nil for its defaults.
  private func weighted(_ choice: MethodChoice) throws -> RecordedValue? {
    guard let lambda, let weight = RegularisationWeight(text: lambda) else { return nil }
    return try choice.settings(regularisation: weight)
  }

  private var defaultOutput: String {
    var name = URL(fileURLWithPath: image)
    while !name.pathExtension.isEmpty { name.deletePathExtension() }
    return "solve-\(task)-\(name.lastPathComponent)"
  }

  /// An option that the task does not know would be ignored in silence.
  private func refuseOptionsOfOtherTasks() throws {
    let given: [(option: String, isGiven: Bool, tasks: [String])] = [
      ("--keep", keep != nil, ["inpaint", "cs"]), ("--boxes", boxes != nil, ["inpaint"]),
      ("--box-side", boxSide != nil, ["inpaint"]), ("--mask", mask != nil, ["inpaint"]),
      ("--factor", factor != nil, ["superres"]),
      ("--downsampling", downsampling != nil, ["superres"]),
      ("--sigma", sigma != nil, ["deblur"]), ("--kernel", kernel != nil, ["deblur"]),
      ("--matrix", matrix != nil, ["cs"]),
    ]
    for (option, isGiven, tasks) in given where isGiven && !tasks.contains(task) {
      throw ValidationError(
        "\(option) is no option of '\(task)', but of \(tasks.joined(separator: " and "))")
    }
    let ways = [("--keep", keep != nil), ("--boxes", boxes != nil), ("--mask", mask != nil)]
      .filter(\.1).map(\.0)
    if task == "inpaint", ways.count > 1 {
      throw ValidationError("\(ways.joined(separator: " and ")) exclude each other; give one")
    }
    if sigma != nil, kernel != nil {
      throw ValidationError("--sigma and --kernel exclude each other; give one")
    }
    if boxSide != nil, boxes == nil { throw ValidationError("--box-side needs --boxes") }
  }

  private func solveTask() throws -> SolveTask {
    switch task {
    case "inpaint":
      if let mask { return .inpaint(.mask(file: mask)) }
      if let boxes {
        let side = boxSide ?? 32
        guard boxes > 0, side > 0 else {
          throw ValidationError("--boxes \(boxes), side \(side): give positive numbers")
        }
        return .inpaint(.boxes(boxes, side: side))
      }
      return .inpaint(.random(share: try share()))
    case "superres":
      let factor = factor ?? 4
      guard (2...64).contains(factor) else {
        throw ValidationError("--factor \(factor): give 2 to 64")
      }
      return .superres(try choice("--downsampling", downsampling, .bicubic), factor: factor)
    case "deblur":
      if let kernel { return .deblur(.kernel(file: kernel)) }
      let sigma = sigma ?? 2
      guard sigma > 0, sigma <= 64 else {
        throw ValidationError("--sigma \(sigma): give more than 0 and at most 64 pixels")
      }
      return .deblur(.gaussian(sigma: sigma))
    case "cs": return .cs(try choice("--matrix", matrix, .circulant), share: try share())
    default: return .denoise
    }
  }

  private func share() throws -> Double {
    let share = keep ?? 0.2
    guard share > 0, share <= 1 else {
      throw ValidationError("--keep \(share): give a share above 0 and at most 1")
    }
    return share
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ option: String, _ text: String?, _ standard: Choice
  ) throws -> Choice {
    guard let text else { return standard }
    guard let choice = Choice(rawValue: text) else {
      throw ValidationError(
        "\(option) \(text): choose from "
          + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }
}
