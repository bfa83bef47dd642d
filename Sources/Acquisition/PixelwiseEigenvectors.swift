import Arrays
import Numerics

/// The dominant eigenvector over the coils at each pixel of an image.
///
/// At pixel x the matrix is the Fourier series `G_cd(x) = Σ_Δ h_cd[Δ] exp(2πi Δ·(x - n/2) / n)` of
/// `SignalKernels`, Hermitian with eigenvalues within [0, 1]. The series is summed along columns
/// once, then along rows for a few rows at a time, so that the matrices of the whole image
/// (`[coils², rows, columns]`) never exist at once.
struct PixelwiseEigenvectors {
  private let coils: Int
  private let rows: Int
  private let columns: Int
  /// Columns rounded up to whole vectors of `lanes` pixels.
  private let paddedColumns: Int
  private let pairs: Int
  private let rowShifts: Int
  /// The series summed along columns: real parts `[rowShifts, pairs, paddedColumns]`, then the
  /// imaginary parts.
  private let columnSeries: [Float]

  private static let lanes = 8
  private static let rowsPerBlock = 4
  private static let mostIterations = 200
  /// The squared change of a unit vector in one iteration at which it has converged.
  private static let convergence: Float = 1e-10

  init(kernels: SignalKernels, rows: Int, columns: Int) {
    coils = kernels.coils
    pairs = kernels.pairs
    self.rows = rows
    self.columns = columns
    rowShifts = 2 * kernels.kernelRows - 1
    let columnShifts = 2 * kernels.kernelColumns - 1
    paddedColumns = (columns + Self.lanes - 1) / Self.lanes * Self.lanes

    // Real arithmetic on [real | imaginary] keeps the two parts apart, as the vectors need them.
    let lines = rowShifts * pairs
    var coefficients = [Float](repeating: 0, count: lines * 2 * columnShifts)
    for line in 0..<lines {
      for shift in 0..<columnShifts {
        let value = kernels.coefficients[line * columnShifts + shift]
        coefficients[line * 2 * columnShifts + shift] = value.real
        coefficients[(line * 2 + 1) * columnShifts + shift] = value.imaginary
      }
    }
    var realFactors = [Float](repeating: 0, count: 2 * columnShifts * paddedColumns)
    var imaginaryFactors = realFactors
    for shift in 0..<columnShifts {
      for column in 0..<paddedColumns {
        let wave = Self.wave(
          shift: shift - kernels.kernelColumns + 1, position: column, size: columns)
        let (upper, lower) = (
          shift * paddedColumns + column, (shift + columnShifts) * paddedColumns + column
        )
        realFactors[upper] = wave.cosine
        realFactors[lower] = -wave.sine
        imaginaryFactors[upper] = wave.sine
        imaginaryFactors[lower] = wave.cosine
      }
    }
    let width = paddedColumns
    let part = lines * width
    var series = [Float](repeating: 0, count: 2 * part)
    series.withUnsafeMutableBufferPointer { series in
      guard let start = series.baseAddress else { return }
      for (factors, target) in [(realFactors, start), (imaginaryFactors, start + part)] {
        LinearAlgebra.multiply(
          coefficients, by: factors, into: target, rows: lines, columns: width,
          depth: 2 * columnShifts)
      }
    }
    columnSeries = series
  }

  /// The maps `[coils, rows, columns]` and eigenvalues `[rows, columns]`.
  ///
  /// The phase of each pixel is chosen such that the virtual coil `phaseReference` `[coils]`, a
  /// linear combination of the coils, is real and positive.
  func maps(phaseReference: [Complex<Float>]) -> CoilMaps {
    var sensitivities = ComplexArray(zeros: [coils, rows, columns])
    var eigenvalues = RealArray(zeros: [rows, columns])
    sensitivities.values.withUnsafeMutableBufferPointer { maps in
      eigenvalues.values.withUnsafeMutableBufferPointer { values in
        nonisolated(unsafe) let (maps, values) = (maps, values)
        parallelFor((rows + Self.rowsPerBlock - 1) / Self.rowsPerBlock) { block in
          let first = block * Self.rowsPerBlock
          solve(
            rowRange: first..<min(rows, first + Self.rowsPerBlock), reference: phaseReference,
            maps: maps, eigenvalues: values)
        }
      }
    }
    return CoilMaps(sensitivities: sensitivities, eigenvalues: eigenvalues)
  }

  private func solve(
    rowRange: Range<Int>, reference: [Complex<Float>],
    maps: UnsafeMutableBufferPointer<Complex<Float>>,
    eigenvalues: UnsafeMutableBufferPointer<Float>
  ) {
    let part = pairs * paddedColumns
    let matrices = UnsafeMutablePointer<Float>.allocate(capacity: 2 * rowRange.count * part)
    defer { matrices.deallocate() }
    sumAlongRows(rowRange, into: matrices)

    let workspace = Workspace(coils: coils)
    defer { workspace.deallocate() }
    for (offset, row) in rowRange.enumerated() {
      for column in stride(from: 0, to: columns, by: Self.lanes) {
        let real = matrices + 2 * offset * part + column
        workspace.load(real: real, imaginary: real + part, stride: paddedColumns)
        workspace.iterate(most: Self.mostIterations, until: Self.convergence)
        workspace.alignPhase(to: reference)
        for lane in 0..<min(Self.lanes, columns - column) {
          let pixel = row * columns + column + lane
          eigenvalues[pixel] = workspace.eigenvalue[lane]
          for coil in 0..<coils {
            maps[coil * rows * columns + pixel] = Complex(
              workspace.real[coil][lane], workspace.imaginary[coil][lane])
          }
        }
      }
    }
  }

  /// Fills `matrices` `[rowRange, 2, pairs, paddedColumns]` (real, then imaginary parts).
  private func sumAlongRows(_ rowRange: Range<Int>, into matrices: UnsafeMutablePointer<Float>) {
    var factors = [Float](repeating: 0, count: rowRange.count * 4 * rowShifts)
    for (offset, row) in rowRange.enumerated() {
      for shift in 0..<rowShifts {
        let wave = Self.wave(shift: shift - rowShifts / 2, position: row, size: rows)
        let realLine = offset * 4 * rowShifts + shift
        factors[realLine] = wave.cosine
        factors[realLine + rowShifts] = -wave.sine
        factors[realLine + 2 * rowShifts] = wave.sine
        factors[realLine + 3 * rowShifts] = wave.cosine
      }
    }
    LinearAlgebra.multiply(
      factors, by: columnSeries, into: matrices, rows: 2 * rowRange.count,
      columns: pairs * paddedColumns, depth: 2 * rowShifts)
  }

  private static func wave(shift: Int, position: Int, size: Int) -> (cosine: Float, sine: Float) {
    let turns = (shift * (position - size / 2)) % size
    let angle = 2 * Double.pi * Double(turns) / Double(size)
    return (Float(Double.cos(angle)), Float(Double.sin(angle)))
  }
}
