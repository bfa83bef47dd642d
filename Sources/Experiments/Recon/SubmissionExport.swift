import Acquisition
import Arrays
import Foundation
import Reconstruction
import ScanFiles

/// The main method's images as fastMRI's challenge takes them: a file of the scan's name that holds
/// `reconstruction` `(slices, rows, columns)` f4 and nothing else, cut to the size of the target.
///
/// Source: facebookresearch/fastMRI, `fastmri/utils.py` (`save_reconstructions`) and
/// `fastmri/evaluate.py`.
enum SubmissionExport {
  /// The size of the challenge's targets, where neither file nor header states one.
  private static let usualSize = 320

  static func write(
    _ images: ReconstructionFile, of run: ReconstructionRun, to folder: OutputFolder
  ) throws {
    guard let method = run.methods.first?.name, let first = run.slices.first else { return }
    let size = try size(of: run.scan, slice: first)
    let name = URL(fileURLWithPath: run.scan.file).deletingPathExtension().lastPathComponent
    let file = try ReconstructionFile(
      path: folder.file("submission/\(name).h5"), slices: run.slices.count, size: size,
      methods: [method])
    for position in run.slices.indices {
      let image = try images.image(method: method, slice: position)
      try file.write(centre(of: image, size: size), method: method, slice: position)
    }
    try file.commit()
  }

  private static func size(
    of scan: ReadoutCroppedScan, slice: Int
  ) throws -> (rows: Int, columns: Int) {
    let whole = scan.imageSize
    func cut(_ rows: Int, _ columns: Int) -> (rows: Int, columns: Int) {
      (min(rows, whole.rows), min(columns, whole.columns))
    }
    if let target = try scan.reference(slice: slice) {
      return cut(target.shape[0], target.shape[1])
    }
    return scan.header.reconstructed == nil ? cut(usualSize, usualSize) : whole
  }
}
