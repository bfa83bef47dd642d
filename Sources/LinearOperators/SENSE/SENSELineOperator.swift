import Arrays
import Kernels
import Numerics

/// `SENSEOperator` for a mask of whole columns.
///
/// Image `[rows, columns]` to measurements `[coils, rows, sampled columns]` in *hybrid space*: space
/// along the fully sampled readout, k-space along phase encoding. `hybrid(_:)` brings k-space there
/// once; being unitary it changes neither residuals nor noise. What is left to do in each iteration
/// are transforms along columns only, which no two rows share. So one block of eight rows after the
/// other, a row in each lane of a vector, is taken through maps, transform, mask and back, coil by coil
/// in a fixed order; results do not depend on the number of threads. The masked values stay in the
/// order in which the transform leaves them, so that mask, last pass forward and first pass back are
/// one. With maps normalised to `Σ|S|² = 1` the operator's norm is at most 1.
struct SENSELineOperator: LinearOperator {
  /// The image shape `[rows, columns]`.
  let domain: [Int]
  /// The shape `[coils, rows, sampled columns]` of measurements in hybrid space.
  let codomain: [Int]
  /// Which columns of k-space were acquired.
  let mask: [Bool]

  private let maps: SENSEMaps
  private let sampling: SENSESampling
  private let kernels: UncheckedKernels

  /// An operator of coil `maps` `[coils, rows, columns]` and a `mask` along columns.
  init(maps: ComplexArray, mask: [Bool]) {
    self.init(maps: maps, mask: mask, kernels: fourier_kernels())
  }

  /// An operator by the kernels of the name, for tests; see `fourier_kernels_named`.
  init?(maps: ComplexArray, mask: [Bool], kernelSet: String) {
    guard let kernels = fourier_kernels_named(kernelSet) else { return nil }
    self.init(maps: maps, mask: mask, kernels: kernels)
  }

  private init(maps: ComplexArray, mask: [Bool], kernels: UnsafePointer<fourier_table>) {
    guard maps.shape.count == 3, mask.count == maps.shape[2] else {
      shapeError(
        "coil maps \(maps.shape) must be [coils, rows, columns] and the mask, of \(mask.count) "
          + "values, as long as the columns")
    }
    let (coils, rows, columns) = (maps.shape[0], maps.shape[1], maps.shape[2])
    guard rows > 0, columns > 0 else { shapeError("coil maps \(maps.shape) have an empty axis") }
    self.maps = SENSEMaps(maps)
    sampling = SENSESampling(mask: mask, plan: self.maps.plan)
    self.mask = mask
    self.kernels = UncheckedKernels(table: kernels)
    domain = [rows, columns]
    codomain = [coils, rows, sampling.columns.count]
  }

  /// Centred k-space `[coils, rows, columns]` to measurements `[coils, rows, sampled columns]`.
  ///
  /// Columns outside the mask are not looked at.
  func hybrid(_ kspace: ComplexArray) -> ComplexArray {
    let (rows, columns, sampled) = (domain[0], domain[1], codomain[2])
    guard kspace.shape == [codomain[0]] + domain else {
      shapeError("k-space \(kspace.shape) does not fit coil maps \([codomain[0]] + domain)")
    }
    var compact = ComplexArray(zeros: codomain)
    if sampling.columns.isEmpty { return compact }
    for line in 0..<codomain[0] * rows {
      for (position, column) in sampling.columns.enumerated() {
        compact.values[line * sampled + position] = kspace.values[line * columns + column]
      }
    }
    FourierTransform(rows: rows, columns: sampled, axes: .rows).inverse(&compact)
    return compact
  }

  /// Measurements `[coils, rows, sampled columns]` back to centred, zero-filled k-space
  /// `[coils, rows, columns]`.
  func kspace(_ measurements: ComplexArray) -> ComplexArray {
    guard measurements.shape == codomain else {
      shapeError("measurements \(measurements.shape) are not \(codomain)")
    }
    let (rows, columns, sampled) = (domain[0], domain[1], codomain[2])
    var result = ComplexArray(zeros: [codomain[0]] + domain)
    if sampling.columns.isEmpty { return result }
    var compact = measurements
    FourierTransform(rows: rows, columns: sampled, axes: .rows).forward(&compact)
    for line in 0..<codomain[0] * rows {
      for (position, column) in sampling.columns.enumerated() {
        result.values[line * columns + column] = compact.values[line * sampled + position]
      }
    }
    return result
  }

  /// The operator whose images are relative to `phase` `[rows, columns]`: maps times `phase`.
  func modulated(by phase: ComplexArray) -> SENSELineOperator {
    guard phase.shape == domain else { shapeError("a phase \(phase.shape) for images \(domain)") }
    return SENSELineOperator(self, maps: SENSEMaps(maps, times: phase))
  }

  /// The operator of the same maps, which are shared, with another `mask` along columns.
  func resampled(by mask: [Bool]) -> SENSELineOperator {
    guard mask.count == domain[1] else {
      shapeError("a mask of \(mask.count) values for images \(domain)")
    }
    return SENSELineOperator(self, mask: mask)
  }

  private init(_ other: SENSELineOperator, mask: [Bool]) {
    sampling = SENSESampling(mask: mask, plan: other.maps.plan)
    (domain, maps, kernels, self.mask) = (other.domain, other.maps, other.kernels, mask)
    codomain = [other.codomain[0], other.codomain[1], sampling.columns.count]
  }

  private init(_ other: SENSELineOperator, maps: SENSEMaps) {
    (domain, codomain, mask) = (other.domain, other.codomain, other.mask)
    (sampling, kernels) = (other.sampling, other.kernels)
    self.maps = maps
  }

  func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    x.values.withInterleaved { x in
      y.values.withMutableInterleaved { y in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { $0.forward(x, into: y) }
      }
    }
  }

  func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    y.values.withInterleaved { y in
      x.values.withMutableInterleaved { x in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { $0.adjoint(y, into: x) }
      }
    }
  }

  func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    x.values.withInterleaved { x in
      y.values.withMutableInterleaved { y in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { $0.normal(x, into: y) }
      }
    }
  }

  /// The misfit `½‖A x − y‖²` and, in the same pass, its gradient `Aᴴ(A x − y)`.
  ///
  /// `image` and `gradient` are `[rows, columns]`, `measurements` `[coils, rows, sampled columns]`.
  func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    check(image.shape, measurements.shape)
    check(gradient.shape, measurements.shape)
    var losses = [Double](repeating: 0, count: maps.blocks)
    losses.withUnsafeMutableBufferPointer { losses in
      image.values.withInterleaved { x in
        measurements.values.withInterleaved { y in
          gradient.values.withMutableInterleaved { g in
            nonisolated(unsafe) let (x, y, g, losses) = (x, y, g, losses)
            forEachBlock { losses[$0.index] = $0.residual(x, y, into: g) }
          }
        }
      }
    }
    return losses.reduce(0, +) / 2
  }

  private func forEachBlock(_ body: @Sendable (SENSERowBlock) -> Void) {
    parallelFor(maps.blocks) { index in
      body(
        SENSERowBlock(index: index, maps: maps, sampling: sampling, kernels: kernels.table))
    }
  }
}

/// A table of functions: constant, so that threads may share it.
private struct UncheckedKernels: @unchecked Sendable {
  let table: UnsafePointer<fourier_table>
}
