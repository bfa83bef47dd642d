public import Training

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
    let reader = try ImageStackReader(path: path)
    let (count, rows, columns) = (reader.count, reader.rows, reader.columns)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * rows * columns)
    let together = 64
    for first in stride(from: 0, to: count, by: together) {
      bytes += try reader.bytes(first: first, number: min(together, count - first))
    }
    self.path = path
    images = ByteImageStack(bytes: bytes, count: count, rows: rows, columns: columns)
    split = try reader.texts("split") ?? Array(repeating: "train", count: count)
    source = try reader.texts("source") ?? []
  }

  /// The indices of the images of a split.
  public func indices(split name: String) -> [Int] {
    split.indices.filter { split[$0] == name }
  }
}
