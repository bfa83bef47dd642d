import ArgumentParser
import Arrays
import Experiments
import Foundation
import Generators
import Numerics
import ScanFiles

/// `mri-ilo read-files`: reads the files named on standard input, a line each, and answers with a line
/// each, for checks that feed it thousands of damaged ones (`Tests/PeerChecks/scan_fuzz.py`).
///
/// Unlike every other command it reads scans in its own process, so that what crashes libhdf5 crashes
/// it: its last question is then the one without an answer.
struct ReadFilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-files", abstract: "Read many files.", shouldDisplay: false)

  func run() {
    while let path = readLine() {
      print(Self.answer(path).replacingOccurrences(of: "\n", with: "\\n"))
      fflush(nil)
    }
  }

  /// `read`, `refused` with the sentence, or `wrong` with what was let through.
  private static func answer(_ path: String) -> String {
    do {
      return try fault(inFileAt: path).map { "wrong \($0)" } ?? "read"
    } catch {
      return "refused \(error)"
    }
  }

  /// Reads all of a file; gives what should have been refused, or nil.
  private static func fault(inFileAt path: String) throws -> String? {
    if path.hasSuffix(".nii") || path.hasSuffix(".nii.gz") {
      // Voxels may be no numbers; who uses them looks.
      let volume = try NIfTIVolume(path: path)
      var slices = 0
      try volume.read(Array(0..<volume.slices)) { _, _ in slices += 1 }
      return slices == volume.slices ? nil : "a volume of \(slices) slices"
    }
    if path.hasSuffix(".safetensors") {
      let weights = try WeightsFile(contentsOf: path)
      return weights.parameters.allSatisfy(\.isFinite) ? nil : "weights that are not finite"
    }
    if path.hasSuffix(".yaml") {
      _ = try SweepProtocol(contentsOf: path)
      return nil
    }
    let scan = try ScanFile.open(path)
    var hasData = false
    for slice in 0..<scan.slices {
      let kspace = try scan.kspace(slice: slice)
      guard kspace.values.allSatisfy({ $0.isFinite }) else { return "samples that are not finite" }
      hasData = hasData || kspace.values.contains { !$0.isZero }
      _ = try scan.reference(slice: slice)
    }
    return hasData ? nil : "a scan of zeros"
  }
}
