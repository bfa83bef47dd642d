import Arrays
import Numerics

/// The fully sampled centre of k-space `[coils, rows, columns]`, scaled to a largest value of 1.
struct CalibrationRegion {
  let coils: Int
  let rows: Int
  let columns: Int
  /// The samples, `[coils, rows, columns]`.
  let values: [Complex<Float>]

  /// The centre of `kspace` `[coils, rows, columns]` that `mask` samples.
  ///
  /// At most `limit` columns around column n/2 are taken, and as many rows as make a region of
  /// `limit` × `limit` samples: few calibration lines are made up for by more of the readout,
  /// which is fully sampled. Rows beyond an all-zero row (partial readout) are left out.
  init(
    kspace: ComplexArray, mask: SamplingMask, limit: Int
  ) throws(CalibrationError) {
    guard kspace.shape.count == 3, kspace.shape[2] == mask.columns.count else {
      shapeError("k-space \(kspace.shape) got a mask of \(mask.columns.count) columns")
    }
    let coils = kspace.shape[0]
    let (allRows, allColumns) = (kspace.shape[1], kspace.shape[2])

    let lines = mask.calibrationColumns
    let columnRange = Self.centered(limit, in: lines, around: allColumns / 2)
    if columnRange.isEmpty { throw .tooFewLines(found: 0, needed: ESPIRiT.fewestLines) }

    func isMeasured(_ row: Int) -> Bool {
      (0..<coils).contains { coil in
        let start = (coil * allRows + row) * allColumns
        return columnRange.contains { kspace.values[start + $0] != .zero }
      }
    }
    var measured = allRows / 2..<allRows / 2
    while measured.lowerBound > 0, isMeasured(measured.lowerBound - 1) {
      measured = measured.lowerBound - 1..<measured.upperBound
    }
    while measured.upperBound < allRows, isMeasured(measured.upperBound) {
      measured = measured.lowerBound..<measured.upperBound + 1
    }
    let wantedRows = (limit * limit + columnRange.count - 1) / columnRange.count
    let rowRange = Self.centered(wantedRows, in: measured, around: allRows / 2)

    self.coils = coils
    rows = rowRange.count
    columns = columnRange.count
    var values: [Complex<Float>] = []
    values.reserveCapacity(coils * rows * columns)
    for coil in 0..<coils {
      for row in rowRange {
        let start = (coil * allRows + row) * allColumns
        values += kspace.values[start + columnRange.lowerBound..<start + columnRange.upperBound]
      }
    }

    // The scale of raw data is arbitrary (1e-9 is common): without this, squares would underflow.
    var largest: Float = 0
    for coil in 0..<coils {
      var coilLargest: Float = 0
      for value in values[coil * rows * columns..<(coil + 1) * rows * columns] {
        guard value.isFinite else { throw .notFinite(coil: coil) }
        coilLargest = max(coilLargest, abs(value.real), abs(value.imaginary))
      }
      if coilLargest == 0 { throw .emptyCoil(coil) }
      largest = max(largest, coilLargest)
    }
    self.values = values.map { Complex($0.real / largest, $0.imaginary / largest) }
  }

  /// At most `count` indices of `range` around `center`, balanced like `center - count/2 ...`.
  private static func centered(_ count: Int, in range: Range<Int>, around center: Int) -> Range<Int>
  {
    if range.count <= count { return range }
    let lower = min(max(range.lowerBound, center - count / 2), range.upperBound - count)
    return lower..<lower + count
  }

  /// The covariance of the coils over the region, `[coils, coils]`: Σ y·yᴴ.
  func coilCovariance() -> [Complex<Float>] {
    LinearAlgebra.gram(values, rows: coils, columns: rows * columns, ofRows: true)
  }

  /// All patches of `kernelRows` × `kernelColumns`, one to a row:
  /// `[positions, coils · kernelRows · kernelColumns]`.
  func patches(kernelRows: Int, kernelColumns: Int) -> (values: [Complex<Float>], count: Int) {
    let (rowPositions, columnPositions) = (rows - kernelRows + 1, columns - kernelColumns + 1)
    var result: [Complex<Float>] = []
    let positions = rowPositions * columnPositions
    result.reserveCapacity(positions * coils * kernelRows * kernelColumns)
    for row in 0..<rowPositions {
      for column in 0..<columnPositions {
        for coil in 0..<coils {
          for kernelRow in 0..<kernelRows {
            let start = (coil * rows + row + kernelRow) * columns + column
            result += values[start..<start + kernelColumns]
          }
        }
      }
    }
    return (result, positions)
  }
}
