public import Arrays
import Numerics

/// The covariances of the coils over the calibration lines of a scan, at each position along the readout.
///
/// Slices are added one at a time and let go. Of a mask of columns the lines are transformed along the
/// readout; of a mask of points there is one position, the fully sampled centre as a whole.
public struct CoilCovariances: Sendable {
  public let coils: Int
  /// Image rows, or 1 where single points are sampled.
  public let positions: Int
  /// Σ y yᴴ, `[positions, coils, coils]`.
  private var sums: [Complex<Double>]

  /// The most calibration lines that are used of a slice, as in ESPIRiT.
  public static let lineLimit = 24
  /// The weight of the mean over all positions beside the covariance of each.
  ///
  /// It decides where there is no signal, so that the virtual coils do not turn with the noise there.
  static let meanWeight = 1e-3

  /// Nothing yet, of k-space `[coils, rows, columns]` that `mask` samples.
  public init(coils: Int, rows: Int, mask: SamplingMask) {
    self.coils = coils
    positions = mask.rows == nil ? rows : 1
    sums = Array(repeating: .zero, count: positions * coils * coils)
  }

  /// Adds the calibration lines of one slice, `kspace` `[coils, rows, columns]`.
  ///
  /// Throws `CoilCompressionError` where `mask` samples none.
  public mutating func add(
    _ kspace: ComplexArray, mask: SamplingMask
  ) throws(CoilCompressionError) {
    let lines = CalibrationRegion.centered(
      Self.lineLimit, in: mask.calibrationColumns, around: mask.columns.count / 2)
    if lines.isEmpty { throw .noCalibrationLines }
    let (allRows, columns) = (kspace.shape[1], kspace.shape[2])
    let rows =
      mask.calibrationRows.map {
        CalibrationRegion.centered(Self.lineLimit, in: $0, around: allRows / 2)
      } ?? 0..<allRows
    var block: [Complex<Float>] = []
    block.reserveCapacity(coils * rows.count * lines.count)
    for coil in 0..<coils {
      for row in rows {
        let start = (coil * allRows + row) * columns
        block += kspace.values[start + lines.lowerBound..<start + lines.upperBound]
      }
    }
    var samples = ComplexArray(shape: [coils, rows.count, lines.count], values: block)
    if mask.rows == nil {
      FourierTransform(rows: rows.count, columns: lines.count, axes: .rows).inverse(&samples)
    }
    let (count, coils, positions) = (rows.count * lines.count, coils, positions)
    let perPosition = count / positions
    sums.withUnsafeMutableBufferPointer { sums in
      nonisolated(unsafe) let sums = sums
      let values = samples.values
      parallelFor(positions) { position in
        for row in 0..<coils {
          for column in row..<coils {
            var sum = Complex<Double>.zero
            for sample in position * perPosition..<(position + 1) * perPosition {
              let (a, b) = (values[row * count + sample], values[column * count + sample])
              sum +=
                Complex(Double(a.real), Double(a.imaginary))
                * Complex(Double(b.real), -Double(b.imaginary))
            }
            sums[(position * coils + row) * coils + column] += sum
            if column > row { sums[(position * coils + column) * coils + row] += sum.conjugate }
          }
        }
      }
    }
  }

  /// The compression that keeps the most of the energy that was added.
  ///
  /// Throws `CoilCompressionError` for more virtual coils than coils, and where there is no signal or no
  /// readout for the kind.
  public func compression(
    _ request: CoilCompressionRequest
  ) throws(CoilCompressionError) -> CoilCompression {
    if case .coils(let count) = request.size, count > coils {
      throw .tooMany(asked: count, coils: coils)
    }
    if request.kind == .geometric, positions == 1 { throw .noReadout }
    let size = coils * coils
    var total = [Complex<Double>](repeating: .zero, count: size)
    for index in sums.indices { total[index % size] += sums[index] }
    let energy = (0..<coils).reduce(0) { $0 + total[$1 * coils + $1].real }
    guard energy > 0, energy.isFinite else { throw .noSignal }

    // Scaled, for the squares of raw data are as small as 1e-20 and less.
    let covariances: [[Complex<Double>]]
    switch request.kind {
    case .svd: covariances = [total.map { $0.divided(by: energy) }]
    case .geometric:
      let weight = Self.meanWeight / Double(positions)
      covariances = (0..<positions).map { position in
        (0..<size).map {
          (sums[position * size + $0] + total[$0].multiplied(by: weight)).divided(by: energy)
        }
      }
    }
    var bases: [[Complex<Double>]] = []
    /// The share of the energy in the first, second, … direction of all positions.
    var shares = [Double](repeating: 0, count: coils)
    for (position, covariance) in covariances.enumerated() {
      let basis = try Self.principalDirections(covariance, size: coils)
      let own =
        request.kind == .svd
        ? covariance
        : sums[position * size..<(position + 1) * size].map { $0.divided(by: energy) }
      for index in 0..<coils {
        shares[index] += Self.power(own, Array(basis[index * coils..<(index + 1) * coils]))
      }
      bases.append(basis)
    }
    let kept = shares.indices.map { shares[0...$0].reduce(0, +) }
    let count =
      switch request.size {
      case .coils(let count): count
      // Rounding must not ask for a coil more than all.
      case .energy(let share): (kept.firstIndex { $0 >= share - 1e-9 } ?? coils - 1) + 1
      }
    var matrices = bases.map { Array($0.prefix(count * coils)) }
    if request.kind == .geometric {
      let strongest = (0..<positions).max { trace(at: $0) < trace(at: $1) } ?? positions / 2
      for position in (strongest + 1)..<max(positions, strongest + 1) {
        matrices[position] = try UnitaryAlignment.aligned(
          matrices[position], to: matrices[position - 1], rows: count, columns: coils)
      }
      for position in (0..<strongest).reversed() {
        matrices[position] = try UnitaryAlignment.aligned(
          matrices[position], to: matrices[position + 1], rows: count, columns: coils)
      }
    }
    return CoilCompression(
      kind: request.kind, coils: coils, virtualCoils: count, energyKept: min(1, kept[count - 1]),
      matrices: matrices.joined().map { Complex(Float($0.real), Float($0.imaginary)) })
  }

  private func trace(at position: Int) -> Double {
    (0..<coils).reduce(0) { $0 + sums[(position * coils + $1) * coils + $1].real }
  }

  /// Rows that take out the strongest, the second strongest, … direction: conjugate eigenvectors.
  private static func principalDirections(
    _ covariance: [Complex<Double>], size: Int
  ) throws(CoilCompressionError) -> [Complex<Double>] {
    do {
      let system = try LinearAlgebra.hermitianEigensystem(covariance, size: size)
      return (0..<size).reversed().flatMap { index in
        system.vectors[index * size..<(index + 1) * size].map(\.conjugate)
      }
    } catch {
      throw .noConvergence(error.description)
    }
  }

  /// The power wᵀ C w̄ that a row w takes out of the covariance C.
  private static func power(_ covariance: [Complex<Double>], _ row: [Complex<Double>]) -> Double {
    var sum = 0.0
    for a in row.indices {
      for b in row.indices {
        sum += (row[a] * covariance[a * row.count + b] * row[b].conjugate).real
      }
    }
    return sum
  }
}
