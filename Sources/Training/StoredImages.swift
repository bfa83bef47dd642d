import Generators

/// Images of one size in memory, in whole numbers of 8 or 16 bits.
public struct StoredImages: TrainingImages {
  public let rows: Int
  public let columns: Int
  private var stored: [Pixels] = []

  private enum Pixels {
    /// 255 is the 99.8th percentile of the image, and its end.
    case bytes([UInt8])
    /// 65535 is `wordPeak`.
    case words([UInt16])
  }

  /// The brightest value that 16 bits hold, two and a half times an image's 99.8th percentile: steps
  /// far below any noise, and room for bright vessels.
  private static let wordPeak = 2.5 * LadderNetwork.brightest

  public init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
  }

  public var count: Int { stored.count }

  /// Adds an image `[rows, columns]` of 8 bits, whose 99.8th percentile is 255.
  public mutating func append(_ bytes: [UInt8]) {
    require(bytes.count)
    stored.append(.bytes(bytes))
  }

  /// Adds an image `[rows, columns]` of values from 0 on, whose 99.8th percentile is `white`, in 16
  /// bits.
  public mutating func append(_ values: [Float], white: Float) {
    require(values.count)
    let scale = LadderNetwork.brightest / white / Self.wordPeak * 65535
    stored.append(.words(values.map { UInt16(min(65535, max(0, ($0 * scale).rounded()))) }))
  }

  public func image(_ index: Int) -> [Float] {
    switch stored[index] {
    case .bytes(let bytes): bytes.map { Float($0) * (LadderNetwork.brightest / 255) }
    case .words(let words): words.map { Float($0) * (Self.wordPeak / 65535) }
    }
  }

  /// The bytes that image `index` is kept in, for checksums; the lower one of 16 bits first.
  public func bytes(_ index: Int) -> [UInt8] {
    switch stored[index] {
    case .bytes(let bytes): bytes
    case .words(let words): words.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }
  }

  private func require(_ count: Int) {
    if count != rows * columns {
      fatalError("\(count) pixels for images of \(rows) × \(columns)")
    }
  }
}
