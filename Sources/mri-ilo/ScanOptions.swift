import ArgumentParser
import ScanFiles

/// How a scan file is read, for every command that reads one.
struct ScanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which volume of a file with several (contrasts, phases, repetitions, echoes), from 0.",
      valueName: "number"))
  var frame = 0

  @Flag(help: "Prewhiten the coils, by ISMRMRD's noise scan or else by the corners of the image.")
  var whiten = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Further repetitions of the scan in files of their own, as M4Raw has them; the mean of their k-space is taken.",
      valueName: "files"))
  var average: [String] = []

  var options: ScanFile.Options {
    ScanFile.Options(frame: frame, whitens: whiten, averages: average)
  }
}
