import CPNGSystem

extension GreyImage {
  /// Writes an 8-bit grey PNG by way of a temporary file beside `path`.
  ///
  /// - Throws: `OutputFileError` with libpng's words.
  public func writePNG(to path: String) throws {
    try writePNGFile(
      pixels, rows: rows, columns: columns, format: UInt32(PNG_FORMAT_GRAY), path: path)
  }
}

extension ColourImage {
  /// Writes an 8-bit RGB PNG by way of a temporary file beside `path`.
  ///
  /// - Throws: `OutputFileError` with libpng's words.
  public func writePNG(to path: String) throws {
    try writePNGFile(
      pixels, rows: rows, columns: columns, format: UInt32(PNG_FORMAT_FLAG_COLOR), path: path)
  }
}

private func writePNGFile(
  _ pixels: [UInt8], rows: Int, columns: Int, format: UInt32, path: String
) throws {
  guard rows > 0, columns > 0 else {
    throw OutputFileError(path: path, reason: "a picture of \(rows)×\(columns) pixels is empty")
  }
  try writeAtomically(to: path) { temporary in
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(columns)
    image.height = UInt32(rows)
    image.format = format
    // Frees what libpng holds, also after an error.
    defer { png_image_free(&image) }
    let done = pixels.withUnsafeBytes {
      png_image_write_to_file(&image, temporary, 0, $0.baseAddress, 0, nil)
    }
    guard done != 0 else {
      let message = withUnsafeBytes(of: image.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      throw OutputFileError(path: path, reason: message)
    }
  }
}
