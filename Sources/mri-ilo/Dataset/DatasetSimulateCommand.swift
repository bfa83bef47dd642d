import ArgumentParser
import Experiments
import Foundation
import Phantoms

/// `mri-ilo dataset simulate`: makes scans out of a stack of magnitude images.
struct DatasetSimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Make fully sampled multi-coil scans out of magnitude images.",
    discussion: """
      The stack is an HDF5 file with 'images' (count, rows, columns) uint8 and, for each image, \
      'subject', 'contrast' and 'split' as text; 'mm_per_pixel' goes into the headers. Every \
      subject and contrast gives one scan. K-space is the Fourier transform of magnitude × smooth \
      phase × simulated coils, plus noise: a test bed, no measurement, and the manifest says so. \
      The same options give the same files.

        mri-ilo dataset simulate slices.h5 -o test-slices --split test --slices 42
      """)

  private static let standard = StackSimulation.Options()

  @Argument(help: "The stack of images.")
  var stack: String

  @Option(name: .shortAndLong, help: "The folder to write the scans and their manifest to.")
  var output: String

  @Option(help: "The split of the stack to take images from.")
  var split = standard.split

  @Option(help: "Images to take, evenly spread over all subjects and contrasts.")
  var slices = standard.slices

  @Option(help: "Receiver coils around the image.")
  var coils = standard.scan.coils

  @Option(
    help: ArgumentHelp(
      """
      Mean magnitude of what is not air over the standard deviation of the noise in the real part, \
      coils combined.
      """, valueName: "ratio"))
  var snr = standard.scan.signalToNoise

  @Option(help: "Seed of coils, phase and noise.")
  var seed = standard.scan.seed

  @Option(help: "Turn each image counter-clockwise by 90, 180 or 270 degrees.")
  var turn = 0

  @Option(
    help: ArgumentHelp(
      "Let the head move: the standard deviation of its shift along each axis.",
      valueName: "pixels"))
  var motion = standard.scan.motion

  @Option(
    help: ArgumentHelp(
      "The share of the lines that are acquired after it moved.", valueName: "share"))
  var movedLines = standard.scan.movedShare

  @Option(help: "The data set's name, of letters, digits, '-', '_', '.' and '+'.")
  var name = standard.name

  @Option(help: "The data set's title.")
  var title = standard.title

  @Option(help: "Licence and attribution of the images.")
  var licence = standard.licence

  @Option(help: "Where the images are from.")
  var source = standard.source

  @Option(help: "The anatomy of all scans.")
  var anatomy = standard.anatomy

  @Flag(help: "Replace files of the same names that are in the folder.")
  var replace = false

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if slices < 1 { throw ValidationError("--slices must be at least 1") }
    if seed > UInt64(Int.max) { throw ValidationError("--seed must be below 2⁶³") }
    if turn % 90 != 0 { throw ValidationError("--turn \(turn): give a multiple of 90") }
    if let fault = options.scan.fault { throw ValidationError(fault) }
    if !DatasetManifest.isName(name) {
      throw ValidationError("--name '\(name)': use letters, digits, '-', '_', '.' and '+' only")
    }
  }

  func run() throws {
    threads.apply()
    let manifest = "\(output)/\(StackSimulation.manifestName)"
    let simulation = try StackSimulation(stack: stack, options: options)
    try simulation.checkRoom(in: output, replacing: replace)
    let folder = try OutputFolder(output)
    defer { folder.discard() }
    try StoppableWork.run { work in
      _ = try simulation.perform(into: folder) { done in
        try work.show("slice \(done + 1) of \(slices)")
      }
      try work.check()
      try folder.publish()
    }
    print(
      "Wrote \(simulation.scans) scan\(simulation.scans == 1 ? "" : "s") of \(slices) "
        + "slice\(slices == 1 ? "" : "s") in all to \(output), listed in \(manifest): "
        + "\(coils) coil\(coils == 1 ? "" : "s"), fully sampled, seed \(seed).")
  }

  private var options: StackSimulation.Options {
    var options = StackSimulation.Options()
    (options.split, options.slices) = (split, slices)
    (options.scan.coils, options.scan.signalToNoise, options.scan.seed) = (coils, snr, seed)
    (options.scan.motion, options.scan.movedShare) = (motion, movedLines)
    options.quarterTurns = (turn / 90 % 4 + 4) % 4
    (options.name, options.title, options.anatomy) = (name, title, anatomy)
    (options.licence, options.source) = (licence, source)
    return options
  }
}
