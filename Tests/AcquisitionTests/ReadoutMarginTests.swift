import Arrays
import Numerics
import TestSupport
import Testing

@testable import Acquisition

/// Coil maps of objects that are cut off along the readout.
@Suite struct ReadoutMarginTests {
  private static let (coils, rows, columns) = (6, 72, 50)

  /// Coils in a row along the readout, so that the maps at its ends have nothing in common.
  private static let maps: [[Complex<Float>]] = (0..<rows).map { row in
    let values = (0..<coils).map { coil -> Complex<Float> in
      let away = Float(row) / Float(rows - 1) - Float(coil) / Float(coils - 1)
      return Complex(length: Float.exp(-3 * away * away), phase: 0.4 * Float(coil))
    }
    let length = values.reduce(Float(0)) { $0 + $1.lengthSquared }.squareRoot()
    return values.map { $0.multiplied(by: 1 / length) }
  }

  /// k-space of a textured object in `extent` of the rows and most of the columns.
  private func kspace(_ extent: Range<Int>) -> ComplexArray {
    let (coils, rows, columns) = (Self.coils, Self.rows, Self.columns)
    var random = RandomStream(seed: 5)
    var image = ComplexArray(zeros: [coils, rows, columns])
    for row in extent {
      for column in 6..<columns - 6 {
        let value = 1 + 0.3 * Float.sin(Float(row * column) / 60) + 0.05 * random.normal()
        for coil in 0..<coils {
          image.values[(coil * rows + row) * columns + column] =
            Self.maps[row][coil].multiplied(by: value)
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&image)
    return image
  }

  private let mask = try! SamplingMask(
    columns: (0..<columns).map { (17..<33).contains($0) || $0 % 4 == 0 })

  /// The least overlap of the maps with the true ones in the object's `rows`.
  private func leastOverlap(_ maps: CoilMaps, rows: Range<Int>) -> Float {
    var least: Float = 1
    for row in rows {
      for column in 8..<Self.columns - 8 {
        var product = Complex<Float>.zero
        for coil in 0..<Self.coils {
          let place = (coil * Self.rows + row) * Self.columns + column
          product += maps.sensitivities.values[place].conjugate * Self.maps[row][coil]
        }
        least = min(least, product.length)
      }
    }
    return least
  }

  @Test func mapsFitWhereTheObjectIsCutOff() throws {
    let kspace = kspace(0..<Self.rows)
    #expect(ReadoutMargin(kspace: kspace, mask: mask) != nil)
    let maps = try ESPIRiT().coilMaps(kspace: kspace, mask: mask)
    let joined = try ESPIRiT().periodicEstimate(kspace, mask, 1, false).sets[0]
    for rows in [0..<4, Self.rows - 4..<Self.rows] {
      #expect(leastOverlap(maps, rows: rows) > 0.97)
      #expect(leastOverlap(joined, rows: rows) < 0.85)
    }
    #expect(leastOverlap(maps, rows: 10..<Self.rows - 10) > 0.98)
    #expect(maps.sensitivities.shape == kspace.shape)
  }

  /// An object within the rows, rows that were not measured, and a mask of points leave all as it was.
  @Test func othersHaveNoMargin() throws {
    let inside = kspace(8..<64)
    #expect(ReadoutMargin(kspace: inside, mask: mask) == nil)
    #expect(
      try ESPIRiT().coilMaps(kspace: inside, mask: mask)
        == ESPIRiT().periodicEstimate(inside, mask, 1, false).sets[0])
    var partial = kspace(0..<Self.rows)
    for index in partial.values.indices where index / Self.columns % Self.rows < 12 {
      partial.values[index] = .zero
    }
    #expect(ReadoutMargin(kspace: partial, mask: mask) == nil)
    let points = try SamplingMask(
      points: Array(repeating: true, count: Self.rows * Self.columns), rows: Self.rows,
      columns: Self.columns)
    #expect(ReadoutMargin(kspace: kspace(0..<Self.rows), mask: points) == nil)
  }

  /// A wider image and back again is the image, at even and odd sizes.
  @Test func maps() throws {
    for rows in [33, 48] {
      var kspace = ComplexArray(zeros: [2, rows, 20])
      var random = RandomStream(seed: 1)
      for index in kspace.values.indices {
        kspace.values[index] = Complex(random.normal(), random.normal())
      }
      let mask = try SamplingMask(columns: (0..<20).map { (6..<15).contains($0) })
      let margin = try #require(ReadoutMargin(kspace: kspace, mask: mask))
      var wide = margin.widened(kspace, mask: mask)
      let padded = wide.shape[1]
      #expect(padded == rows + 16)
      FourierTransform(rows: padded, columns: 20, axes: .rows).inverse(&wide)
      var narrow = margin.narrowed(
        CoilMaps(
          sensitivities: wide, eigenvalues: RealArray(shape: [padded, 20], repeating: 1))
      ).sensitivities
      FourierTransform(rows: rows, columns: 20, axes: .rows).forward(&narrow)
      for index in kspace.values.indices {
        let expected = (6..<15).contains(index % 20) ? kspace.values[index] : .zero
        #expect((narrow.values[index] - expected).length < 1e-5)
      }
    }
  }
}
