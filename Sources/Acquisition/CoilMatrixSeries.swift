import Arrays
import Kernels
import Numerics

/// The coil matrices of `SignalKernels` at the points of a grid, in blocks of 4 × 4 points.
///
/// At a point the matrix is the Fourier series `G_cd(x) = Σ_Δ h_cd[Δ] exp(2πi Δ·(x - n/2) / n)`,
/// Hermitian with eigenvalues within [0, 1]. The series is summed along columns once, for all column
/// positions of the grid; `matrices` sums it along rows for one block, so that the matrices of a
/// whole image (`[coils², rows, columns]`) never exist at once.
struct CoilMatrixSeries {
  let coils: Int
  let pairs: Int
  let rowBlocks: Int
  let columnBlocks: Int
  private let rowShifts: Int
  /// The series summed along columns, `[rowShifts, pairs, columnBlocks, 2, 4]`.
  private let columnSums: [Float]
  /// Cosines and sines along rows, `[rowBlocks, rowShifts, 2, 16]`.
  private let rowWaves: [Float]

  /// The matrices at `rowPositions` and `columnPositions` of an image of `rows` × `columns`.
  ///
  /// Positions are pixel indices and may lie outside the image, as the series is periodic. Each
  /// list is filled up to whole blocks of four with its last position.
  init(
    kernels: SignalKernels, rows: Int, columns: Int, rowPositions: [Int], columnPositions: [Int]
  ) {
    coils = kernels.coils
    pairs = kernels.pairs
    rowShifts = 2 * kernels.kernelRows - 1
    rowBlocks = (rowPositions.count + 3) / 4
    columnBlocks = (columnPositions.count + 3) / 4
    rowWaves = Self.rowWaves(
      positions: rowPositions, blocks: rowBlocks, shifts: rowShifts, size: rows)
    columnSums = Self.columnSums(
      kernels, positions: columnPositions, blocks: columnBlocks, size: columns)
  }

  /// Fills `matrices` `[pairs, 2, 16]` for the block of four rows and four columns.
  func matrices(
    rowBlock: Int, columnBlock: Int, _ table: coil_eigenvector_table,
    into matrices: UnsafeMutablePointer<Float>
  ) {
    columnSums.withUnsafeBufferPointer { sums in
      rowWaves.withUnsafeBufferPointer { waves in
        guard let sums = sums.baseAddress, let waves = waves.baseAddress else { return }
        table.matrices(
          Int32(pairs), Int32(rowShifts), sums + columnBlock * 8, columnBlocks * 8,
          waves + rowBlock * rowShifts * 32, matrices)
      }
    }
  }

  private static func rowWaves(positions: [Int], blocks: Int, shifts: Int, size: Int) -> [Float] {
    let roots = UnitRoots(size)
    var waves = [Float](repeating: 0, count: blocks * shifts * 32)
    for block in 0..<blocks {
      for shift in 0..<shifts {
        for row in 0..<4 {
          let position = positions[min(4 * block + row, positions.count - 1)]
          let wave = roots.wave((shift - shifts / 2) * (position - size / 2))
          let start = (block * shifts + shift) * 32 + 4 * row
          for column in 0..<4 {
            waves[start + column] = wave.real
            waves[start + 16 + column] = wave.imaginary
          }
        }
      }
    }
    return waves
  }

  private static func columnSums(
    _ kernels: SignalKernels, positions: [Int], blocks: Int, size: Int
  ) -> [Float] {
    let roots = UnitRoots(size)
    let shifts = 2 * kernels.kernelColumns - 1
    // Real arithmetic on [real | imaginary] keeps the two parts apart, as the vectors need them.
    let width = blocks * 8
    var factors = [Float](repeating: 0, count: 2 * shifts * width)
    for shift in 0..<shifts {
      for column in 0..<4 * blocks {
        let position = positions[min(column, positions.count - 1)]
        let wave = roots.wave((shift - shifts / 2) * (position - size / 2))
        let upper = shift * width + column / 4 * 8 + column % 4
        let lower = upper + shifts * width
        factors[upper] = wave.real
        factors[upper + 4] = wave.imaginary
        factors[lower] = -wave.imaginary
        factors[lower + 4] = wave.real
      }
    }
    let (pairs, rowShifts) = (kernels.pairs, 2 * kernels.kernelRows - 1)
    return [Float](unsafeUninitializedCapacity: rowShifts * pairs * width) { sums, count in
      count = rowShifts * pairs * width
      nonisolated(unsafe) let sums = sums
      let factors = factors
      parallelFor(rowShifts) { rowShift in
        guard let sums = sums.baseAddress else { return }
        var coefficients = [Float](repeating: 0, count: pairs * 2 * shifts)
        for pair in 0..<pairs {
          for shift in 0..<shifts {
            let value = kernels.coefficients[(rowShift * pairs + pair) * shifts + shift]
            coefficients[pair * 2 * shifts + shift] = value.real
            coefficients[(pair * 2 + 1) * shifts + shift] = value.imaginary
          }
        }
        LinearAlgebra.multiply(
          coefficients, by: factors, into: sums + rowShift * pairs * width, rows: pairs,
          columns: width, depth: 2 * shifts)
      }
    }
  }
}

/// The complex roots of unity of one order.
private struct UnitRoots {
  private let roots: [Complex<Float>]

  init(_ order: Int) {
    roots = (0..<order).map { turn in
      let angle = 2 * Double.pi * Double(turn) / Double(order)
      return Complex(Float(Double.cos(angle)), Float(Double.sin(angle)))
    }
  }

  /// `exp(2πi turns / order)`.
  func wave(_ turns: Int) -> Complex<Float> {
    let remainder = turns % roots.count
    return roots[remainder < 0 ? remainder + roots.count : remainder]
  }
}
