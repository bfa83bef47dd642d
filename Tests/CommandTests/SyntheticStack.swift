import Arrays
import Foundation
import Numerics
import ScanFiles

/// A small stack of magnitude images: discs with stripes, other ones for every image.
struct SyntheticStack {
  var rows = 48
  var columns = 40
  /// Subject, contrast and split of each image.
  var images: [(subject: String, contrast: String, split: String)] = {
    let parts = [("anna", "T1", 5), ("anna", "T2", 4), ("ben", "T1", 1)]
    let train = (0..<3).map { _ in (subject: "train", contrast: "T1", split: "train") }
    return train
      + parts.flatMap { part in
        (0..<part.2).map { _ in (subject: part.0, contrast: part.1, split: "test") }
      }
  }()
  var pixel: Float? = 1.25

  /// The pixels of one image, row by row.
  func pixels(_ image: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    for row in 0..<rows {
      for column in 0..<columns {
        let y = 2 * Float(row) / Float(rows) - 1
        let x = 2 * Float(column) / Float(columns) - 1
        let isInside = x * x / 0.5 + y * y / 0.6 < 1
        let value = 120 + 90 * Float.cos(Float(image + 3) * x + 4 * y)
        pixels.append(isInside ? UInt8(value) : 0)
      }
    }
    return pixels
  }

  func write(_ path: String, without left: String? = nil) throws {
    let file = try HDF5File(creating: path)
    let count = images.count
    if left != "images" {
      try file.createDataset("images", shape: [count, rows, columns], type: .uint8).write(
        images.indices.flatMap(pixels))
    }
    let texts = [
      ("subject", images.map(\.subject)), ("contrast", images.map(\.contrast)),
      ("split", images.map(\.split)),
    ]
    for (name, values) in texts where name != left { try file.writeStrings(name, values) }
    if let pixel {
      try file.createDataset("mm_per_pixel", shape: [count], type: .float).write(
        Array(repeating: pixel, count: count))
    }
    try file.close()
  }
}
