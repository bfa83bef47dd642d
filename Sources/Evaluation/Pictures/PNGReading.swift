import CPNGSystem
import Foundation

extension GreyImage {
  /// Reads a PNG of any kind as 8-bit grey; what is transparent lies on black.
  ///
  /// - Throws: `PictureError` with libpng's words.
  public init(contentsOfPNG path: String) throws(PictureError) {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    // Frees what libpng holds, also after an error.
    defer { png_image_free(&image) }
    func failure() -> PictureError {
      let message = withUnsafeBytes(of: image.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return .notRead(file: path, reason: message)
    }
    guard png_image_begin_read_from_file(&image, path) != 0 else { throw failure() }
    image.format = UInt32(PNG_FORMAT_GRAY)
    let (rows, columns) = (Int(image.height), Int(image.width))
    guard rows <= 1 << 15, columns <= 1 << 15 else {
      throw .notRead(file: path, reason: "\(rows) × \(columns) pixels are too many")
    }
    self.init(rows: rows, columns: columns)
    var black = png_color(red: 0, green: 0, blue: 0)
    let done = pixels.withUnsafeMutableBytes {
      png_image_finish_read(&image, &black, $0.baseAddress, 0, nil)
    }
    guard done != 0 else { throw failure() }
  }
}
