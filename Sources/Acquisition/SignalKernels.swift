import Arrays
import Numerics

/// The projection onto the signal subspace of k-space patches, as a convolution between coils.
///
/// With P the projection onto the patches' subspace, a k-space y whose patches all lie in it obeys
/// `y_c[n] = Σ_d Σ_Δ h_cd[Δ] y_d[n - Δ]`, where `h_cd[Δ]` is the mean over the kernel of
/// `P[(c, u), (d, u - Δ)]`. The support of h, twice the kernel less one, is what makes the map of
/// a whole image computable from a few coefficients.
struct SignalKernels {
  let coils: Int
  let kernelRows: Int
  let kernelColumns: Int
  /// The dimension of the signal subspace.
  let rank: Int
  /// `[2·kernelRows - 1, pairs, 2·kernelColumns - 1]`: h of the coil pairs c ≤ d, row by row of the
  /// upper triangle, shifts ascending.
  let coefficients: [Complex<Float>]

  /// The number of coil pairs c ≤ d.
  var pairs: Int { coils * (coils + 1) / 2 }

  init(
    region: CalibrationRegion, kernelRows: Int, kernelColumns: Int, threshold: Float
  ) throws(LinearAlgebra.EigenError) {
    self.kernelRows = kernelRows
    self.kernelColumns = kernelColumns
    coils = region.coils
    let (patches, positions) = region.patches(
      kernelRows: kernelRows, kernelColumns: kernelColumns)
    let size = coils * kernelRows * kernelColumns
    let projection: [Complex<Float>]
    (projection, rank) = try Self.conjugateProjection(
      patches, positions: positions, size: size, threshold: threshold)

    let (rowShifts, columnShifts) = (2 * kernelRows - 1, 2 * kernelColumns - 1)
    let pairs = coils * (coils + 1) / 2
    let taps = kernelRows * kernelColumns
    var sums = [Complex<Float>](repeating: .zero, count: rowShifts * pairs * columnShifts)
    var pair = 0
    for first in 0..<coils {
      for second in first..<coils {
        for row in 0..<kernelRows {
          for otherRow in 0..<kernelRows {
            let rowShift = row - otherRow + kernelRows - 1
            let target = (rowShift * pairs + pair) * columnShifts + kernelColumns - 1
            for column in 0..<kernelColumns {
              let source = (first * taps + row * kernelColumns + column) * size
              let other = second * taps + otherRow * kernelColumns
              for otherColumn in 0..<kernelColumns {
                sums[target + column - otherColumn] +=
                  projection[source + other + otherColumn].conjugate
              }
            }
          }
        }
        pair += 1
      }
    }
    coefficients = sums.map { $0.divided(by: Float(taps)) }
  }

  /// The conjugate of the projection onto the patches' subspace, `[size, size]`, and its rank.
  ///
  /// `patches` `[positions, size]` holds a patch to a row. The smaller of its two Gram matrices is
  /// decomposed: with many coils the patches are fewer than their length.
  private static func conjugateProjection(
    _ patches: [Complex<Float>], positions: Int, size: Int, threshold: Float
  ) throws(LinearAlgebra.EigenError) -> ([Complex<Float>], rank: Int) {
    let ofRows = positions < size
    let order = min(positions, size)
    let gram = LinearAlgebra.gram(patches, rows: positions, columns: size, ofRows: ofRows)
    let system = try LinearAlgebra.hermitianEigensystem(gram, size: order)
    let largest = system.values[order - 1]
    let firstKept =
      system.values.firstIndex { $0 > threshold * threshold * largest } ?? order - 1
    let rank = order - firstKept
    var basis = system.vectors.suffix(rank * order).map(\.conjugate)
    if ofRows {
      // A = U·S·Vᴴ: the rows of Vᴴ are those of Uᴴ·A over the singular values.
      let left = basis
      basis = [Complex<Float>](repeating: .zero, count: rank * size)
      LinearAlgebra.multiply(
        left, by: patches, into: &basis, rows: rank, columns: size, depth: order)
      for kernel in 0..<rank {
        let singularValue = system.values[firstKept + kernel].squareRoot()
        for index in kernel * size..<(kernel + 1) * size {
          basis[index] = basis[index].divided(by: singularValue)
        }
      }
    }
    return (LinearAlgebra.gram(basis, rows: rank, columns: size, ofRows: false), rank)
  }
}
