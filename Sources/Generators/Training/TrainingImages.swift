/// Images of one size to train on.
public protocol TrainingImages: Sendable {
  var count: Int { get }
  var rows: Int { get }
  var columns: Int { get }
  /// Image `index`, row-major, scaled so that its 99.8th percentile is about 1.2.
  func image(_ index: Int) -> [Float]
}

/// A stack of 8-bit images in memory, 255 being each image's 99.8th percentile.
public struct ByteImageStack: TrainingImages {
  public let rows: Int
  public let columns: Int
  public let count: Int
  private let bytes: [UInt8]

  /// The value of an image's 99.8th percentile: with it, the 99th percentile of a head, which is
  /// what a reconstruction is scaled by, lies near 1.
  public static let brightest: Float = 1.2

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
    return bytes[index * size..<(index + 1) * size].map { Float($0) * (Self.brightest / 255) }
  }
}
