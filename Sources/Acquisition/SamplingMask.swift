/// Which phase-encode columns of k-space are sampled.
///
/// A column outside `acquired` was never measured (zero-padded by the scanner, as in the fastMRI
/// brain files); it is never sampled and does not count in the acceleration.
public struct SamplingMask: Sendable, Equatable {
  /// For each column of k-space, whether it is sampled.
  public let columns: [Bool]
  /// The columns that the scan measured.
  public let acquired: Range<Int>

  /// A mask of these `columns`, cleared outside `acquired` (every column when nil).
  ///
  /// Throws `SamplingMaskError` for an acquired range beyond the columns or without a sample.
  public init(columns: [Bool], acquired: Range<Int>? = nil) throws(SamplingMaskError) {
    let acquired = acquired ?? 0..<columns.count
    guard acquired.lowerBound >= 0, acquired.upperBound <= columns.count else {
      throw .acquiredRange(acquired, columns: columns.count)
    }
    self.acquired = acquired
    self.columns = columns.enumerated().map { $1 && acquired.contains($0) }
    if !self.columns.contains(true) { throw .nothingSampled(columns: columns.count) }
  }

  /// A mask that samples every acquired column.
  ///
  /// Throws `SamplingMaskError` for an acquired range that is empty or beyond the columns.
  public static func fullySampled(
    columns: Int, acquired: Range<Int>? = nil
  ) throws(SamplingMaskError) -> SamplingMask {
    try SamplingMask(columns: Array(repeating: true, count: columns), acquired: acquired)
  }

  /// The number of sampled columns.
  public var sampledCount: Int { columns.lazy.filter { $0 }.count }

  /// The achieved acceleration: acquired columns over sampled columns.
  ///
  /// Random patterns miss the asked factor by a tenth or so, and padding must not pass for
  /// undersampling, so tables state this number.
  public var acceleration: Double { Double(acquired.count) / Double(sampledCount) }

  /// The auto-calibration lines: the unbroken block of sampled columns around column n/2.
  ///
  /// Empty when that centre column is not sampled. Lines that a pattern happens to add next to its
  /// centre block count too: they are as good for calibration.
  public var calibrationColumns: Range<Int> {
    let center = columns.count / 2
    guard columns.indices.contains(center), columns[center] else { return center..<center }
    var lower = center
    while lower > 0, columns[lower - 1] { lower -= 1 }
    var upper = center + 1
    while upper < columns.count, columns[upper] { upper += 1 }
    return lower..<upper
  }

  /// The columns as hexadecimal digits, four to a digit, the first the most significant bit.
  ///
  /// The last byte is filled up with zero bits, as by `numpy.packbits`.
  public var hexadecimal: String {
    var digits = ""
    for byte in 0..<(columns.count + 7) / 8 {
      for half in 0..<2 {
        var digit = 0
        for bit in 0..<4 {
          let index = byte * 8 + half * 4 + bit
          digit = digit << 1 | (index < columns.count && columns[index] ? 1 : 0)
        }
        digits += String(digit, radix: 16)
      }
    }
    return digits
  }
}
