import Arrays
import Evaluation

/// The picture of a slice with lesions: whole and by each method, and what the lesions changed.
enum LesionSheet {
  /// The differences are shown this many times enlarged.
  private static let enlarged: Float = 3

  static func grid(
    _ example: LesionStudy.Example, file: String, slice: Int
  ) throws -> PictureGrid {
    let window = SliceWindow(reference: example.whole)
    func change(_ with: RealArray, _ without: RealArray) -> PictureGrid.Picture {
      .mapped(
        SliceWindow.share(
          RealArray(
            shape: with.shape,
            values: zip(with.values, without.values).map {
              enlarged * abs($0 - $1) / max(window.white, .leastNormalMagnitude)
            })))
    }
    let images =
      [(method: "whole", with: example.whole, without: example.wholeWithout)] + example.images
    let count = example.lesions.count
    return try PictureGrid(
      heading: "\(file) · slice \(slice) · \(example.acceleration.text(digits: 0))x · \(count) "
        + "lesions of several diameters and contrasts",
      rows: [
        images.map { .init(.grey(window.grey($0.with)), title: $0.method) },
        images.map { .init(.grey(window.grey($0.without)), title: "without lesions") },
        images.map {
          .init(change($0.with, $0.without), title: "change ×\(Int(enlarged))")
        },
      ],
      foot: "Grey from 0 to the 99.8th percentile of the whole image, in every panel.")
  }
}
