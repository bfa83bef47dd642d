@testable import Acquisition
import Arrays
import Kernels
import Numerics
import TestSupport
import Testing

/// The kernel sets that this processor has.
private let kernelSets = ["avx512", "avx2", "plain"].filter { (name: String) in
  coil_eigenvectors_named(name) != nil
}

struct PixelwiseEigenvectorTests {
  private func kernels(
    _ scan: SyntheticCoils, lines: Int, kernelRows: Int, kernelColumns: Int
  ) throws -> SignalKernels {
    let start = scan.columns / 2 - lines / 2
    let mask = try SamplingMask(
      columns: (0..<scan.columns).map { $0 >= start && $0 < start + lines })
    let region = try CalibrationRegion(kspace: scan.kspace, mask: mask, limit: 24)
    return try SignalKernels(
      region: region, kernelRows: kernelRows, kernelColumns: kernelColumns, threshold: 0.0316)
  }

  /// 1 - |<a, b>|² at each pixel.
  private func distances(_ a: ComplexArray, _ b: ComplexArray) -> [Double] {
    let pixels = a.shape[1] * a.shape[2]
    return (0..<pixels).map { pixel in
      var product = Complex<Double>.zero
      for coil in 0..<a.shape[0] {
        let (x, y) = (a.values[coil * pixels + pixel], b.values[coil * pixels + pixel])
        product +=
          Complex(Double(x.real), -Double(x.imaginary))
          * Complex(Double(y.real), Double(y.imaginary))
      }
      return 1 - product.lengthSquared
    }
  }

  /// Every pixel computed, against the series summed in the most obvious way and LAPACK.
  @Test(arguments: kernelSets, [(5, 24, 21), (2, 13, 17), (17, 9, 11)])
  func computedVectorsAreThoseOfLAPACK(
    kernelSet: String, _ size: (coils: Int, rows: Int, columns: Int)
  ) throws {
    let (coils, rows, columns) = size
    let scan = SyntheticCoils(coils: coils, rows: rows, columns: columns, noise: 1e-2)
    let kernels = try kernels(scan, lines: 11, kernelRows: 4, kernelColumns: 3)
    let maps = PixelwiseEigenvectors(
      kernels: kernels, rows: rows, columns: columns, kernelSet: kernelSet
    ).maps(phaseReference: Array(repeating: .one, count: coils), roughness: -1)
    for pixel in 0..<rows * columns {
      let (row, column) = pixel.quotientAndRemainder(dividingBy: columns)
      var matrix = [Complex<Double>](repeating: .zero, count: coils * coils)
      var pair = 0
      for first in 0..<coils {
        for second in first..<coils {
          var sum = Complex<Double>.zero
          for rowShift in 0..<7 {
            for columnShift in 0..<5 {
              let h = kernels.coefficients[(rowShift * kernels.pairs + pair) * 5 + columnShift]
              let turns =
                Double((rowShift - 3) * (row - rows / 2)) / Double(rows)
                + Double((columnShift - 2) * (column - columns / 2)) / Double(columns)
              sum +=
                Complex(Double(h.real), Double(h.imaginary))
                * Complex(length: 1, phase: 2 * .pi * turns)
            }
          }
          matrix[first * coils + second] = sum
          matrix[second * coils + first] = sum.conjugate
          pair += 1
        }
      }
      let system = try LinearAlgebra.hermitianEigensystem(matrix, size: coils)
      #expect(abs(Double(maps.eigenvalues.values[pixel]) - system.values[coils - 1]) < 1e-4)
      // Where the two largest eigenvalues nearly meet, the vector is hardly determined.
      guard system.values[coils - 1] - system.values[coils - 2] > 0.02 else { continue }
      var (overlap, virtual) = (Complex<Double>.zero, Complex<Float>.zero)
      for coil in 0..<coils {
        let value = maps.sensitivities.values[coil * rows * columns + pixel]
        virtual += value
        overlap +=
          system.vectors[(coils - 1) * coils + coil].conjugate
          * Complex(Double(value.real), Double(value.imaginary))
      }
      #expect(overlap.length > 0.9999)
      #expect(virtual.real > 0 && abs(virtual.imaginary) < 1e-5)
    }
  }

  /// Interpolated maps against maps of which every pixel is computed.
  @Test(arguments: kernelSets, [(8, 24, 6), (7, 9, 3), (2, 17, 6), (20, 12, 4)])
  func interpolationKeepsToTheComputedVectors(
    kernelSet: String, _ setting: (coils: Int, lines: Int, kernelColumns: Int)
  ) throws {
    let (rows, columns) = (190, 181)
    let scan = SyntheticCoils(coils: setting.coils, rows: rows, columns: columns)
    let kernels = try kernels(
      scan, lines: setting.lines, kernelRows: 6, kernelColumns: setting.kernelColumns)
    let vectors = PixelwiseEigenvectors(
      kernels: kernels, rows: rows, columns: columns, kernelSet: kernelSet)
    let reference = [Complex<Float>](repeating: .one, count: setting.coils)
    let computed = vectors.maps(phaseReference: reference, roughness: -1)
    let interpolated = vectors.maps(phaseReference: reference)
    let distances = distances(computed.sensitivities, interpolated.sensitivities)
    let inObject = distances.indices.filter { scan.image.values[$0] != .zero }
    #expect(inObject.reduce(0) { $0 + distances[$1] } / Double(inObject.count) < 1e-6)
    #expect(distances.max()! < 2e-4)
    for (a, b) in zip(computed.eigenvalues.values, interpolated.eigenvalues.values) {
      #expect(abs(a - b) < 2e-3)
    }
    // Most of the image is interpolated indeed, else the test says nothing.
    let equal = (0..<rows * columns).filter { pixel in
      (0..<setting.coils).allSatisfy {
        computed.sensitivities.values[$0 * rows * columns + pixel]
          == interpolated.sensitivities.values[$0 * rows * columns + pixel]
      }
    }
    #expect(equal.count < rows * columns / 2)
  }

  @Test func patchGramIsThatOfThePatches() throws {
    let scan = SyntheticCoils(coils: 5, rows: 21, columns: 19, noise: 0.1)
    let mask = try SamplingMask(columns: (0..<19).map { $0 >= 3 && $0 < 16 })
    let region = try CalibrationRegion(kspace: scan.kspace, mask: mask, limit: 12)
    let (patches, positions) = region.patches(kernelRows: 5, kernelColumns: 3)
    let expected = LinearAlgebra.gram(patches, rows: 75, columns: positions, ofRows: false)
    let gram = region.patchGram(kernelRows: 5, kernelColumns: 3)
    #expect(gram.count == expected.count)
    let scale = expected.map(\.length).max() ?? 0
    for (value, wanted) in zip(gram, expected) { #expect((value - wanted).length < 1e-5 * scale) }
  }

  /// h from the projection written out in full, from LAPACK's whole eigensystem; many coils take
  /// the patches' Gram matrix, few the coils'.
  @Test(arguments: [3, 10])
  func coefficientsAreMeansOfTheProjection(coils: Int) throws {
    let scan = SyntheticCoils(coils: coils, rows: 24, columns: 21, noise: 1e-2)
    let mask = try SamplingMask(columns: (0..<21).map { $0 >= 4 && $0 < 17 })
    let region = try CalibrationRegion(kspace: scan.kspace, mask: mask, limit: 13)
    let (kernelRows, kernelColumns) = (4, 3)
    let size = coils * 12
    let kernels = try SignalKernels(
      region: region, kernelRows: kernelRows, kernelColumns: kernelColumns, threshold: 0.0316)
    let (patches, positions) = region.patches(kernelRows: kernelRows, kernelColumns: kernelColumns)
    #expect((positions < size) == (coils == 10))
    let system = try LinearAlgebra.hermitianEigensystem(
      LinearAlgebra.gram(patches, rows: size, columns: positions, ofRows: true), size: size)
    let first = system.values.firstIndex { $0 > 0.0316 * 0.0316 * system.values[size - 1] } ?? 0
    #expect(kernels.rank == size - first)
    func projection(_ i: Int, _ j: Int) -> Complex<Float> {
      (first..<size).reduce(.zero) {
        $0 + system.vectors[$1 * size + i] * system.vectors[$1 * size + j].conjugate
      }
    }
    for rowShift in -3...3 {
      for columnShift in -2...2 {
        var pair = 0
        for c in 0..<coils {
          for d in c..<coils {
            var sum = Complex<Float>.zero
            for row in max(0, rowShift)..<min(4, 4 + rowShift) {
              for column in max(0, columnShift)..<min(3, 3 + columnShift) {
                sum += projection(
                  c * 12 + row * 3 + column, d * 12 + (row - rowShift) * 3 + column - columnShift)
              }
            }
            let index = ((rowShift + 3) * kernels.pairs + pair) * 5 + columnShift + 2
            #expect((kernels.coefficients[index] - sum.divided(by: 12)).length < 2e-5)
            pair += 1
          }
        }
      }
    }
  }
}
