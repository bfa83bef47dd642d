import Acquisition
import Arrays
import Foundation
import Reconstruction
import ScanFiles

/// The images of a run as DICOM: one study a scan, one series a method, one file a slice.
///
/// The UIDs are derived from what the images come from, so that the same run gives the same files, and
/// any other method, mask, setting or version another series.
struct DICOMExport {
  private let run: ReconstructionRun
  private let geometry: VolumeGeometry

  /// Throws `ScanFileError` if the slices make no volume.
  init(_ run: ReconstructionRun) throws {
    self.run = run
    geometry = try VolumeGeometry(
      of: run.scan, slices: run.slices, size: run.writtenSize, padded: run.matrix?.padded)
  }

  /// Writes the series of all methods, whose images are read back from `images` one at a time.
  func write(_ images: ReconstructionFile, record: RunRecord, to folder: OutputFolder) throws {
    for (number, method) in run.methods.map(\.name).enumerated() {
      var maximum: Float = 0
      for position in run.slices.indices {
        let image = try images.image(method: method, slice: position, isPadded: true)
        maximum = max(maximum, image.values.max() ?? 0)
      }
      let series = DICOMSeries(
        identity: try identity(method, number: number + 1, record), geometry: geometry,
        isThreeDimensional: (run.scan.header.encoded?.partitions ?? 1) > 1, maximum: maximum)
      for (position, slice) in run.slices.enumerated() {
        let name = OutputFolder.numbered("slice", slice, of: run.scan.slices) + ".dcm"
        try series.write(
          images.image(method: method, slice: position, isPadded: true), slice: slice,
          position: position,
          to: folder.file("dicom-\(method)/\(name)"))
      }
    }
  }

  private func identity(
    _ method: String, number: Int, _ record: RunRecord
  ) throws -> DICOMSeries.Identity {
    let scan = record.input.sha256
    // Files of one study may not name different patients.
    let patient = run.subject.map { ["patient", "\($0)"] } ?? []
    let remarks = run.measured.remarks.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    var origin: [String] =
      [
        "series", scan, String(run.scan.frame), record.mask.sha256, method,
        try record.settings[method].map { try RecordJSON.text($0) } ?? "", String(record.seed),
        record.weights?.sha256 ?? "", record.denoiser?.sha256 ?? "",
        record.styleGAN?.sha256 ?? "", record.version,
        record.input.slices.map(String.init).joined(separator: ","),
      ]
    origin += (record.decoders ?? [:]).sorted { $0.key < $1.key }.map {
      "\($0.key) \($0.value.sha256)"
    }
    if run.mapSets > 1 { origin.append("map sets \(run.mapSets)") }
    if let matrix = run.matrix { origin.append("padded to \(matrix.padded)") }
    if let partial = record.partialFourier { origin.append(partial.filling.rawValue) }
    origin += remarks + (record.input.averaged ?? []).map(\.sha256) + patient
    let series = Self.uid(origin)
    let name = run.plan.name == "full" ? "" : "\(run.plan.name) mask, "
    return DICOMSeries.Identity(
      study: Self.uid(["study", scan] + patient),
      frameOfReference: Self.uid(["frame of reference", scan]),
      series: series,
      image: { slice, pixels in
        let bytes = pixels.withUnsafeBytes { Data($0) }
        return Self.uid(["image", series, String(slice), FileDigest.sha256(of: bytes)])
      },
      number: number, title: "\(method), \(run.plan.text)",
      derivation: "Reconstructed by \(method) (\(name)\(run.plan.text)) with mri-ilo "
        + "\(record.version). Research use only; not for diagnosis.",
      version: record.version, subject: run.subject)
  }

  /// A UID made of a UUID, as PS3.5 B.2 has it; the UUID is of version 8 (RFC 9562), from a checksum.
  static func uid(_ origin: [String]) -> String {
    let digits = Array(FileDigest.sha256(of: origin.joined(separator: "\n")).prefix(32))
    var bytes = stride(from: 0, to: 32, by: 2).map {
      UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
    }
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    var decimal = ""
    while bytes.contains(where: { $0 != 0 }) {
      var rest = 0
      for index in bytes.indices {
        let value = rest << 8 | Int(bytes[index])
        (bytes[index], rest) = (UInt8(value / 10), value % 10)
      }
      decimal = String(rest) + decimal
    }
    return "2.25." + decimal
  }
}
