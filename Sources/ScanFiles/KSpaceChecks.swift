import Numerics

/// Reads slice `slice` of a k-space dataset; the first of its axes is the slice, `shape` is that
/// of one slice `[coils, rows, columns]`, whose coil axis the file may lack.
func readSlice(
  _ dataset: HDF5Dataset, _ slice: Int, _ shape: [Int]
) throws(ScanFileError) -> [Complex<Float>] {
  let rest = Array(shape.suffix(dataset.shape.count - 1))
  return try dataset.complexValues(
    start: [slice] + Array(repeating: 0, count: rest.count), count: [1] + rest)
}

/// Whether each column holds any value but zero over all coils and rows.
func filledColumns(_ values: [Complex<Float>], rows: Int, columns: Int) -> [Bool] {
  var bits = [UInt32](repeating: 0, count: columns)
  values.withUnsafeBytes { raw in
    let words = raw.bindMemory(to: UInt32.self)
    for line in 0..<values.count / columns {
      let start = 2 * line * columns
      // The sign is left out: a negative zero is a zero.
      for column in 0..<columns {
        bits[column] |= (words[start + 2 * column] | words[start + 2 * column + 1]) & 0x7fff_ffff
      }
    }
  }
  return bits.map { $0 != 0 }
}

/// The rows from the first to the last that holds any value but zero over all coils and columns.
func filledRows(_ values: [Complex<Float>], rows: Int, columns: Int) -> Range<Int> {
  let filled = (0..<rows).filter { row in
    stride(from: row * columns, to: values.count, by: rows * columns).contains { start in
      values[start..<start + columns].contains { $0 != .zero }
    }
  }
  guard let first = filled.first, let last = filled.last else { return 0..<rows }
  return first..<last + 1
}

/// Which points `[rows, columns]` hold any value but zero over all coils, if single points are missing; nil if
/// only whole rows and columns are.
///
/// An exact zero may come up by chance, so at least an eighth of the points must be missing of the rows and
/// columns that hold something: in a two-dimensional readout at most a few lines are shorter than others. Only
/// the ellipse that touches the edges is looked at: scanners leave the corners of a plane out, and a scan
/// without them is no undersampled one.
func filledPoints(_ values: [Complex<Float>], rows: Int, columns: Int) -> [Bool]? {
  let size = rows * columns
  var filled = [Bool](repeating: false, count: size)
  for start in stride(from: 0, to: values.count, by: size) {
    for place in 0..<size where values[start + place] != .zero { filled[place] = true }
  }
  let holdsRow = (0..<rows).map { row in
    filled[row * columns..<(row + 1) * columns].contains(true)
  }
  let holdsColumn = (0..<columns).map { column in
    (0..<rows).contains { filled[$0 * columns + column] }
  }
  var (inside, missing) = (0, 0)
  for row in 0..<rows where holdsRow[row] {
    let y = 2 * Double(row - rows / 2) / Double(rows)
    for column in 0..<columns where holdsColumn[column] {
      let x = 2 * Double(column - columns / 2) / Double(columns)
      // The ellipse's own edge may be a sample off.
      guard x * x + y * y < 0.9 else { continue }
      inside += 1
      if !filled[row * columns + column] { missing += 1 }
    }
  }
  return 8 * missing >= inside && missing > 0 ? filled : nil
}

/// `planned` without the unfilled columns at its edges, if the filled ones between them are without
/// a gap and at least three quarters of all; else `planned`.
func withoutPadding(_ planned: Range<Int>, _ filled: [Bool]) -> Range<Int> {
  guard let first = filled.firstIndex(of: true), let last = filled.lastIndex(of: true) else {
    return planned
  }
  let band = first..<last + 1
  let isPlainBand = band.allSatisfy { filled[$0] } && 4 * band.count >= 3 * filled.count
  return isPlainBand ? band : planned
}

/// Sets the columns outside `acquired` to (positive) zero: fastMRI's header says what they hold is
/// not measured, and the sign of a zero must not tell what was there.
func clearPadding(_ values: inout [Complex<Float>], _ acquired: Range<Int>, columns: Int) {
  if acquired.count == columns { return }
  for line in 0..<values.count / columns {
    for column in 0..<columns where !acquired.contains(column) {
      values[line * columns + column] = Complex(0, 0)
    }
  }
}

/// The first value that is not finite or the first coil that is all zero, if any.
func kspaceProblem(
  _ values: [Complex<Float>], _ shape: [Int], slice: Int
) -> ScanFileError.Problem? {
  let (coils, rows, columns) = (shape[0], shape[1], shape[2])
  let size = 2 * rows * columns
  return values.withUnsafeBytes { raw in
    let words = raw.bindMemory(to: UInt32.self)
    for coil in 0..<coils {
      // NaN and infinity are the values with all exponent bits set, so one pass over the bits
      // finds both them and an all-zero coil.
      var largest: UInt32 = 0
      for index in coil * size..<(coil + 1) * size {
        largest = max(largest, words[index] & 0x7fff_ffff)
      }
      if largest == 0 { return .emptyCoil(slice: slice, coil: coil) }
      if largest >= 0x7f80_0000 {
        let range = coil * size..<(coil + 1) * size
        let index = range.first { words[$0] & 0x7fff_ffff >= 0x7f80_0000 } ?? range.lowerBound
        let position = (index - coil * size) / 2
        return .notFinite(
          slice: slice, coil: coil, row: position / columns, column: position % columns)
      }
    }
    return nil
  }
}
