public import Arrays
import ScanFiles

/// An HDF5 stack of magnitude images that is read image by image: `images` (count, rows, columns)
/// uint8, and beside it, one entry an image, text such as `split` and `subject`.
public struct ImageStackReader: Sendable {
  public let path: String
  public let count: Int
  public let rows: Int
  public let columns: Int
  private let file: HDF5File
  private let images: HDF5Dataset

  /// Opens a stack without reading an image.
  ///
  /// Throws `ScanFileError` if the file or its `images` cannot be opened, `ExperimentError` if the
  /// stack is of the wrong shape.
  public init(path: String) throws {
    file = try HDF5File(reading: path)
    images = try file.dataset("images")
    guard images.shape.count == 3, !images.shape.contains(0) else {
      throw ExperimentError(
        "\(path): 'images' has the shape \(images.shape); give a stack (count, rows, columns)")
    }
    self.path = path
    (count, rows, columns) = (images.shape[0], images.shape[1], images.shape[2])
  }

  /// `number` images from `first` on, one after the other, `[number, rows, columns]` of 0 to 255.
  ///
  /// Throws `ScanFileError` if they cannot be read, `ExperimentError` if a value is out of range.
  public func bytes(first: Int, number: Int) throws -> [UInt8] {
    let values = try images.floats(start: [first, 0, 0], count: [number, rows, columns])
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count)
    for value in values {
      guard value >= 0, value <= 255 else {
        throw ExperimentError(
          "\(path): 'images' near image \(first) holds \(value); give 8-bit values, 0 to 255")
      }
      bytes.append(UInt8(value))
    }
    return bytes
  }

  /// One image, `[rows, columns]` of 0 to 255; throws as `bytes` does.
  public func image(_ index: Int) throws -> RealArray {
    RealArray(shape: [rows, columns], values: try bytes(first: index, number: 1).map(Float.init))
  }

  /// The text of every image under `name`, or nil if the file has none.
  ///
  /// Throws `ScanFileError` if it is no text, `ExperimentError` if it is not one entry an image.
  public func texts(_ name: String) throws -> [String]? {
    guard file.contains(name) else { return nil }
    return try perImage(name, file.dataset(name).strings())
  }

  /// The number of every image under `name`, or nil if the file has none; throws as `texts` does.
  public func numbers(_ name: String) throws -> [Float]? {
    guard file.contains(name) else { return nil }
    return try perImage(name, file.dataset(name).floats())
  }

  private func perImage<Value>(_ name: String, _ values: [Value]) throws -> [Value] {
    guard values.count == count else {
      throw ExperimentError("\(path): '\(name)' has \(values.count) entries for \(count) images")
    }
    return values
  }
}
