import CPNGSystem
public import Foundation

/// A picture whose pixels are places on a colour map: a third of the bytes of a colour picture.
public struct MappedImage: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The step of the map, 0 to 255, of each pixel in row-major order.
  public let steps: [UInt8]
  private let palette: [UInt8]

  /// Shows `values`, `[rows, columns]`, on `map` from 0 to 1; what lies outside takes the end colours
  /// and NaN the lowest.
  init(_ values: [Float], rows: Int, columns: Int, map: ColourMap) {
    self.rows = rows
    self.columns = columns
    steps = values.map { $0 >= 1 ? 255 : $0 > 0 ? UInt8(($0 * 255).rounded()) : 0 }
    palette = map.colours.flatMap { [$0.red, $0.green, $0.blue] }
  }

  /// The colour of the pixel at `index` in row-major order.
  func colour(_ index: Int) -> Colour {
    let place = 3 * Int(steps[index])
    return Colour(palette[place], palette[place + 1], palette[place + 2])
  }

  /// The picture as an 8-bit PNG with a palette.
  ///
  /// - Throws: `PictureError` with libpng's words.
  public func pngData() throws(PictureError) -> Data {
    try encodedPNG(
      steps, rows: rows, columns: columns,
      format: UInt32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_COLORMAP), palette: palette)
  }
}

extension GreyImage {
  /// The picture as an 8-bit grey PNG.
  ///
  /// - Throws: `PictureError` with libpng's words.
  public func pngData() throws(PictureError) -> Data {
    try encodedPNG(pixels, rows: rows, columns: columns, format: UInt32(PNG_FORMAT_GRAY))
  }
}

private func encodedPNG(
  _ pixels: [UInt8], rows: Int, columns: Int, format: UInt32, palette: [UInt8] = []
) throws(PictureError) -> Data {
  guard rows > 0, columns > 0 else { throw .nothingToShow }
  func encode(into memory: UnsafeMutableRawPointer?, _ size: inout Int) -> String? {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(columns)
    image.height = UInt32(rows)
    image.format = format
    image.colormap_entries = UInt32(palette.count / 3)
    // Frees what libpng holds, also after an error.
    defer { png_image_free(&image) }
    let done = pixels.withUnsafeBytes { pixels in
      palette.withUnsafeBytes { palette in
        png_image_write_to_memory(
          &image, memory, &size, 0, pixels.baseAddress, 0,
          palette.isEmpty ? nil : palette.baseAddress)
      }
    }
    guard done == 0 else { return nil }
    return withUnsafeBytes(of: image.message) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
  // Without memory libpng says only how much it takes.
  var size = 0
  if let message = encode(into: nil, &size) { throw .notEncoded(reason: message) }
  var data = Data(count: size)
  let message = data.withUnsafeMutableBytes { encode(into: $0.baseAddress, &size) }
  if let message { throw .notEncoded(reason: message) }
  return data.prefix(size)
}
