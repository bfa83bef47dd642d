public import Acquisition
import Foundation
public import ScanFiles

/// The writing of a scan's k-space in another layout, slice by slice.
public enum ScanConversion {
  /// The layouts that are written, by the endings of their names.
  private static let endings: [(ending: String, layout: ScanLayout)] = [
    (".h5", .fastMRI), (".hdf5", .fastMRI), (".cfl", .bart), (".hdr", .bart),
  ]

  /// The layout that the name of `path` asks for; throws `ExperimentError` for others.
  static func layout(of path: String) throws(ExperimentError) -> ScanLayout {
    guard let known = endings.first(where: { path.lowercased().hasSuffix($0.ending) }) else {
      throw ExperimentError(
        "\(path): the name tells no layout that is written; end it in .h5 (fastMRI) or .cfl (BART)")
    }
    return known.layout
  }

  /// `scan` with its coils compressed by the calibration lines that it holds.
  ///
  /// Throws `ExperimentError` where there can be no such compression, `ScanFileError` if a slice cannot be read.
  public static func compressed(
    _ scan: any Scan, _ request: CoilCompressionRequest
  ) throws -> CoilCompressedScan {
    try CoilCompressedScan(of: scan, request: request, mask: try scan.samplingMask(), slices: nil)
  }

  /// Writes `scan` to `path`; `progress` is told the number of slices that are done.
  ///
  /// - Returns: what the layout cannot hold and is lost, a sentence each.
  ///
  /// Throws `ExperimentError` for a name of no layout or of the scan itself, `ScanFileError` if the
  /// scan cannot be read or the file not be written.
  public static func write(
    _ scan: any Scan, to path: String, progress: (Int) throws -> Void = { _ in }
  ) throws -> [String] {
    let layout = try layout(of: path)
    func resolved(_ path: String) -> String {
      URL(fileURLWithPath: path).resolvingSymlinksInPath().deletingPathExtension().path
    }
    guard resolved(path) != resolved(scan.file) else {
      throw ExperimentError("\(path): would replace the scan that is read; give another name")
    }
    var losses: [String] = []
    if scan.frames > 1 {
      losses.append("only frame \(scan.frame) of \(scan.frames) is written")
    }
    if scan.plane(slice: 0) != nil { losses.append("the orientation of the slices is not kept") }
    switch layout {
    case .bart:
      let cropped = ReadoutCroppedScan(scan)
      if cropped.rows < scan.rows { losses.append("the readout oversampling is removed") }
      if scan.pixelSize != nil { losses.append("the extents in millimetres are not kept") }
      let array = try BARTArrayWriter(
        path: path, slices: cropped.slices, shape: [cropped.coils, cropped.rows, cropped.columns])
      for slice in 0..<cropped.slices {
        try array.write(cropped.kspace(slice: slice), slice: slice)
        try progress(slice + 1)
      }
      try array.commit()
    default:
      let file = try KSpaceFile(path: path, like: scan)
      for slice in 0..<scan.slices {
        try file.write(scan.kspace(slice: slice), slice: slice)
        try progress(slice + 1)
      }
      try file.commit()
    }
    return losses
  }
}
