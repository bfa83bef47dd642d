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
    let basis: [Complex<Float>]
    (basis, rank) = try Self.signalBasis(
      region, kernelRows: kernelRows, kernelColumns: kernelColumns, threshold: threshold)
    coefficients = Self.diagonalMeans(
      basis, rank: rank, coils: coils, kernelRows: kernelRows, kernelColumns: kernelColumns)
  }

  /// An orthonormal basis `[coils · taps, rank]` of the patches' subspace.
  ///
  /// The smaller of the two Gram matrices of the patches is decomposed: with many coils the patches
  /// are fewer than their length.
  private static func signalBasis(
    _ region: CalibrationRegion, kernelRows: Int, kernelColumns: Int, threshold: Float
  ) throws(LinearAlgebra.EigenError) -> ([Complex<Float>], rank: Int) {
    let (patches, positions) = region.patches(kernelRows: kernelRows, kernelColumns: kernelColumns)
    let taps = kernelRows * kernelColumns
    let (coils, size) = (region.coils, region.coils * taps)
    if size <= positions {
      let system = try LinearAlgebra.largestEigenvectors(
        LinearAlgebra.gram(patches, rows: size, columns: positions, ofRows: true), size: size,
        above: threshold * threshold)
      let rank = system.values.count
      var basis = [Complex<Float>](repeating: .zero, count: size * rank)
      for kernel in 0..<rank {
        for index in 0..<size {
          basis[index * rank + kernel] = system.vectors[kernel * size + index]
        }
      }
      return (basis, rank)
    }
    // With the patches P = U·S·Vᴴ as columns, Pᴴ·P gives V, and U = P·V / S.
    var system = try LinearAlgebra.largestEigenvectors(
      region.patchGram(kernelRows: kernelRows, kernelColumns: kernelColumns), size: positions,
      above: threshold * threshold)
    let rank = system.values.count
    for kernel in 0..<rank {
      let scale = 1 / system.values[kernel].squareRoot()
      for index in kernel * positions..<(kernel + 1) * positions {
        system.vectors[index] = system.vectors[index].multiplied(by: scale)
      }
    }
    let right = system.vectors
    let basis = [Complex<Float>](unsafeUninitializedCapacity: size * rank) { basis, count in
      count = size * rank
      nonisolated(unsafe) let basis = basis
      parallelFor(coils) { coil in
        patches.withUnsafeBufferPointer { patches in
          guard let basis = basis.baseAddress, let patches = patches.baseAddress else { return }
          LinearAlgebra.multiply(
            patches + coil * taps * positions, by: right, .transposed,
            into: basis + coil * taps * rank, rows: taps, columns: rank, depth: positions)
        }
      }
    }
    return (basis, rank)
  }

  /// h from the basis `[coils · taps, rank]`: means over the diagonals of the blocks of the
  /// projection, of which no more than one coil's rows exist at a time.
  private static func diagonalMeans(
    _ basis: [Complex<Float>], rank: Int, coils: Int, kernelRows: Int, kernelColumns: Int
  ) -> [Complex<Float>] {
    let (rowShifts, columnShifts) = (2 * kernelRows - 1, 2 * kernelColumns - 1)
    let pairs = coils * (coils + 1) / 2
    let taps = kernelRows * kernelColumns
    var means = [Complex<Float>](repeating: .zero, count: rowShifts * pairs * columnShifts)
    means.withUnsafeMutableBufferPointer { means in
      nonisolated(unsafe) let means = means
      parallelFor(coils) { first in
        let width = (coils - first) * taps
        var projection = [Complex<Float>](repeating: .zero, count: taps * width)
        basis.withUnsafeBufferPointer { basis in
          guard let rows = basis.baseAddress.map({ $0 + first * taps * rank }) else { return }
          LinearAlgebra.multiply(
            rows, by: rows, .adjoint, into: &projection, rows: taps, columns: width, depth: rank)
        }
        let firstPair = first * coils - first * (first - 1) / 2
        for row in 0..<kernelRows {
          for column in 0..<kernelColumns {
            let line = (row * kernelColumns + column) * width
            for second in 0..<coils - first {
              for otherRow in 0..<kernelRows {
                let source = line + second * taps + otherRow * kernelColumns
                let target =
                  ((row - otherRow + kernelRows - 1) * pairs + firstPair + second) * columnShifts
                  + kernelColumns - 1 + column
                for otherColumn in 0..<kernelColumns {
                  means[target - otherColumn] += projection[source + otherColumn]
                }
              }
            }
          }
        }
        for shift in 0..<rowShifts {
          let start = (shift * pairs + firstPair) * columnShifts
          for index in start..<start + (coils - first) * columnShifts {
            means[index] = means[index].divided(by: Float(taps))
          }
        }
      }
    }
    return means
  }
}
