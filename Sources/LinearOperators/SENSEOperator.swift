public import Arrays
import Numerics

/// The encoding of a parallel acquisition with a 1-D mask: coil maps, Fourier transform, sampling.
///
/// Image `[rows, columns]` to measurements `[coils, rows, sampled columns]` in *hybrid space*: space
/// along the fully sampled readout, k-space along phase encoding. `hybrid(_:)` brings k-space there
/// once; being unitary it changes neither residuals nor noise. What is left to do in each iteration
/// are transforms along columns only, which no two rows share. So one block of rows after the other
/// is taken through maps, transform, mask and back in cache-sized scratch, coil by coil in a fixed
/// order; results do not depend on the number of threads. The centring factors are folded into the
/// stored maps. With maps normalised to `Σ|S|² = 1` the operator's norm is at most 1.
public struct SENSEOperator: LinearOperator {
  /// The image shape `[rows, columns]`.
  public let domain: [Int]
  /// The shape `[coils, rows, sampled columns]` of measurements in hybrid space.
  public let codomain: [Int]
  /// Which columns of k-space were acquired.
  public let mask: [Bool]

  /// Maps times the centring factors before the transform: `[coils, rows, columns]`.
  private let maps: [Complex<Float>]
  /// Indices of acquired columns, ascending.
  private let sampled: [Int]
  /// The centring factors after the transform, at the acquired columns.
  private let after: [Complex<Float>]

  /// The transforms of a full block of rows and of the last, which may be smaller.
  private let transforms: (full: FourierTransform, last: FourierTransform)

  /// Rows taken through together: 8 rows of 400 columns stay in a 32 KB first-level cache.
  private static let blockRows = 8

  /// An operator of coil `maps` `[coils, rows, columns]` and a `mask` along columns.
  public init(maps: ComplexArray, mask: [Bool]) {
    guard maps.shape.count == 3, mask.count == maps.shape[2] else {
      shapeError(
        "coil maps \(maps.shape) must be [coils, rows, columns] and the mask, of \(mask.count) "
          + "values, as long as the columns")
    }
    let (coils, rows, columns) = (maps.shape[0], maps.shape[1], maps.shape[2])
    guard rows > 0, columns > 0 else { shapeError("coil maps \(maps.shape) have an empty axis") }
    let lastRows = (rows - 1) % Self.blockRows + 1
    let transform = FourierTransform(rows: Self.blockRows, columns: columns, axes: .columns)
    transforms = (
      transform, FourierTransform(rows: lastRows, columns: columns, axes: .columns)
    )
    let before = transform.centringBefore
    let factors = transform.centringAfter
    let acquired = mask.indices.filter { mask[$0] }
    sampled = acquired
    after = acquired.map { factors[$0] }
    self.maps = maps.values.indices.map { maps.values[$0] * before[$0 % columns] }
    self.mask = mask
    domain = [rows, columns]
    codomain = [coils, rows, acquired.count]
  }

  /// Centred k-space `[coils, rows, columns]` to measurements `[coils, rows, sampled columns]`.
  ///
  /// Columns outside the mask are not looked at.
  public func hybrid(_ kspace: ComplexArray) -> ComplexArray {
    let (rows, columns) = (domain[0], domain[1])
    guard kspace.shape == [codomain[0]] + domain else {
      shapeError("k-space \(kspace.shape) does not fit coil maps \([codomain[0]] + domain)")
    }
    var compact = ComplexArray(zeros: codomain)
    if sampled.isEmpty { return compact }
    for line in 0..<codomain[0] * rows {
      for (position, column) in sampled.enumerated() {
        compact.values[line * sampled.count + position] = kspace.values[line * columns + column]
      }
    }
    FourierTransform(rows: rows, columns: sampled.count, axes: .rows).inverse(&compact)
    return compact
  }

  /// Measurements `[coils, rows, sampled columns]` back to centred, zero-filled k-space
  /// `[coils, rows, columns]`.
  public func kspace(_ measurements: ComplexArray) -> ComplexArray {
    guard measurements.shape == codomain else {
      shapeError("measurements \(measurements.shape) are not \(codomain)")
    }
    let (rows, columns) = (domain[0], domain[1])
    var result = ComplexArray(zeros: [codomain[0]] + domain)
    if sampled.isEmpty { return result }
    var compact = measurements
    FourierTransform(rows: rows, columns: sampled.count, axes: .rows).forward(&compact)
    for line in 0..<codomain[0] * rows {
      for (position, column) in sampled.enumerated() {
        result.values[line * columns + column] = compact.values[line * sampled.count + position]
      }
    }
    return result
  }

  /// The operator whose images are relative to `phase` `[rows, columns]`: maps times `phase`.
  public func modulated(by phase: ComplexArray) -> SENSEOperator {
    guard phase.shape == domain else { shapeError("a phase \(phase.shape) for images \(domain)") }
    return SENSEOperator(
      self, maps: maps.indices.map { maps[$0] * phase.values[$0 % phase.count] })
  }

  private init(_ other: SENSEOperator, maps: [Complex<Float>]) {
    (domain, codomain, mask) = (other.domain, other.codomain, other.mask)
    (sampled, after, transforms) = (other.sampled, other.after, other.transforms)
    self.maps = maps
  }

  public func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    x.values.withInterleaved { x in
      y.values.withMutableInterleaved { y in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { block in
          for coil in 0..<codomain[0] {
            block.encode(coil, x)
            block.gather(y + 2 * block.measurement(coil))
          }
        }
      }
    }
  }

  public func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    y.values.withInterleaved { y in
      x.values.withMutableInterleaved { x in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { block in
          block.clear(x)
          for coil in 0..<codomain[0] {
            block.scatter(y + 2 * block.measurement(coil))
            block.decode(coil, x)
          }
        }
      }
    }
  }

  public func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    x.values.withInterleaved { x in
      y.values.withMutableInterleaved { y in
        nonisolated(unsafe) let (x, y) = (x, y)
        forEachBlock { block in
          block.clear(y)
          for coil in 0..<codomain[0] {
            block.encode(coil, x)
            block.keepSampled()
            block.decode(coil, y)
          }
        }
      }
    }
  }

  /// The misfit `½‖A x − y‖²` and, in the same pass, its gradient `Aᴴ(A x − y)`.
  ///
  /// `image` and `gradient` are `[rows, columns]`, `measurements` `[coils, rows, sampled columns]`.
  public func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    check(image.shape, measurements.shape)
    check(gradient.shape, measurements.shape)
    var losses = [Double](repeating: 0, count: blocks)
    losses.withUnsafeMutableBufferPointer { losses in
      image.values.withInterleaved { x in
        measurements.values.withInterleaved { y in
          gradient.values.withMutableInterleaved { g in
            nonisolated(unsafe) let (x, y, g, losses) = (x, y, g, losses)
            forEachBlock { block in
              block.clear(g)
              var loss = 0.0
              for coil in 0..<codomain[0] {
                block.encode(coil, x)
                loss += block.residual(y + 2 * block.measurement(coil))
                block.decode(coil, g)
              }
              losses[block.index] = loss
            }
          }
        }
      }
    }
    return losses.reduce(0, +) / 2
  }

  private var blocks: Int { (domain[0] + Self.blockRows - 1) / Self.blockRows }

  private func forEachBlock(_ body: @Sendable (SENSERowBlock) -> Void) {
    maps.withInterleaved { maps in
      after.withInterleaved { after in
        sampled.withUnsafeBufferPointer { sampled in
          nonisolated(unsafe) let (maps, after, sampled) = (maps, after, sampled)
          parallelFor(blocks) { index in
            let first = index * Self.blockRows
            let block = SENSERowBlock(
              index: index, first: first,
              transform: index + 1 < blocks ? transforms.full : transforms.last,
              imageRows: domain[0], maps: maps, sampled: sampled, after: after)
            defer { block.scratch.deallocate() }
            body(block)
          }
        }
      }
    }
  }
}
