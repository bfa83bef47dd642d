import Generators
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

/// A stack of 8-bit images in memory, 255 being each image's 99.8th percentile.
public struct ByteImageStack: TrainingImages {
  public let rows: Int
  public let columns: Int
  public let count: Int
  private let bytes: [UInt8]

  /// `bytes` is `[count, rows, columns]`.
  public init(bytes: [UInt8], count: Int, rows: Int, columns: Int) {
    guard bytes.count == count * rows * columns else {
      fatalError("\(bytes.count) bytes for \(count) images of \(rows) × \(columns)")
    }
    self.bytes = bytes
    self.count = count
    self.rows = rows
    self.columns = columns
  }

  public func image(_ index: Int) -> [Float] {
    let size = rows * columns
    return bytes[index * size..<(index + 1) * size].map {
      Float($0) * (LadderNetwork.brightest / 255)
    }
  }
}
