@testable import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

struct ESPIRiTTests {
  /// A mask of `lines` calibration lines, and every third line besides.
  private func mask(columns: Int, lines: Int) throws -> SamplingMask {
    let start = columns / 2 - lines / 2
    return try SamplingMask(
      columns: (0..<columns).map { ($0 >= start && $0 < start + lines) || ($0 - start) % 3 == 1 })
  }

  @Test(arguments: [(8, 24), (8, 9), (8, 7), (5, 17)])
  func knownMapsAreFound(coils: Int, lines: Int) throws {
    let scan = SyntheticCoils(coils: coils, rows: 64, columns: 53)
    let result = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask(columns: 53, lines: lines))
    let overlaps = scan.overlaps(with: result.sensitivities)
    let mean = overlaps.map(Double.init).reduce(0, +) / Double(overlaps.count)
    #expect(mean > 0.99)
    #expect(overlaps.sorted()[overlaps.count / 100] > 0.97)
    // One set explains the object: eigenvalue 1 there, never above.
    #expect(result.eigenvalues.values.allSatisfy { $0 < 1.0001 })
    #expect(result.eigenvalues.values[32 * 53 + 26] > 0.98)
  }

  @Test func mapsAreOfUnitLengthEverywhere() throws {
    let scan = SyntheticCoils(coils: 6, rows: 40, columns: 33)
    let maps = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask(columns: 33, lines: 12))
    let pixels = 40 * 33
    for pixel in 0..<pixels {
      let squared = (0..<6).map { maps.sensitivities.values[$0 * pixels + pixel].lengthSquared }
      #expect(abs(squared.reduce(0, +) - 1) < 1e-5)
    }
  }

  @Test func resultDoesNotDependOnThreadsOrScale() throws {
    let scan = SyntheticCoils(coils: 4, rows: 30, columns: 32)
    let mask = try mask(columns: 32, lines: 10)
    let threads = Parallelism.threads
    defer { Parallelism.threads = threads }
    Parallelism.threads = 1
    let one = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask)
    Parallelism.threads = 3
    #expect(try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask) == one)
    // A power of two changes no significant digit, so the maps are the same to the last bit.
    let tiny = ComplexArray(
      shape: scan.kspace.shape, values: scan.kspace.values.map { $0.multiplied(by: 0x1p-90) })
    #expect(try ESPIRiT().coilMaps(kspace: tiny, mask: mask) == one)
  }

  @Test func onlyCalibrationLinesAreRead() throws {
    let scan = SyntheticCoils(coils: 4, rows: 30, columns: 32)
    let mask = try mask(columns: 32, lines: 10)
    var poisoned = scan.kspace
    for index in poisoned.values.indices where !mask.calibrationColumns.contains(index % 32) {
      poisoned.values[index] = Complex(.nan, .nan)
    }
    let expected = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask)
    #expect(try ESPIRiT().coilMaps(kspace: poisoned, mask: mask) == expected)
  }

  @Test func cropClearsWhatOneSetDoesNotExplain() throws {
    let scan = SyntheticCoils(coils: 8, rows: 64, columns: 53)
    let mask = try mask(columns: 53, lines: 24)
    let maps = try ESPIRiT(eigenvalueCrop: 0.95).coilMaps(kspace: scan.kspace, mask: mask)
    #expect(maps.sensitivities.values[0] == .zero)
    #expect(maps.sensitivities.values[32 * 53 + 26] != .zero)
  }

  @Test func oneCoilHasTheMapOne() throws {
    let scan = SyntheticCoils(coils: 1, rows: 16, columns: 16)
    let maps = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask(columns: 16, lines: 2))
    #expect(maps.sensitivities.values.allSatisfy { $0 == .one })
  }

  @Test func badDataIsNamed() throws {
    let scan = SyntheticCoils(coils: 4, rows: 30, columns: 32)
    let mask = try mask(columns: 32, lines: 10)
    var empty = scan.kspace
    for index in 2 * 960..<3 * 960 { empty.values[index] = .zero }
    #expect(throws: CalibrationError.emptyCoil(2)) {
      try ESPIRiT().coilMaps(kspace: empty, mask: mask)
    }
    var broken = scan.kspace
    broken.values[3 * 960 + 15 * 32 + 16] = Complex(.infinity, 0)
    #expect(throws: CalibrationError.notFinite(coil: 3)) {
      try ESPIRiT().coilMaps(kspace: broken, mask: mask)
    }
    let narrow = try SamplingMask(columns: (0..<32).map { (15...17).contains($0) })
    #expect(throws: CalibrationError.tooFewLines(found: 3, needed: 4)) {
      try ESPIRiT().coilMaps(kspace: scan.kspace, mask: narrow)
    }
    let zeros = ComplexArray(zeros: [4, 30, 32])
    #expect(throws: CalibrationError.self) { try ESPIRiT().coilMaps(kspace: zeros, mask: mask) }
  }

  @Test func moreCoilsThanPatchesUseTheSmallerMatrix() throws {
    let scan = SyntheticCoils(coils: 20, rows: 24, columns: 25)
    let maps = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask(columns: 25, lines: 17))
    let overlaps = scan.overlaps(with: maps.sensitivities)
    #expect(overlaps.reduce(0, +) / Float(overlaps.count) > 0.99)
  }

  @Test func coilsOfVeryDifferentScaleAreKept() throws {
    var scan = SyntheticCoils(coils: 6, rows: 64, columns: 53, noise: 1e-6)
    let pixels = 64 * 53
    // One receiver has a gain of a thousandth: it has its share of the map, and spoils no other.
    for index in 2 * pixels..<3 * pixels {
      scan.kspace.values[index] = scan.kspace.values[index].multiplied(by: 1e-3)
      scan.maps.values[index] = scan.maps.values[index].multiplied(by: 1e-3)
    }
    let maps = try ESPIRiT().coilMaps(kspace: scan.kspace, mask: mask(columns: 53, lines: 17))
    for pixel in 0..<pixels where scan.image.values[pixel] != .zero {
      var (product, squared) = (Complex<Float>.zero, Float(0))
      for coil in 0..<6 {
        let truth = scan.maps.values[coil * pixels + pixel]
        product += truth.conjugate * maps.sensitivities.values[coil * pixels + pixel]
        squared += truth.lengthSquared
      }
      #expect(product.lengthSquared > 0.97 * squared)
      #expect(maps.sensitivities.values[2 * pixels + pixel].length < 5e-3)
    }
  }

  @Test(arguments: [2, 3, 32])
  func noiseGivesMapsOfUnitLength(coils: Int) throws {
    var random = RandomStream(seed: 11)
    let noise = ComplexArray(
      shape: [coils, 50, 47],
      values: (0..<coils * 50 * 47).map { _ in Complex(random.normal(), random.normal()) })
    let mask = try mask(columns: 47, lines: 12)
    let threads = Parallelism.threads
    defer { Parallelism.threads = threads }
    Parallelism.threads = 1
    let maps = try ESPIRiT().coilMaps(kspace: noise, mask: mask)
    for pixel in 0..<50 * 47 {
      let squared = (0..<coils).reduce(Float(0)) {
        $0 + maps.sensitivities.values[$1 * 50 * 47 + pixel].lengthSquared
      }
      #expect(abs(squared - 1) < 1e-5)
    }
    Parallelism.threads = 4
    #expect(try ESPIRiT().coilMaps(kspace: noise, mask: mask) == maps)
  }
}
