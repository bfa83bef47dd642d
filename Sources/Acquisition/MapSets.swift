import Arrays
import Kernels
import Numerics

extension PixelwiseEigenvectors {
  /// The eigenvectors of the largest `count` eigenvalues at every pixel, each as `maps` gives the first.
  ///
  /// No pixel is interpolated, for where two eigenvalues meet their vectors turn at once. Each set is found as
  /// the first one is, after those before it were taken out of the matrices, and is at right angles to them.
  func mapSets(_ count: Int, phaseReference: [Complex<Float>]) -> [CoilMaps] {
    let (coils, pixels) = (kernels.coils, rows * columns)
    var vectors = [Complex<Float>](repeating: .zero, count: count * coils * pixels)
    var values = [Float](repeating: 0, count: count * pixels)
    let series = CoilMatrixSeries(
      kernels: kernels, rows: rows, columns: columns, rowPositions: Array(0..<rows),
      columnPositions: Array(0..<columns))
    vectors.withUnsafeMutableBufferPointer { vectors in
      values.withUnsafeMutableBufferPointer { values in
        guard let vectors = vectors.baseAddress, let values = values.baseAddress else { return }
        let outputs = (0..<count).map { set in
          Output(
            coils: coils, rows: rows, columns: columns, reference: phaseReference,
            maps: vectors + set * coils * pixels, eigenvalues: values + set * pixels)
        }
        solve(blocks: Array(0..<rowBlocks * columnBlocks), of: series) {
          rowBlock, columnBlock, scratch in
          var found: [[Float]] = []
          for (set, output) in outputs.enumerated() {
            if set > 0 { solveNext(scratch, beside: &found) }
            output.store(rowBlock: rowBlock, columnBlock: columnBlock, scratch, table)
          }
        }
      }
    }
    return (0..<count).map { set in
      CoilMaps(
        sensitivities: ComplexArray(
          shape: [coils, rows, columns],
          values: Array(vectors[set * coils * pixels..<(set + 1) * coils * pixels])),
        eigenvalues: RealArray(
          shape: [rows, columns], values: Array(values[set * pixels..<(set + 1) * pixels])))
    }
  }

  /// Of the pixels of a coarse grid whose largest eigenvalue is above `threshold`, the share whose second one is.
  func secondSetShare(above threshold: Float, step: Int = 8) -> Double {
    let rowPositions = Array(stride(from: 0, to: rows, by: step))
    let columnPositions = Array(stride(from: 0, to: columns, by: step))
    let series = CoilMatrixSeries(
      kernels: kernels, rows: rows, columns: columns, rowPositions: rowPositions,
      columnPositions: columnPositions)
    let blocks = series.rowBlocks * series.columnBlocks
    var counts = [SIMD2<Int>](repeating: .zero, count: blocks)
    counts.withUnsafeMutableBufferPointer { counts in
      nonisolated(unsafe) let counts = counts
      solve(blocks: Array(0..<blocks), of: series) { rowBlock, columnBlock, scratch in
        let first = (0..<16).map { scratch.values[$0] }
        var found: [[Float]] = []
        solveNext(scratch, beside: &found)
        for lane in 0..<16 {
          let (row, column) = (4 * rowBlock + lane / 4, 4 * columnBlock + lane % 4)
          guard row < rowPositions.count, column < columnPositions.count, first[lane] > threshold
          else { continue }
          counts[rowBlock * series.columnBlocks + columnBlock] &+=
            SIMD2(1, scratch.values[lane] > threshold ? 1 : 0)
        }
      }
    }
    let total = counts.reduce(SIMD2<Int>.zero, &+)
    return total.x == 0 ? 0 : Double(total.y) / Double(total.x)
  }

  /// Takes the vectors in `scratch` out of the matrices there and finds the next ones.
  ///
  /// `found` are the sets before, `[coils, 2, 16]` each, and gains the one that was taken out.
  private func solveNext(_ scratch: Scratch, beside found: inout [[Float]]) {
    let coils = kernels.coils
    let vector = Array(UnsafeBufferPointer(start: scratch.vectors, count: coils * 32))
    found.append(vector)
    var pair = 0
    for a in 0..<coils {
      for b in a..<coils {
        let matrix = scratch.matrices + pair * 32
        for lane in 0..<16 {
          let (x, y) = (vector[a * 32 + lane], vector[a * 32 + 16 + lane])
          let (u, v) = (vector[b * 32 + lane], vector[b * 32 + 16 + lane])
          matrix[lane] -= scratch.values[lane] * (x * u + y * v)
          matrix[16 + lane] -= scratch.values[lane] * (y * u - x * v)
        }
        pair += 1
      }
    }
    _ = table.dominant(
      Int32(coils), scratch.matrices, Int32(Self.mostIterations), Self.convergence,
      scratch.vectors, scratch.products, scratch.values)
    // The iteration ends before the last digit; what is left of the sets before would let two sets share an image.
    for lane in 0..<16 {
      for other in found {
        var (real, imaginary) = (Float(0), Float(0))
        for coil in 0..<coils {
          let (x, y) = (other[coil * 32 + lane], other[coil * 32 + 16 + lane])
          let (u, v) = (
            scratch.vectors[coil * 32 + lane], scratch.vectors[coil * 32 + 16 + lane]
          )
          real += x * u + y * v
          imaginary += x * v - y * u
        }
        for coil in 0..<coils {
          let (x, y) = (other[coil * 32 + lane], other[coil * 32 + 16 + lane])
          scratch.vectors[coil * 32 + lane] -= real * x - imaginary * y
          scratch.vectors[coil * 32 + 16 + lane] -= real * y + imaginary * x
        }
      }
      var squared: Float = 0
      for coil in 0..<coils {
        let (u, v) = (
          scratch.vectors[coil * 32 + lane], scratch.vectors[coil * 32 + 16 + lane]
        )
        squared += u * u + v * v
      }
      let scale = squared > 0 ? 1 / squared.squareRoot() : 0
      for coil in 0..<coils {
        scratch.vectors[coil * 32 + lane] *= scale
        scratch.vectors[coil * 32 + 16 + lane] *= scale
      }
    }
  }
}
