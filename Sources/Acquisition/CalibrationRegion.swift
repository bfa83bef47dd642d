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
  /// which is fully sampled. Rows beyond an all-zero row (partial readout) are left out. Of a mask of
  /// points the rows are those of its fully sampled centre.
  init(
    kspace: ComplexArray, mask: SamplingMask, limit: Int
  ) throws(CalibrationError) {
    guard kspace.shape.count == 3, mask.fits(kspace.shape) else {
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
    let centre = mask.calibrationRows ?? 0..<allRows
    var measured = allRows / 2..<allRows / 2
    while measured.lowerBound > centre.lowerBound, isMeasured(measured.lowerBound - 1) {
      measured = measured.lowerBound - 1..<measured.upperBound
    }
    while measured.upperBound < centre.upperBound, isMeasured(measured.upperBound) {
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
  static func centered(_ count: Int, in range: Range<Int>, around center: Int) -> Range<Int> {
    if range.count <= count { return range }
    let lower = min(max(range.lowerBound, center - count / 2), range.upperBound - count)
    return lower..<lower + count
  }

  /// The covariance of the coils over the region, `[coils, coils]`: Σ y·yᴴ.
  func coilCovariance() -> [Complex<Float>] {
    LinearAlgebra.gram(values, rows: coils, columns: rows * columns, ofRows: true)
  }

  /// All patches of `kernelRows` × `kernelColumns`, one to a column:
  /// `[coils · kernelRows · kernelColumns, positions]`.
  func patches(kernelRows: Int, kernelColumns: Int) -> (values: [Complex<Float>], positions: Int) {
    let (rowPositions, columnPositions) = (rows - kernelRows + 1, columns - kernelColumns + 1)
    var result: [Complex<Float>] = []
    let positions = rowPositions * columnPositions
    result.reserveCapacity(positions * coils * kernelRows * kernelColumns)
    for coil in 0..<coils {
      for kernelRow in 0..<kernelRows {
        for kernelColumn in 0..<kernelColumns {
          for row in 0..<rowPositions {
            let start = (coil * rows + row + kernelRow) * columns + kernelColumn
            result += values[start..<start + columnPositions]
          }
        }
      }
    }
    return (result, positions)
  }

  /// The Gram matrix of the patches `[positions, positions]`: Pᴴ·P of `patches`.
  ///
  /// The product of two patches is the sum over the kernel of the products of samples, so that
  /// the Gram matrix of single samples over the coils, summed along its diagonals over the kernel's
  /// columns and then over its rows, takes the place of a product of depth coils · kernel.
  func patchGram(kernelRows: Int, kernelColumns: Int) -> [Complex<Float>] {
    let (rowPositions, columnPositions) = (rows - kernelRows + 1, columns - kernelColumns + 1)
    let samples = rows * columns
    let products = LinearAlgebra.gram(values, rows: coils, columns: samples, ofRows: false)
    let positions = rowPositions * columnPositions
    // `[rows, columnPositions, rows, columnPositions]`
    let width = rows * columnPositions
    var narrow = [Complex<Float>](repeating: .zero, count: width * width)
    var gram = [Complex<Float>](repeating: .zero, count: positions * positions)
    products.withInterleaved { products in
      narrow.withMutableInterleaved { narrow in
        nonisolated(unsafe) let (products, narrow) = (products, narrow)
        parallelFor(rows) { row in
          for column in 0..<columnPositions {
            for otherRow in 0..<rows {
              let target =
                narrow + 2
                * ((row * columnPositions + column) * width
                  + otherRow * columnPositions)
              for tap in 0..<kernelColumns {
                let source =
                  products + 2
                  * ((row * columns + column + tap) * samples
                    + otherRow * columns + tap)
                for index in 0..<2 * columnPositions { target[index] += source[index] }
              }
            }
          }
        }
      }
    }
    narrow.withInterleaved { narrow in
      gram.withMutableInterleaved { gram in
        nonisolated(unsafe) let (narrow, gram) = (narrow, gram)
        parallelFor(rowPositions) { row in
          for column in 0..<columnPositions {
            let target = gram + 2 * (row * columnPositions + column) * positions
            for tap in 0..<kernelRows {
              let source =
                narrow + 2
                * (((row + tap) * columnPositions + column) * width
                  + tap * columnPositions)
              for index in 0..<2 * positions { target[index] += source[index] }
            }
          }
        }
      }
    }
    return gram
  }
}
