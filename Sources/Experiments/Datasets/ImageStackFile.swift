public import Generators
import ScanFiles

/// An HDF5 stack of magnitude images for training: `images` (count, rows, columns) uint8, and
/// optionally `split`, `source`, `subject` (count) text.
public struct ImageStackFile: Sendable {
  public let path: String
  public let images: ByteImageStack
  /// The split of every image; `train` where the file states none.
  public let split: [String]
  /// The source of every image, empty if the file states none.
  public let source: [String]

  /// Reads the whole stack: 64 KiB an image of 256 × 256.
  ///
  /// Throws `ScanFileError` if the file or its `images` cannot be read, `ExperimentError` if the
  /// stack is of the wrong shape or too small to train on.
  public init(contentsOf path: String) throws {
    let file = try HDF5File(reading: path)
    let dataset = try file.dataset("images")
    guard dataset.shape.count == 3, dataset.shape[0] > 0 else {
      throw ExperimentError(
        "\(path): 'images' has the shape \(dataset.shape); give a stack (count, rows, columns)")
    }
    let (count, rows, columns) = (dataset.shape[0], dataset.shape[1], dataset.shape[2])
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * rows * columns)
    let together = 64
    for first in stride(from: 0, to: count, by: together) {
      let values = try dataset.floats(
        start: [first, 0, 0], count: [min(together, count - first), rows, columns])
      for value in values {
        guard value >= 0, value <= 255 else {
          throw ExperimentError(
            "\(path): 'images' near image \(first) holds \(value); give 8-bit values, 0 to 255")
        }
        bytes.append(UInt8(value))
      }
    }
    self.path = path
    images = ByteImageStack(bytes: bytes, count: count, rows: rows, columns: columns)
    func texts(_ name: String) throws -> [String]? {
      guard file.contains(name) else { return nil }
      let values = try file.dataset(name).strings()
      guard values.count == count else {
        throw ExperimentError("\(path): '\(name)' has \(values.count) entries for \(count) images")
      }
      return values
    }
    split = try texts("split") ?? Array(repeating: "train", count: count)
    source = try texts("source") ?? []
  }

  /// The indices of the images of a split.
  public func indices(split name: String) -> [Int] {
    split.indices.filter { split[$0] == name }
  }
}
