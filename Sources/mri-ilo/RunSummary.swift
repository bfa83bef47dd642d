import Acquisition
import Evaluation
import Experiments
import Foundation
import Reconstruction
import ScanFiles

/// What `mri-ilo recon` says on the terminal before and after a run.
enum RunSummary {
  /// What is about to be reconstructed and how it will be measured.
  static func heading(_ run: ReconstructionRun) -> String {
    let scan = run.scan
    let count = run.slices.count
    let size = scan.imageSize
    var lines = [
      "\(scan.file): \(count) of \(scan.slices) slice\(scan.slices == 1 ? "" : "s"), "
        + "\(scan.coils) coil\(scan.coils == 1 ? "" : "s"), matrix \(scan.rows) × \(scan.columns), "
        + "image \(size.rows) × \(size.columns)",
      "mask: \(run.plan.name), \(run.plan.text)" + (run.plan.seed.map { ", seed \($0)" } ?? ""),
    ]
    if scan.frames > 1 { lines[0] += ", frame \(scan.frame) of \(scan.frames)" }
    if scan.crop.keptRows < scan.crop.rows {
      lines[0] += " (readout oversampling removed from \(scan.crop.rows) rows)"
    }
    if let matrix = run.matrix {
      lines.append(
        "written images: \(matrix.size[0]) × \(matrix.size[1]) as the header declares, by zero-padding "
          + "k-space from \(scan.rows) × \(scan.columns) to \(matrix.padded[0]) × \(matrix.padded[1]); "
          + "metrics at the resolution of the scan")
    } else if scan.declaredMatrix != nil {
      lines.append("The header declares a larger image, which is not made.")
    }
    let partial = scan.partialFourier
    if !partial.isEmpty {
      let filled =
        switch run.filling {
        case .zero: "the rest is zero (--partial-fourier has other ways)"
        case .homodyne: "homodyne in the zero-filled image and the reference"
        case .pocs: "filled by POCS in the zero-filled image and the reference"
        }
      lines.append(
        "partial Fourier: \(partial.map(\.text).joined(separator: " and ")); \(filled)")
    }
    if run.mapSets > 1 { lines.append("coil maps: \(run.mapSets) sets") }
    if let compression = run.compression { lines.append("coils: \(compression.text)") }
    if run.plan.name == "full" {
      lines.append("Nothing is left out: give --accel to undersample the scan.")
    }
    if let reason = run.missingReference {
      lines.append("No metrics: \(reason).")
    } else {
      lines.append(
        "reference: \(run.referenceKind.description); metrics by \(MetricDefinition.fastMRI)")
    }
    return lines.joined(separator: "\n")
  }

  /// What was asked for and cannot be seen in the results, a sentence each.
  static func idle(_ run: ReconstructionRun) -> [String] {
    idleSets(run) + idleFilling(run)
  }

  private static func idleSets(_ run: ReconstructionRun) -> [String] {
    let others = run.methods.filter { !$0.usesMapSets }.map(\.name)
    if run.mapSets == 1 || others.isEmpty { return [] }
    return [
      "Note: \(others.joined(separator: ", ")) \(others.count == 1 ? "knows" : "know") one set of coil "
        + "maps, and got the first of \(run.mapSets)."
    ]
  }

  private static func idleFilling(_ run: ReconstructionRun) -> [String] {
    guard run.filling != .zero else { return [] }
    if run.scan.partialFourier.isEmpty {
      return ["Note: the scan is not partial Fourier, so --partial-fourier changes nothing."]
    }
    let isSeen =
      run.methods.contains { $0.name == "zero-filled" }
      || (run.missingReference == nil && run.referenceKind != .stored)
    return isSeen
      ? []
      : [
        "Note: --partial-fourier changes the reference and the zero-filled image, and this run makes "
          + "neither; the other methods take what was not measured for unknown."
      ]
  }

  /// What the volumes of the run cannot say of its place, a sentence for each kind that was asked for.
  static func orientation(_ run: ReconstructionRun) -> [String] {
    let isPlaced =
      run.scan.pixelSize != nil && run.slices.allSatisfy { run.scan.plane(slice: $0) != nil }
    var notes: [String] = []
    if run.exports.contains(.nifti), run.scan.pixelSize == nil {
      notes.append(
        "Note: the scan states no extents, so recon.nii.gz has elements of 1 without a unit.")
    } else if run.exports.contains(.nifti), !isPlaced {
      notes.append(
        "Note: the scan does not say how its slices lie, so recon.nii.gz has no orientation.")
    }
    if run.exports.contains(.dicom), !isPlaced {
      notes.append(
        "Note: the scan does not say how its slices lie, so the DICOM files are secondary captures "
          + "without a place in the patient.")
    }
    if run.exports.contains(.ismrmrd), !isPlaced {
      notes.append(
        "Note: the scan does not say how its slices lie, so \(ISMRMRDExport.name) has directions of zero."
      )
    }
    return notes
  }

  /// Says on the standard error what is odd about `scan`, a line each.
  static func warn(_ oddities: [String], of scan: String) {
    for text in oddities {
      FileHandle.standardError.write(Data("Warning: \(scan): \(text).\n".utf8))
    }
  }

  /// A line for each thing that a method warns of.
  static func warnings(_ record: RunRecord) -> [String] {
    let sets = record.mapSets
    let poor = zip(record.input.slices, sets.secondSetShares).filter {
      sets.sets == 1 && $1 > sets.threshold
    }.map { slice, share in
      "Warning: slice \(slice): at \(Int((100 * share).rounded(.up))) % of the object one set of coil maps "
        + "does not explain the data, as where the object is larger than the field of view; try --maps 2."
    }
    return poor
      + record.methods.flatMap { method in
        method.slices.flatMap { slice in
          slice.warnings.map { "Warning: slice \(slice.slice), \(method.name): \($0)." }
        }
      }
  }

  /// The table of figures and where the results are.
  static func results(_ record: RunRecord, folder: String) -> String {
    var table = TextTable([
      ("slice", .right), ("method", .left), ("PSNR dB", .right), ("SSIM", .right),
      ("NMSE", .right), ("seconds", .right),
    ])
    func row(
      _ slice: String, _ method: String, _ figures: RunRecord.Figures?, _ seconds: Double
    ) {
      let metrics = figures.map { ImageMetrics(psnr: $0.psnr, ssim: $0.ssim, nmse: $0.nmse) }
      table.append([
        slice, method, metrics?.psnrText ?? "–", metrics?.ssimText ?? "–",
        metrics?.nmseText ?? "–", seconds.text(digits: 1),
      ])
    }
    for (position, slice) in record.input.slices.enumerated() {
      for method in record.methods {
        let result = method.slices[position]
        row(String(slice), method.name, result.metrics, result.seconds)
      }
    }
    if record.input.slices.count > 1 {
      for method in record.methods { row("volume", method.name, method.volume, method.seconds) }
    }
    let memory = (Double(record.peakMemory) / 1_048_576).text(digits: 0)
    let trust = (record.trust?.slices ?? []).map {
      "slice \($0.slice), trust: \(TrustText.sentence($0.figures))"
        + ($0.spread.map { "; \(TrustText.spread($0))" } ?? "") + "\n"
    }.joined()
    return """

      \(table.text)
      \(trust)
      \(record.seconds.text(digits: 1)) s in all, \(memory) MiB at most. Results in \(folder)
      """
  }
}
