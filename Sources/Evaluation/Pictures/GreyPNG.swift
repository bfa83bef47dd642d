public import Arrays
import CPNGSystem

/// A grey PNG file of up to 16 bits to be read.
public struct GreyPNG: Sendable {
  public let path: String
  public let rows: Int
  public let columns: Int

  /// Reads a file's head; throws `PNGReadError` if it is no PNG or not grey.
  public init(path: String) throws(PNGReadError) {
    self.path = path
    (rows, columns) = try opened(path) { image throws(PNGReadError) in
      (Int(image.height), Int(image.width))
    }
  }

  /// The pixels as they are stored, `[rows, columns]`: 0 to 255, or 0 to 65535 where there are 16
  /// bits.
  ///
  /// Throws `PNGReadError` if the file is damaged.
  public func pixels() throws(PNGReadError) -> RealArray {
    try opened(path) { image throws(PNGReadError) in
      let count = Int(image.height) * Int(image.width)
      let shape = [Int(image.height), Int(image.width)]
      if image.format & UInt32(PNG_FORMAT_FLAG_LINEAR) != 0 {
        image.format = UInt32(PNG_FORMAT_FLAG_LINEAR)
        var words = [UInt16](repeating: 0, count: count)
        guard png_image_finish_read(&image, nil, &words, 0, nil) != 0 else {
          throw PNGReadError(path, image)
        }
        return RealArray(shape: shape, values: words.map(Float.init))
      }
      image.format = UInt32(PNG_FORMAT_GRAY)
      var bytes = [UInt8](repeating: 0, count: count)
      guard png_image_finish_read(&image, nil, &bytes, 0, nil) != 0 else {
        throw PNGReadError(path, image)
      }
      return RealArray(shape: shape, values: bytes.map(Float.init))
    }
  }
}

/// A PNG file that cannot be read: one sentence with the file and the reason.
public struct PNGReadError: Error, CustomStringConvertible, Sendable {
  public let description: String

  fileprivate init(_ path: String, _ reason: String) { description = "\(path): \(reason)" }

  /// In libpng's words.
  fileprivate init(_ path: String, _ image: png_image) {
    let words = withUnsafeBytes(of: image.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    self.init(path, "is no PNG file that can be read (\(words)); save it again")
  }
}

/// Opens `path`, lets `body` read from it, and frees what libpng holds.
private func opened<Result>(
  _ path: String, _ body: (inout png_image) throws(PNGReadError) -> Result
) throws(PNGReadError) -> Result {
  var image = png_image()
  image.version = UInt32(PNG_IMAGE_VERSION)
  defer { png_image_free(&image) }
  guard png_image_begin_read_from_file(&image, path) != 0 else { throw PNGReadError(path, image) }
  guard image.format & UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA) == 0 else {
    throw PNGReadError(path, "is a picture in colour or with transparency; save it in grey")
  }
  return try body(&image)
}
