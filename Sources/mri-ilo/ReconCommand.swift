import Acquisition
import ArgumentParser
import Experiments
import Foundation
import Generators
import Reconstruction
import ScanFiles

/// `mri-ilo recon`: reconstructs a scan with one or more methods and measures the images.
struct ReconCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recon",
    abstract: "Reconstruct a scan, measure the images, draw them.",
    discussion: """
      The scan is a file in the layout of fastMRI, M4Raw, ISMRMRD, BART
      (.cfl with .hdr, or .ra), Calgary-Campinas, CMRxRecon (MATLAB 7.3) or
      SKM-TEA, told by what is in it.
      With --accel a fully sampled scan is undersampled first; the methods see
      only what the mask leaves, and their images are measured against the fully
      sampled one. Without --accel the scan is taken as it is. A scan that is
      undersampled already cannot be undersampled again.

        mri-ilo recon scan.h5 --accel 8
        mri-ilo recon scan.h5 --accel 4 --mask equispaced --slices 0-3
        mri-ilo recon scan.h5 --accel 8 --method sense,l1-wavelet -o results

      The output folder gets
        recon.h5       images (fastMRI's layout), maps, mask, reference
        slice-NNN.png  the images side by side with their errors
        metrics.csv    a row per slice and method
        metrics_volume.csv  a row per method
        stages.csv     a row per stage, for methods that have stages
        trust-NNN.png  with --trust: what the image rests on
        recon.nii.gz   with --nifti: the volume, with its place in the patient
        recon.cfl      with --cfl: complex images for BART, and recon.hdr
        dicom-METHOD   with --dicom: a folder per method, a file per slice
        submission     with --submission: the file that fastMRI's challenge takes
        recon-mrd.h5   with --ismrmrd: images as ISMRMRD has them, a series a method
        record.json    command, version, seeds, checksums, times, memory
      They replace those of an earlier run, and appear only when all is done: a
      run that fails or is stopped with Ctrl-C leaves the folder as it was.

      Methods: \(MethodChoice.all.map(\.name).joined(separator: ", ")).
      """)

  @Argument(help: "The scan: HDF5, or a BART array.")
  var scan: String

  @Option(help: "Undersample a full scan by this factor (default: take the scan as it is).")
  var accel: Double?

  @Option(
    help: ArgumentHelp(
      "The mask's pattern; of columns, as fastMRI draws them: "
        + "\(MaskPattern.ofColumns.map(\.rawValue).joined(separator: ", ")); of points, where both "
        + "axes are phase-encoded: "
        + "\(MaskPattern.allCases.filter(\.isOfPoints).map(\.rawValue).joined(separator: ", ")) "
        + "(default: random). Without --accel a file with the mask: .npy, HDF5 (its dataset mask), a BART "
        + "array, or a text of 0 and 1.", valueName: "pattern or file"))
  var mask: String?

  @Option(
    help: ArgumentHelp(
      "Fraction of the columns that is fully sampled in the centre (default: 0.32 / accel), or of "
        + "the points (default: a square of 24 × 24).",
      valueName: "fraction"))
  var centerFraction: Double?

  @Option(
    help: ArgumentHelp(
      "Seed of the mask and of the methods (default: the file name for the mask, as fastMRI; 0 for the methods).",
      valueName: "number"))
  var seed: UInt32?

  @Option(
    help: ArgumentHelp(
      "Methods, separated by commas; the first one's image is the main result.",
      valueName: "names"))
  var method = MethodChoice.defaultNames

  @Option(
    help: ArgumentHelp(
      "Weight of sense, l1-wavelet and tv: a number, auto (by held-out columns) or discrepancy (by the noise) (default: each method's own).",
      valueName: "weight"))
  var lambda: String?

  @Flag(help: "Say for every slice what was chosen and why.")
  var explain = false

  @Option(
    help: ArgumentHelp("Slices from 0, such as 0-3 or 2,5-7 (default: all).", valueName: "list"))
  var slices: String?

  @Option(
    help: ArgumentHelp(
      "What to measure against: mvue (coils combined with their maps), rss (root sum of squares) or "
        + "stored (the file's own image).",
      valueName: "kind"))
  var reference = "mvue"

  @OptionGroup var networks: NetworkOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder for the results (default: recon-SCAN).", valueName: "folder"))
  var output: String?

  @Flag(
    help: ArgumentHelp(
      "Also say what the first method's images rest on: measured and unmeasured part, fit to the noise, where another method differs."
    ))
  var trust = false

  @Option(
    help: ArgumentHelp(
      "With --trust and ilo as the first method: draw so many images about its own and show how far they lie from it (8, unless the weights were calibrated for another number).",
      valueName: "draws"))
  var spread: Int?

  @Flag(help: "Also write the first method's images as NIfTI-1, recon.nii.gz.")
  var nifti = false

  @Flag(help: "Also write the first method's complex images as an array of BART, recon.cfl.")
  var cfl = false

  @Flag(
    help: ArgumentHelp(
      "Also write each method's images as a series of DICOM, dicom-METHOD, without patient data unless it is asked for."
    ))
  var dicom = false

  @Flag(
    help: ArgumentHelp(
      "Also write the first method's images as fastMRI's challenge takes them, submission/SCAN.h5."
    ))
  var submission = false

  @Option(
    help: ArgumentHelp(
      "What takes the place of what a partial Fourier scan leaves out, in the zero-filled image and the "
        + "reference: zero, homodyne or pocs.", valueName: "filling"))
  var partialFourier = PartialFourierFilling.zero.rawValue

  @Option(
    help: ArgumentHelp(
      "The matrix of written images where the header declares a larger one than k-space: declared (by "
        + "zero-padding) or acquired.", valueName: "matrix"))
  var matrix = "declared"

  @Option(
    help: ArgumentHelp(
      "Sets of coil maps, 1 to 4; two where the object is larger than the field of view.",
      valueName: "sets"))
  var maps = 1

  @Flag(
    help: ArgumentHelp(
      "Also write each method's images as ISMRMRD has them, recon-mrd.h5, without patient data unless it is asked for."
    ))
  var ismrmrd = false

  @Option(
    help: ArgumentHelp(
      "Choose weights from the data on the first of so many slices, and keep them for the others: of a volume "
        + "that is quicker (default: 1, every slice by itself).", valueName: "slices"))
  var warmStart = 1

  @OptionGroup var patient: PatientOptions

  @OptionGroup var scanOptions: ScanOptions

  @OptionGroup var coilOptions: CoilOptions

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if accel == nil, mask != nil && maskFile == nil || centerFraction != nil {
      throw ValidationError("--mask and --center-fraction need --accel, the factor to reach")
    }
    if accel != nil, let mask, MaskPattern(rawValue: mask) == nil,
      FileManager.default.fileExists(atPath: mask)
    {
      throw ValidationError(
        "--mask \(mask): a mask from a file has its own acceleration; leave out --accel")
    }
    if patient.isGiven, !dicom, !ismrmrd {
      throw ValidationError(
        "--patient-name, --patient-id and --keep-patient are for --dicom and --ismrmrd")
    }
    if let spread {
      if !trust { throw ValidationError("--spread is shown by the trust maps; give --trust too") }
      if !(2...256).contains(spread) {
        throw ValidationError("--spread \(spread): give 2 to 256 draws")
      }
      let first = method.split(separator: ",").first.map { $0.filter { $0 != " " } }
      if first != "ilo" {
        throw ValidationError("--spread: only ilo can draw; name it first in --method")
      }
    }
    if let lambda, RegularisationWeight(text: lambda) == nil {
      throw ValidationError(
        "--lambda \(lambda): give a number of 0 or more, "
          + RegularisationWeight.words.joined(separator: " or "))
    }
    if warmStart < 1 { throw ValidationError("--warm-start \(warmStart): give 1 or more") }
    if !(1...4).contains(maps) { throw ValidationError("--maps \(maps): give 1 to 4") }
    if maps > 1, trust {
      throw ValidationError("--trust knows one set of coil maps; leave out --maps")
    }
    if !["declared", "acquired"].contains(matrix) {
      throw ValidationError("--matrix \(matrix): choose declared or acquired")
    }
    if PartialFourierFilling(rawValue: partialFourier) == nil {
      throw ValidationError("--partial-fourier \(partialFourier): choose zero, homodyne or pocs")
    }
    if ReferenceKind(rawValue: reference) == nil {
      throw ValidationError("--reference \(reference): choose mvue, rss or stored")
    }
  }

  func run() throws {
    threads.apply()
    let choices = try MethodChoice.list(method)
    if lambda != nil, !choices.contains(where: \.isWeighted) {
      let weighted = MethodChoice.all.filter(\.isWeighted).map(\.name).joined(separator: ", ")
      throw ExperimentError(
        "--lambda is given, but none of the methods \(method) has such a weight; \(weighted) have")
    }
    let oddities = try ScanPreflight.run(
      scan, scanOptions.options, extent: slices.map { .selected($0) } ?? .all)
    RunSummary.warn(oddities, of: scan)
    let source = try ScanFile.open(scan, scanOptions.options)
    let sampling = try samplingSource()
    if case .file(let path) = sampling { try ScanPreflight.run(mask: path) }
    let plan = try SamplingPlan(scan: source, source: sampling)
    let used = try networks.paths(for: choices, named: method)
    let context = networks.context(seed: UInt64(seed ?? 0), draws: spread ?? 0, used)
    let run = try ReconstructionRun(
      scan: source, plan: plan, slices: try slices.map { try SliceSelection($0) },
      compression: coilOptions.request,
      filling: PartialFourierFilling(rawValue: partialFourier) ?? .zero,
      zeroPads: matrix == "declared", mapSets: maps,
      methods: try choices.map { try $0.make(context, settings: try settings(of: $0)) },
      reference: ReferenceKind(rawValue: reference) ?? .mvue, slicesPerChoice: warmStart,
      seed: UInt64(seed ?? 0),
      weights: used.weights, denoiser: used.denoiser, styleGAN: used.styleGAN,
      decoders: used.decoders,
      trust: trust ? TrustSettings() : nil, hasSpread: spread != nil,
      spread: try spread == nil
        ? nil : used.weights.flatMap { try WeightsFile(contentsOf: $0).spread },
      exports: exports, subject: try patient.subject(source.header, file: scan),
      warnings: oddities)
    let folder = try OutputFolder(output ?? defaultOutput)
    let record = try MethodRun.publish(
      in: folder, methods: run.orderedMethods.map(\.name), heading: RunSummary.heading(run)
    ) { report in
      try run.perform(into: folder, command: PatientOptions.commandLine, report: report)
    }
    print(RunSummary.results(record, folder: folder.path))
    for note in RunSummary.idle(run) + RunSummary.orientation(run) {
      FileHandle.standardError.write(Data((note + "\n").utf8))
    }
    if explain { print("\n" + RunExplanation.text(record)) }
    for warning in RunSummary.warnings(record) {
      FileHandle.standardError.write(Data((warning + "\n").utf8))
    }
  }

  private var exports: Set<ImageExport> {
    let asked: [(Bool, ImageExport)] = [
      (nifti, .nifti), (cfl, .cfl), (dicom, .dicom), (submission, .submission),
      (ismrmrd, .ismrmrd),
    ]
    return Set(asked.filter(\.0).map(\.1))
  }

  /// A mask that is no pattern is a file.
  private var maskFile: String? {
    mask.flatMap { MaskPattern(rawValue: $0) == nil && accel == nil ? $0 : nil }
  }

  private func samplingSource() throws -> SamplingPlan.Source {
    if let maskFile { return .file(maskFile) }
    guard let accel else { return .scan }
    return .drawn(
      SamplingPlan.Request(
        pattern: try mask.map { try MaskPattern(named: $0) } ?? .random, acceleration: accel,
        centerFraction: centerFraction, seed: seed))
  }

  /// The settings of a method, or nil for its defaults.
  private func settings(of choice: MethodChoice) throws -> RecordedValue? {
    guard let lambda, let weight = RegularisationWeight(text: lambda) else { return nil }
    return try choice.settings(regularisation: weight)
  }

  private var defaultOutput: String {
    "recon-" + URL(fileURLWithPath: scan).deletingPathExtension().lastPathComponent
  }
}
