import Arrays
import Evaluation

/// A grey PNG of 8 or 16 bits: one image.
struct PictureSource: ImageSource {
  let labels: [ImageLabel]
  private let picture: GreyPNG

  var path: String { picture.path }
  var rows: Int { picture.rows }
  var columns: Int { picture.columns }

  /// Opens a picture of the subject `name`; throws `PNGReadError`.
  init(path: String, name: String) throws {
    picture = try GreyPNG(path: path)
    labels = [ImageLabel(subject: name)]
  }

  func read(_ chosen: [Int], _ take: (Int, Result<SourcePixels, any Error>) -> Void) {
    for index in chosen { take(index, Result { .values(try picture.pixels().values) }) }
  }
}
