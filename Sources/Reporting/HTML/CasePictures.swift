import Arrays
import Evaluation
import Experiments
import Foundation

/// The pictures of one case as data URIs: 8-bit PNG, all in the window of the reference.
struct CasePictures {
  struct Method {
    let row: SliceResult
    let image, error: String
    let priorShare: String?
  }

  let reference: String
  let rows, columns: Int
  let methods: [Method]

  /// How many bytes of the page the pictures take.
  var bytes: Int {
    reference.utf8.count
      + methods.reduce(0) {
        $0 + $1.image.utf8.count + $1.error.utf8.count + ($1.priorShare?.utf8.count ?? 0)
      }
  }

  /// Nil if no method's image of the case was kept.
  ///
  /// `others` are the rows of the case's slice, one a method.
  init?(_ others: [SliceResult], images: any SliceImages) throws {
    let found = try others.compactMap { row in
      try images.image(row).map { (row: row, image: $0) }
    }
    guard let first = found.first else { return nil }
    let reference = try images.reference(first.row)
    let window = SliceWindow(reference: reference)
    (rows, columns) = (reference.shape[0], reference.shape[1])
    self.reference = Self.uri(try window.grey(reference).pngData())
    methods = try found.map { row, image in
      guard image.shape == reference.shape else {
        throw ExperimentError(
          "the image of \(row.condition.method) for \(row.condition.scan) has another shape than "
            + "its reference; run 'mri-ilo sweep' again")
      }
      return Method(
        row: row, image: Self.uri(try window.grey(image).pngData()),
        error: Self.uri(try window.error(image, reference).pngData()),
        priorShare: try images.priorShare(row).map {
          Self.uri(try SliceWindow.share($0).pngData())
        })
    }
  }

  private static func uri(_ png: Data) -> String {
    "data:image/png;base64," + png.base64EncodedString()
  }
}
