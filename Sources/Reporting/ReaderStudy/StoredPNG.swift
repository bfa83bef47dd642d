import Evaluation

/// An 8-bit grey PNG whose size depends on its rows and columns alone.
///
/// A compressed file is the smaller the smoother the image, so that a list of files by size would sort
/// the methods. Here the pixels are stored uncompressed, and nothing but the pixels is in the file.
struct StoredPNG {
  let bytes: [UInt8]

  init(_ image: GreyImage) {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    // Depth 8, grey, deflate, the only filter method, not interlaced.
    let header = Self.word(image.rows, image.columns) + [8, 0, 0, 0, 0]
    bytes += Self.chunk("IHDR", header)
    var lines: [UInt8] = []
    lines.reserveCapacity((image.columns + 1) * image.rows)
    for row in 0..<image.rows {
      lines.append(0)
      lines += image.pixels[row * image.columns..<(row + 1) * image.columns]
    }
    bytes += Self.chunk("IDAT", Self.stored(lines))
    bytes += Self.chunk("IEND", [])
    self.bytes = bytes
  }

  /// Columns and rows as the header wants them.
  private static func word(_ rows: Int, _ columns: Int) -> [UInt8] {
    bigEndian(UInt32(columns)) + bigEndian(UInt32(rows))
  }

  /// A zlib stream of stored blocks (RFC 1950 and 1951).
  private static func stored(_ data: [UInt8]) -> [UInt8] {
    var stream: [UInt8] = [0x78, 0x01]
    let longest = 65_535
    for start in stride(from: 0, to: max(data.count, 1), by: longest) {
      let block = data[start..<min(start + longest, data.count)]
      let length = UInt16(block.count)
      stream.append(start + longest >= data.count ? 1 : 0)
      stream += [length, ~length].flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
      stream += block
    }
    var (first, second): (UInt32, UInt32) = (1, 0)
    for byte in data {
      first = (first + UInt32(byte)) % 65_521
      second = (second + first) % 65_521
    }
    return stream + bigEndian(second << 16 | first)
  }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var check: UInt32 = 0xFFFF_FFFF
    for byte in body { check = check >> 8 ^ checkTable[Int((check ^ UInt32(byte)) & 0xFF)] }
    return bigEndian(UInt32(data.count)) + body + bigEndian(~check)
  }

  /// The CRC-32 of each byte, reflected polynomial 0xEDB88320.
  private static let checkTable: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in
      value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
    }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
