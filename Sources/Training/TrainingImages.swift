import Layers

/// Images of one size to train on.
public protocol TrainingImages: Sendable {
  var count: Int { get }
  var rows: Int { get }
  var columns: Int { get }
  /// Image `index`, row-major, scaled so that its 99.8th percentile is about 1.2.
  func image(_ index: Int) -> [Float]
}

extension TrainingImages {
  /// Image `index` without the last rows and columns that do not fill a multiple of `factor`, real, in
  /// `channels` channels.
  func cropped(_ index: Int, toMultiplesOf factor: Int, channels: Int) -> Features {
    let image = image(index)
    let (keptRows, keptColumns) = (rows / factor * factor, columns / factor * factor)
    var values: [Float] = []
    values.reserveCapacity(keptRows * keptColumns)
    for y in 0..<keptRows { values += image[y * columns..<y * columns + keptColumns] }
    return Features(batch: 1, rows: keptRows, columns: keptColumns, channels: channels) { out in
      for pixel in values.indices {
        out[channels * pixel] = values[pixel]
        if channels == 2 { out[2 * pixel + 1] = 0 }
      }
    }
  }
}
