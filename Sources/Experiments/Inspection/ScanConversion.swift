public import Acquisition
import Foundation
public import ScanFiles

/// The writing of a scan's k-space in another layout, slice by slice.
public enum ScanConversion {
  /// The layouts that are written.
  public static let layouts: [ScanLayout] = [.fastMRI, .ismrmrd, .bart]

  /// The layouts by the endings of names; `.h5` may be ISMRMRD too, if that is asked for.
  private static let endings: [(ending: String, layouts: [ScanLayout])] = [
    (".h5", [.fastMRI, .ismrmrd]), (".hdf5", [.fastMRI, .ismrmrd]), (".mrd", [.ismrmrd]),
    (".cfl", [.bart]), (".hdr", [.bart]), (".ra", [.bart]),
  ]

  /// The layout to write to `path`: what is `asked` for, or what the name says.
  ///
  /// Throws `ExperimentError` where the name tells no layout or another one.
  public static func layout(
    of path: String, asked: ScanLayout? = nil
  ) throws(ExperimentError) -> ScanLayout {
    let known = endings.first { path.lowercased().hasSuffix($0.ending) }
    guard let asked else {
      guard let layout = known?.layouts.first else {
        throw ExperimentError(
          "\(path): the name tells no layout that is written; end it in .h5 (fastMRI), .mrd (ISMRMRD), "
            + ".cfl or .ra (BART), or give --to")
      }
      return layout
    }
    guard layouts.contains(asked) else {
      throw ExperimentError(
        "\(asked.rawValue) is a layout that is read and not written; choose "
          + layouts.map(\.rawValue).joined(separator: ", "))
    }
    let isHDF5 = [".h5", ".hdf5"].contains { path.lowercased().hasSuffix($0) }
    guard known.map({ $0.layouts.contains(asked) }) ?? (asked == .bart), asked != .bart || !isHDF5
    else {
      throw ExperimentError(
        "\(path): is no name for a file of \(asked.rawValue); end it in "
          + (asked == .bart ? ".cfl or .ra" : asked == .fastMRI ? ".h5" : ".h5 or .mrd"))
    }
    return asked
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
  /// - Parameters:
  ///   - asked: the layout; that of the path's name where nil.
  ///   - subject: whom ISMRMRD's header names; nobody where nil. Other layouts have no place for it.
  /// - Returns: what the layout cannot hold and is lost, a sentence each.
  ///
  /// Throws `ExperimentError` for a name of no layout or of the scan itself, `ScanFileError` if the
  /// scan cannot be read or the file not be written.
  public static func write(
    _ scan: any Scan, to path: String, as asked: ScanLayout? = nil,
    subject: ScanHeader.Subject? = nil, progress: (Int) throws -> Void = { _ in }
  ) throws -> [String] {
    let layout = try layout(of: path, asked: asked)
    func resolved(_ path: String, _ layout: ScanLayout) -> String {
      let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      // An array of BART has two names, and a third without an ending.
      return layout == .bart && url.pathExtension != "ra"
        ? url.deletingPathExtension().path : url.path
    }
    guard resolved(path, layout) != resolved(scan.file, scan.layout) else {
      throw ExperimentError("\(path): would replace the scan that is read; give another name")
    }
    switch layout {
    case .bart:
      let cropped = ReadoutCroppedScan(scan)
      let array = try BARTArrayWriter(
        path: path, slices: cropped.slices, shape: [cropped.coils, cropped.rows, cropped.columns])
      for slice in 0..<cropped.slices {
        try array.write(cropped.kspace(slice: slice), slice: slice)
        try progress(slice + 1)
      }
      try array.commit()
    case .ismrmrd:
      let file = try RawDataFile(path: path, like: scan, subject: subject)
      for slice in 0..<scan.slices {
        try file.write(scan.kspace(slice: slice), slice: slice)
        try progress(slice + 1)
      }
      try file.commit()
    default:
      let file = try KSpaceFile(path: path, like: scan)
      for slice in 0..<scan.slices {
        try file.write(scan.kspace(slice: slice), slice: slice)
        try progress(slice + 1)
      }
      try file.commit()
    }
    return losses(of: scan, as: layout)
  }

  /// What `layout` does not keep of `scan`, a sentence each.
  private static func losses(of scan: any Scan, as layout: ScanLayout) -> [String] {
    var losses: [String] = []
    if scan.frames > 1 {
      losses.append("only frame \(scan.frame) of \(scan.frames) is written")
    }
    if scan.plane(slice: 0) != nil, layout != .ismrmrd {
      losses.append("the orientation of the slices is not kept")
    }
    if scan.remarks["noise scan"] != nil { losses.append("the noise scan is not kept") }
    if (try? scan.reference(slice: 0)) != nil {
      losses.append("the stored reference images are not kept")
    }
    if layout == .bart {
      if ReadoutCroppedScan(scan).rows < scan.rows {
        losses.append("the readout oversampling is removed")
      }
      if scan.pixelSize != nil { losses.append("the extents in millimetres are not kept") }
    }
    return losses
  }
}
