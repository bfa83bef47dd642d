import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

struct LowResolutionPhaseTests {
  private let mask: SamplingMask

  init() throws {
    mask = try SamplingMask(columns: (0..<53).map { (18...34).contains($0) || $0 % 3 == 0 })
  }

  /// The share of the image's energy that is not real and positive after removing `phase`.
  private func remainder(_ image: ComplexArray, _ phase: ComplexArray) -> Float {
    var lost: Float = 0
    var whole: Float = 0
    for (value, phasor) in zip(image.values, phase.values) {
      let turned = value * phasor.conjugate
      lost += (turned - Complex(turned.length, 0)).lengthSquared
      whole += value.lengthSquared
    }
    return lost / whole
  }

  @Test func smoothPhaseIsFound() throws {
    let scan = SyntheticCoils(coils: 8, rows: 64, columns: 53)
    let maps = CoilMaps(
      sensitivities: scan.maps, eigenvalues: RealArray(shape: [64, 53], repeating: 1))
    let phase = try LowResolutionPhase.phase(kspace: scan.kspace, mask: mask, maps: maps)
    #expect(phase.values.allSatisfy { abs($0.length - 1) < 1e-5 })
    #expect(remainder(scan.image, phase) < 0.002)
  }

  @Test func vortexInTheMapsIsNoLoss() throws {
    let scan = SyntheticCoils(coils: 8, rows: 64, columns: 53)
    var maps = CoilMaps(
      sensitivities: scan.maps, eigenvalues: RealArray(shape: [64, 53], repeating: 1))
    var vortex = ComplexArray(zeros: [64, 53])
    for row in 0..<64 {
      for column in 0..<53 {
        vortex.values[row * 53 + column] = Complex(
          length: 1, phase: .atan2(y: Float(row) - 30.5, x: Float(column) - 20.5))
      }
    }
    let plain = try LowResolutionPhase.phase(kspace: scan.kspace, mask: mask, maps: maps)
    let expected = maps.multiplied(byPhase: plain)
    maps = maps.multiplied(byPhase: vortex)
    let phase = try LowResolutionPhase.phase(kspace: scan.kspace, mask: mask, maps: maps)
    let folded = maps.multiplied(byPhase: phase)
    for (value, wanted) in zip(folded.sensitivities.values, expected.sensitivities.values) {
      #expect((value - wanted).length < 1e-4)
    }
  }

  @Test func tinyAndEmptyDataGiveFinitePhasors() throws {
    let scan = SyntheticCoils(coils: 4, rows: 64, columns: 53)
    let maps = CoilMaps(
      sensitivities: scan.maps, eigenvalues: RealArray(shape: [64, 53], repeating: 1))
    let usual = try LowResolutionPhase.phase(kspace: scan.kspace, mask: mask, maps: maps)
    let tiny = ComplexArray(
      shape: scan.kspace.shape, values: scan.kspace.values.map { $0.multiplied(by: 0x1p-70) })
    let same = try LowResolutionPhase.phase(kspace: tiny, mask: mask, maps: maps)
    for (value, wanted) in zip(same.values, usual.values) {
      #expect((value - wanted).length < 1e-5)
    }
    let none = try LowResolutionPhase.phase(
      kspace: ComplexArray(zeros: scan.kspace.shape), mask: mask, maps: maps)
    #expect(none.values.allSatisfy { $0 == .one })
  }

  @Test func centreMustBeSampled() throws {
    let scan = SyntheticCoils(coils: 4, rows: 8, columns: 8)
    let maps = CoilMaps(
      sensitivities: scan.maps, eigenvalues: RealArray(shape: [8, 8], repeating: 1))
    let hollow = try SamplingMask(columns: [true, true, true, true, false, true, true, true])
    #expect(throws: CalibrationError.tooFewLines(found: 0, needed: 1)) {
      try LowResolutionPhase.phase(kspace: scan.kspace, mask: hollow, maps: maps)
    }
  }
}
