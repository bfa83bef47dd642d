import ArgumentParser
import Experiments
import Foundation
import ScanFiles

/// `mri-ilo read-scan`: reads a scan, or a mask, and says what is wrong with it, or what is odd about it on a line
/// each, for the command that started it.
struct ReadScanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: ScanPreflight.subcommand, abstract: "Read a scan.", shouldDisplay: false)

  @Argument var scan: String
  @Option var slices: String?
  @Flag var middle = false
  @Flag var asMask = false
  @OptionGroup var scanOptions: ScanOptions

  func run() throws {
    // The command that started this one ends it sooner, unless that was killed.
    ScanPreflight.endThisProcess(after: ScanPreflight.seconds(for: scan) + 60)
    do {
      if asMask {
        _ = try MaskFile(contentsOf: scan)
        return
      }
      if middle, (try? HDF5Contents(path: scan)) != nil, !ScanFile.isScan(scan) { return }
      let source = try ScanFile.open(scan, scanOptions.options)
      let chosen =
        try slices.map { try SliceSelection($0).indices(of: source.slices, file: scan) }
        ?? (middle ? [source.slices / 2] : Array(0..<source.slices))
      let middle = chosen[chosen.count / 2]
      for slice in chosen {
        if slice != middle { _ = try source.kspace(slice: slice) }
        // Damage there is the business of who wants the image; that HDF5 may crash on it is everyone's.
        _ = try? source.reference(slice: slice)
      }
      for warning in try ScanSoundness.warnings(of: source, slice: middle) {
        print(printable(warning))
      }
    } catch {
      print("\(error)")
      throw ExitCode(ScanPreflight.refusal)
    }
  }
}
