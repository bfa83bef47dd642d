import Acquisition
import Arrays
import ScanFiles

/// A fully sampled scan: its images are the magnitudes of the combined coils.
///
/// They are the reference that the file holds, else the root sum of squares of the coil images, cut
/// to the size that the header states.
struct ScanSource: ImageSource {
  let labels: [ImageLabel]
  let rows: Int
  let columns: Int
  private let scan: any Scan
  private let hasReference: Bool

  var path: String { scan.file }

  /// Opens a scan of the subject `patient`, or else of the one that the file states, or else of one
  /// called `name`.
  ///
  /// Throws `ScanFileError` if it cannot be read, `ExperimentError` if it is undersampled.
  init(path: String, name: String, patient: String? = nil, split: String? = nil) throws {
    let scan = try ScanFile.open(path)
    guard scan.isFullySampled else {
      throw ExperimentError(
        "\(path): the scan is undersampled; only fully sampled ones show what to learn")
    }
    let stated = scan.header.patient.flatMap { $0.isEmpty ? nil : $0 }
    let label = ImageLabel(subject: patient ?? stated ?? name, split: split)
    labels = Array(repeating: label, count: scan.slices)
    let reference = try scan.reference(slice: 0)
    hasReference = reference?.values.allSatisfy(\.isFinite) ?? false
    if hasReference, let shape = reference?.shape {
      (rows, columns) = (shape[0], shape[1])
    } else {
      (rows, columns) = scan.imageSize
    }
    self.scan = scan
  }

  func read(_ chosen: [Int], _ take: (Int, Result<SourcePixels, any Error>) -> Void) {
    for slice in chosen { take(slice, Result { .values(try image(slice).values) }) }
  }

  private func image(_ slice: Int) throws -> RealArray {
    if hasReference, let reference = try scan.reference(slice: slice) { return reference }
    let whole = try ReferenceKind.rss.image(
      of: scan.kspace(slice: slice), acquired: scan.acquiredColumns)
    return centre(of: whole, size: (rows, columns))
  }
}
