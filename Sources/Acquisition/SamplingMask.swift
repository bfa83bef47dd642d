/// Which samples of k-space are acquired: whole phase-encode columns, or single points of a plane.
///
/// A two-dimensional acquisition reads out whole columns, and its mask is one of columns. In a plane across
/// the readout of a three-dimensional one both axes are phase-encoded, and the mask is one of points.
///
/// A column outside `acquired` was never measured (zero-padded by the scanner, as in the fastMRI
/// brain files); it is never sampled and does not count in the acceleration.
public struct SamplingMask: Sendable, Equatable {
  /// What is sampled: of a mask of columns `[columns]`, of a mask of points `[rows, columns]`.
  ///
  /// The sample at place `i` of an array `[…, rows, columns]` is acquired where
  /// `samples[i % samples.count]` is.
  public let samples: [Bool]
  /// The rows of a mask of points; nil for a mask of columns, which fits any number of rows.
  public let rows: Int?
  /// For each column of k-space, whether anything of it is sampled.
  public let columns: [Bool]
  /// The columns that the scan measured.
  public let acquired: Range<Int>
  /// Rows and columns of the fully sampled centre of a mask of points.
  private let centre: (rows: Range<Int>, columns: Range<Int>)?

  /// A mask of these `columns`, cleared outside `acquired` (every column when nil).
  ///
  /// Throws `SamplingMaskError` for an acquired range beyond the columns or without a sample.
  public init(columns: [Bool], acquired: Range<Int>? = nil) throws(SamplingMaskError) {
    let acquired = try Self.checked(acquired, columns: columns.count)
    self.acquired = acquired
    self.columns = columns.enumerated().map { $1 && acquired.contains($0) }
    (samples, rows, centre) = (self.columns, nil, nil)
    if !self.columns.contains(true) { throw .nothingSampled(columns: columns.count) }
  }

  /// A mask of `points` `[rows, columns]`, cleared in columns outside `acquired` (every column when nil).
  ///
  /// Throws `SamplingMaskError` for an acquired range beyond the columns or without a sample.
  public init(
    points: [Bool], rows: Int, columns: Int, acquired: Range<Int>? = nil
  ) throws(SamplingMaskError) {
    precondition(rows > 0 && points.count == rows * columns, "a mask of points lacks some")
    let acquired = try Self.checked(acquired, columns: columns)
    let samples = points.indices.map { points[$0] && acquired.contains($0 % columns) }
    if !samples.contains(true) { throw .nothingSampled(columns: columns) }
    self.acquired = acquired
    self.samples = samples
    self.rows = rows
    self.columns = (0..<columns).map { column in
      (0..<rows).contains { samples[$0 * columns + column] }
    }
    centre = Self.sampledCentre(of: samples, rows: rows, columns: columns)
  }

  private static func checked(
    _ acquired: Range<Int>?, columns: Int
  ) throws(SamplingMaskError) -> Range<Int> {
    let acquired = acquired ?? 0..<columns
    guard acquired.lowerBound >= 0, acquired.upperBound <= columns else {
      throw .acquiredRange(acquired, columns: columns)
    }
    return acquired
  }

  /// A mask that samples every acquired column.
  ///
  /// Throws `SamplingMaskError` for an acquired range that is empty or beyond the columns.
  public static func fullySampled(
    columns: Int, acquired: Range<Int>? = nil
  ) throws(SamplingMaskError) -> SamplingMask {
    try SamplingMask(columns: Array(repeating: true, count: columns), acquired: acquired)
  }

  public static func == (one: SamplingMask, other: SamplingMask) -> Bool {
    (one.samples, one.rows, one.acquired) == (other.samples, other.rows, other.acquired)
  }

  /// The mask with `samples` in place of this one's, of the same kind and the same acquired columns.
  ///
  /// Throws `SamplingMaskError` if nothing is left.
  public func replacing(samples: [Bool]) throws(SamplingMaskError) -> SamplingMask {
    guard let rows else { return try SamplingMask(columns: samples, acquired: acquired) }
    return try SamplingMask(
      points: samples, rows: rows, columns: columns.count, acquired: acquired)
  }

  /// What the mask counts in, in the plural.
  public var unit: String { rows == nil ? "columns" : "points" }

  /// Whether the mask is for k-space `[…, rows, columns]` of this `shape`.
  public func fits(_ shape: [Int]) -> Bool {
    shape.count >= 2 && shape[shape.count - 1] == columns.count
      && (rows == nil || shape[shape.count - 2] == rows)
  }

  /// The number of sampled columns, or points.
  public var sampledCount: Int { samples.lazy.filter { $0 }.count }

  /// The number of acquired columns, or points in them.
  public var acquiredCount: Int { acquired.count * (rows ?? 1) }

  /// The achieved acceleration: what was acquired over what is sampled.
  ///
  /// Random patterns miss the asked factor by a tenth or so, and padding must not pass for
  /// undersampling, so tables state this number.
  public var acceleration: Double { Double(acquiredCount) / Double(sampledCount) }

  /// The auto-calibration lines: the unbroken block of sampled columns around column n/2.
  ///
  /// Empty when that centre column is not sampled. Lines that a pattern happens to add next to its
  /// centre block count too: they are as good for calibration. Of a mask of points the columns of the fully
  /// sampled centre, whose rows are `calibrationRows`.
  public var calibrationColumns: Range<Int> {
    if let centre { return centre.columns }
    let center = columns.count / 2
    guard columns.indices.contains(center), columns[center] else { return center..<center }
    var lower = center
    while lower > 0, columns[lower - 1] { lower -= 1 }
    var upper = center + 1
    while upper < columns.count, columns[upper] { upper += 1 }
    return lower..<upper
  }

  /// The rows of the fully sampled centre of a mask of points; nil for a mask of columns, which samples all.
  public var calibrationRows: Range<Int>? { centre?.rows }

  /// Rows and columns of the block that a mask of points samples, if that is all of a rectangle and nothing
  /// else; nil for a mask of columns.
  public var sampledRectangle: (rows: Range<Int>, columns: Range<Int>)? {
    guard let rows else { return nil }
    let width = columns.count
    let sampledRows = (0..<rows).filter { row in
      samples[row * width..<(row + 1) * width].contains(true)
    }
    guard let top = sampledRows.first, let bottom = sampledRows.last,
      let left = columns.firstIndex(of: true), let right = columns.lastIndex(of: true),
      (bottom - top + 1) * (right - left + 1) == sampledCount
    else { return nil }
    return (top..<bottom + 1, left..<right + 1)
  }

  /// Whether each of `samples` lies in the fully sampled centre.
  public var calibration: [Bool] {
    let block = calibrationColumns
    guard let rows, let calibrationRows else { return columns.indices.map(block.contains) }
    return (0..<rows * columns.count).map {
      calibrationRows.contains($0 / columns.count) && block.contains($0 % columns.count)
    }
  }

  /// How far each of `samples` lies from the centre of k-space, as a share of half its extent: of a column
  /// |k|, of a point the length of (k, l), each in its own share.
  public var distances: [Double] {
    let count = columns.count
    func share(_ place: Int, of count: Int) -> Double {
      Double(2 * abs(place - count / 2)) / Double(count)
    }
    guard let rows else { return columns.indices.map { share($0, of: count) } }
    return samples.indices.map {
      let (row, column) = (share($0 / count, of: rows), share($0 % count, of: count))
      return (row * row + column * column).squareRoot()
    }
  }

  /// For how much of what is missing each sample outside the calibration block stands; 1 in the mean over them,
  /// 0 for all others.
  ///
  /// Of a mask of points the missing over the sampled ones of its ring about the centre: where few are
  /// sampled, as far out in a mask of variable density, each stands for many. Sampled columns stand for
  /// equally many, for their patterns are of one density.
  public var stands: [Double] {
    let calibration = calibration
    let free = samples.indices.filter { samples[$0] && !calibration[$0] }
    var result = [Double](repeating: 0, count: samples.count)
    guard rows != nil, !free.isEmpty else {
      for index in free { result[index] = 1 }
      return result
    }
    let rings = 24
    let places = distances.map { min(rings - 1, Int($0 / 2.0.squareRoot() * Double(rings))) }
    var (sampled, missing) = (
      [Double](repeating: 0, count: rings), Array(repeating: 0.0, count: rings)
    )
    for index in samples.indices where acquired.contains(index % columns.count) {
      if samples[index] {
        if !calibration[index] { sampled[places[index]] += 1 }
      } else {
        missing[places[index]] += 1
      }
    }
    for index in free {
      result[index] = missing[places[index]] / sampled[places[index]]
    }
    let mean = result.reduce(0, +) / Double(free.count)
    return mean > 0 ? result.map { $0 / mean } : samples.map { $0 ? 1 : 0 }
  }

  /// The samples as hexadecimal digits, four to a digit, the first the most significant bit.
  ///
  /// The last byte is filled up with zero bits, as by `numpy.packbits`.
  public var hexadecimal: String {
    var digits = ""
    for byte in 0..<(samples.count + 7) / 8 {
      for half in 0..<2 {
        var digit = 0
        for bit in 0..<4 {
          let index = byte * 8 + half * 4 + bit
          digit = digit << 1 | (index < samples.count && samples[index] ? 1 : 0)
        }
        digits += String(digit, radix: 16)
      }
    }
    return digits
  }

  /// The block around [rows/2, columns/2] that grows by a line on each side in turn, as long as that line
  /// is sampled over the whole width of the block; empty where the centre is not sampled.
  private static func sampledCentre(
    of samples: [Bool], rows: Int, columns: Int
  ) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) = (rows / 2, columns / 2)
    guard samples[row * columns + column] else { return (row..<row, column..<column) }
    var (top, bottom, left, right) = (row, row + 1, column, column + 1)
    func isSampled(_ rows: Range<Int>, _ columnRange: Range<Int>) -> Bool {
      rows.allSatisfy { row in columnRange.allSatisfy { samples[row * columns + $0] } }
    }
    var grows = true
    while grows {
      grows = false
      if top > 0, isSampled(top - 1..<top, left..<right) { (top, grows) = (top - 1, true) }
      if left > 0, isSampled(top..<bottom, left - 1..<left) { (left, grows) = (left - 1, true) }
      if bottom < rows, isSampled(bottom..<bottom + 1, left..<right) {
        (bottom, grows) = (bottom + 1, true)
      }
      if right < columns, isSampled(top..<bottom, right..<right + 1) {
        (right, grows) = (right + 1, true)
      }
    }
    return (top..<bottom, left..<right)
  }
}
