import Acquisition
import Arrays
import Foundation
import Reconstruction
import ScanFiles

/// The images of a run as ISMRMRD has them: one file, a series `image_N` for each method.
public enum ISMRMRDExport {
  /// The file's name in the output folder.
  public static let name = "recon-mrd.h5"

  /// Writes the series of all methods, whose images are read back from `images` one at a time.
  static func write(
    _ images: ReconstructionFile, of run: ReconstructionRun, version: String,
    to folder: OutputFolder
  ) throws {
    let size = run.writtenSize
    let file = try MRDImageFile(
      path: folder.file(name), of: run.scan, slices: run.slices, size: size,
      geometry: try VolumeGeometry(
        of: run.scan, slices: run.slices, size: size, padded: run.matrix?.padded),
      subject: run.subject)
    for (number, method) in run.methods.map(\.name).enumerated() {
      try file.write(
        series: number,
        attributes: [
          ("DataRole", "Image"), ("SeriesDescription", "\(method), \(run.plan.text)"),
          ("ImageComments", "Research use only; not for diagnosis"),
          ("ImageProcessingHistory", "mri-ilo \(version)"),
        ]
      ) { position throws(ScanFileError) in
        try images.image(method: method, slice: position, isPadded: true)
      }
    }
    try file.commit()
  }
}
