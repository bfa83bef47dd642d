import Acquisition
import Arrays
import Foundation
import ScanFiles

/// The reference images of one scan of a sweep, in a file of their own.
///
/// They come first, for the metrics of every slice need the reference's maximum over the scan.
struct SweepReference {
  /// The images `(slices, rows, columns)`.
  private let images: HDF5Dataset
  private let slices: [Int]
  /// The maximum over all slices.
  let dataRange: Double

  /// Opens the references of `scan`, which are made if they are missing or damaged.
  init(
    of scan: SweepRecord.Scan, record: SweepRecord, folder: SweepFolder, source: ReadoutCroppedScan
  ) throws {
    let id = record.referenceID(of: scan)
    let path = folder.reference(id)
    if !Self.isWhole(path) {
      try Self.make(path, scan: scan, record: record, source: source)
    }
    let file = try HDF5File(reading: path)
    guard let range = file.attribute("data_range")?.number else {
      throw ExperimentError("\(path): is no file of references; delete it and run again")
    }
    images = try file.dataset("reference")
    slices = scan.slices
    dataRange = range
  }

  /// The reference `[rows, columns]` of a slice.
  func image(slice: Int) throws -> RealArray {
    guard let position = slices.firstIndex(of: slice) else {
      shapeError("slice \(slice) is not among those with a reference")
    }
    let size = Array(images.shape.dropFirst())
    return RealArray(
      shape: size, values: try images.floats(start: [position, 0, 0], count: [1] + size))
  }

  /// Whether the file and the seal beside it, its SHA-256, are there and fit.
  static func isWhole(_ path: String) -> Bool {
    guard let seal = FileManager.default.contents(atPath: sealPath(path)),
      let digest = try? FileDigest.sha256(ofFile: path)
    else { return false }
    return String(decoding: seal, as: UTF8.self) == digest + "\n"
  }

  private static func sealPath(_ path: String) -> String { path + ".sha256" }

  private static func make(
    _ path: String, scan: SweepRecord.Scan, record: SweepRecord, source: ReadoutCroppedScan
  ) throws {
    let size = source.imageSize
    let writer = try AtomicHDF5Writer(path: path)
    let images = try writer.file.createDataset(
      "reference", shape: [scan.slices.count, size.rows, size.columns], type: .float)
    try writer.file.createDataset("slices", shape: [scan.slices.count], type: .int64)
      .write(scan.slices)
    var maximum: Float = 0
    for (position, slice) in scan.slices.enumerated() {
      let image = try record.evaluation.reference.image(
        of: source, slice: slice, filling: record.partialFourier ?? .zero,
        mapSets: record.mapSets ?? 1)
      maximum = max(maximum, image.values.max() ?? 0)
      try images.write(
        image.values, start: [position, 0, 0], count: [1, size.rows, size.columns])
    }
    try writer.file.setAttribute("data_range", .number(Double(maximum)))
    try writer.commit()
    try writeText(try FileDigest.sha256(ofFile: path) + "\n", to: sealPath(path))
  }
}
