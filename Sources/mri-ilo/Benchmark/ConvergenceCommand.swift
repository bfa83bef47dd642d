import Acquisition
import ArgumentParser
import Experiments
import Foundation
import Reporting
import ScanFiles

/// `mri-ilo benchmark convergence`.
struct ConvergenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convergence",
    abstract: "Plot how fast the classical solvers come near their minimum.",
    discussion: """
      Undersamples a slice of a fully sampled scan and runs the solvers of sense, l1-wavelet and tv
      with and without their improvements. The folder gets convergence.csv, a row per solver and
      iteration, and a chart per method. Seconds are the solver's alone.

        mri-ilo benchmark convergence scan.h5 --accel 8 -o convergence
      """)

  @Argument(help: "Fully sampled scan in fastMRI's HDF5 layout.")
  var scan: String

  @Option(help: "Acceleration to undersample with.")
  var accel = 8.0

  @Option(help: "Pattern of the mask.")
  var mask = "random"

  @Option(help: "Seed of the mask.")
  var seed: UInt32 = 1

  @Option(help: "Slice, from 0.")
  var slice = 0

  @Option(help: "Iterations of each solver.")
  var iterations = 100

  @Option(name: .shortAndLong, help: ArgumentHelp("Folder for the results.", valueName: "folder"))
  var output: String

  @OptionGroup var threads: ThreadOptions

  func validate() throws {
    if iterations < 1 { throw ValidationError("--iterations must be at least 1") }
  }

  func run() throws {
    threads.apply()
    let source = try ScanFile.open(scan)
    guard (0..<source.slices).contains(slice) else {
      throw ValidationError("--slice \(slice): the scan has slices 0 to \(source.slices - 1)")
    }
    let plan = try SamplingPlan(
      scan: source,
      source: .drawn(
        SamplingPlan.Request(
          pattern: try MaskPattern(named: mask), acceleration: accel, seed: seed)))
    let result = try ConvergenceStudy(
      scan: source, slice: slice, mask: plan.mask, iterations: iterations
    ).run()
    let folder = URL(fileURLWithPath: output)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(result.csv.utf8).write(to: folder.appendingPathComponent("convergence.csv"))
    for method in result.best.keys.sorted() {
      let chart = ConvergenceChart(result, method: method)
      try Data(chart.file.utf8).write(
        to: folder.appendingPathComponent("convergence-\(method).svg"))
    }
    print("Wrote convergence.csv and \(result.best.count) charts to \(folder.path)")
  }
}
