import ArgumentParser
import Arrays
import Experiments
import Foundation
import Generators
import Numerics
import ScanFiles
import Training

/// `mri-ilo read-files`: reads the files named on standard input, a line each, and answers with a line
/// each, for checks that feed it thousands of damaged ones (`Tests/PeerChecks/scan_fuzz.py`).
///
/// Unlike every other command it reads scans in its own process, so that what crashes libhdf5 crashes
/// it: its last question is then the one without an answer. With `--guided` libFuzzer makes the files
/// (`Tests/PeerChecks/coverage_fuzz.py`).
struct ReadFilesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read-files", abstract: "Read many files.", shouldDisplay: false)

  @Option(help: "Ending of the files that libFuzzer shall make, in a build that holds it.")
  var guided: String?

  @Option(help: "Folder for the file that is being read, with what belongs beside it.")
  var folder = "."

  @Argument(help: "What libFuzzer is told.")
  var arguments: [String] = []

  func run() throws {
    if let guided {
      try CoverageGuidedReading.run(ending: guided, folder: folder, arguments: arguments)
    }
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
  static func fault(inFileAt path: String) throws -> String? {
    if path.hasSuffix(".nii") || path.hasSuffix(".nii.gz") {
      // Voxels may be no numbers; who uses them looks.
      let volume = try NIfTIVolume(path: path)
      var slices = 0
      try volume.read(Array(0..<volume.images)) { _, _ in slices += 1 }
      return slices == volume.images ? nil : "a volume of \(slices) slices"
    }
    if path.hasSuffix(".safetensors") {
      let weights = try WeightsFile(contentsOf: path)
      return weights.parameters.allSatisfy(\.isFinite) ? nil : "weights that are not finite"
    }
    if path.hasSuffix(".yaml") {
      // A damaged file may be any of them, and each must get a sentence from all.
      let readers: [() throws -> Void] = [
        { _ = try TrainingRecipe(file: path) }, { _ = try DatasetManifest(contentsOf: path) },
        { _ = try SolveProtocol(contentsOf: path) }, { _ = try SweepProtocol(contentsOf: path) },
      ]
      let results = readers.map { reader in Result { try reader() } }
      if !results.contains(where: { (try? $0.get()) != nil }) { try results.last?.get() }
      return nil
    }
    if [".npy", ".txt", ".mask.h5"].contains(where: path.hasSuffix) {
      let mask = try MaskFile(contentsOf: path)
      let isWhole = mask.samples.count == (mask.rows ?? 1) * mask.columns && mask.columns > 0
      return isWhole ? nil : "a mask of \(mask.samples.count) points"
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
