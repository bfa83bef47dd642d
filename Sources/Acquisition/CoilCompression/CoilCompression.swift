public import Arrays
public import Numerics

/// The mixing of many coils into few virtual ones that keep most of the signal's energy.
///
/// The rows of each matrix are orthonormal, so that noise which is white over the coils stays so. With
/// `Kind.svd` one matrix serves the whole scan: Huang et al., Magn Reson Imaging 26:133 (2008). With
/// `Kind.geometric` each position along the fully sampled readout has its own, aligned to its neighbour's so
/// that virtual coils are smooth: Zhang et al., MRM 69:571 (2013).
public struct CoilCompression: Sendable, Equatable {
  /// Whether one matrix serves all positions along the readout.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case svd
    case geometric
  }

  /// The kind of the mixing.
  public let kind: Kind
  /// The number of coils that come in.
  public let coils: Int
  /// The number of coils that come out.
  public let virtualCoils: Int
  /// The share of the calibration lines' energy that the virtual coils keep.
  public let energyKept: Double
  /// The mixing, `[positions, virtualCoils, coils]`: one position of `svd`, all rows of the image of
  /// `geometric`.
  public let matrices: [Complex<Float>]

  init(
    kind: Kind, coils: Int, virtualCoils: Int, energyKept: Double, matrices: [Complex<Float>]
  ) {
    (self.kind, self.coils, self.virtualCoils) = (kind, coils, virtualCoils)
    (self.energyKept, self.matrices) = (energyKept, matrices)
  }

  /// Such as `7 coils to 4 virtual ones (svd), 99.31 % of the energy kept`.
  public var text: String {
    // Downwards, so that 100 % means all.
    let parts = Int((energyKept * 1e4 + 1e-6).rounded(.down))
    let percent = "\(parts / 100).\(parts % 100 / 10)\(parts % 10)"
    return
      "\(coils) coils to \(virtualCoils) virtual ones (\(kind.rawValue)), \(percent) % of the energy of "
      + "the calibration lines kept"
  }

  /// The virtual coils' k-space `[virtualCoils, rows, columns]` of `kspace` `[coils, rows, columns]`.
  public func apply(_ kspace: ComplexArray) -> ComplexArray {
    guard kspace.shape.count == 3, kspace.shape[0] == coils,
      kind == .svd || matrices.count == kspace.shape[1] * virtualCoils * coils
    else {
      shapeError(
        "a compression (\(kind.rawValue)) of \(coils) coils got a k-space \(kspace.shape)")
    }
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    var result = ComplexArray(zeros: [virtualCoils, rows, columns])
    if kind == .svd {
      result.values.withUnsafeMutableBufferPointer { result in
        guard let result = result.baseAddress else { return }
        LinearAlgebra.multiply(
          matrices, by: kspace.values, into: result, rows: virtualCoils, columns: rows * columns,
          depth: coils)
      }
      return result
    }
    let transform = FourierTransform(rows: rows, columns: columns, axes: .rows)
    var hybrid = kspace
    transform.inverse(&hybrid)
    let source = hybrid
    result.values.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      parallelFor(rows) { row in
        mix(source, row: row, rows: rows, columns: columns, into: result)
      }
    }
    transform.forward(&result)
    return result
  }

  /// Mixes one row of hybrid space, `[coils, columns]`.
  private func mix(
    _ hybrid: ComplexArray, row: Int, rows: Int, columns: Int,
    into result: UnsafeMutableBufferPointer<Complex<Float>>
  ) {
    var line: [Complex<Float>] = []
    line.reserveCapacity(coils * columns)
    for coil in 0..<coils {
      let start = (coil * rows + row) * columns
      line += hybrid.values[start..<start + columns]
    }
    var mixed = [Complex<Float>](repeating: .zero, count: virtualCoils * columns)
    matrices.withUnsafeBufferPointer { matrices in
      guard let matrices = matrices.baseAddress else { return }
      LinearAlgebra.multiply(
        matrices + row * virtualCoils * coils, by: line, into: &mixed, rows: virtualCoils,
        columns: columns, depth: coils)
    }
    for coil in 0..<virtualCoils {
      let start = (coil * rows + row) * columns
      for column in 0..<columns { result[start + column] = mixed[coil * columns + column] }
    }
  }
}
