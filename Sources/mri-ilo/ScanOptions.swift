import ArgumentParser
import ScanFiles

/// How a scan file is read, for every command that reads one.
struct ScanOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Which volume of a file with several (contrasts, phases, repetitions, echoes), from 0.",
      valueName: "number"))
  var frame = 0

  @Flag(help: "Prewhiten the coils by the noise scan of ISMRMRD raw data.")
  var whiten = false

  var options: ScanFile.Options { ScanFile.Options(frame: frame, whitens: whiten) }
}
