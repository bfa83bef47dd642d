import Arrays
import Numerics
import TestSupport
import Testing

@testable import Acquisition

@Suite struct MapSetTests {
  private func estimate(
    _ kspace: ComplexArray, count: Int, measuresSecondSet: Bool = false
  ) throws -> ESPIRiT.Estimate {
    try ESPIRiT().estimate(
      kspace: kspace, mask: try SamplingMask.fullySampled(columns: kspace.shape[2]), count: count,
      measuresSecondSet: measuresSecondSet)
  }

  /// Where two places of the object fall on one pixel the sets span the sensitivities of both, and elsewhere
  /// the second one is zero.
  @Test func twoSetsSpanWhatFallsOnOnePixel() throws {
    let scan = FoldedCoils(rows: 63, columns: 49)
    let sets = try estimate(scan.kspace, count: 2).sets
    #expect(sets.count == 2)
    let pixels = 63 * 49
    var (doubles, found, single, wrong) = (0, 0, 0, 0)
    for pixel in 0..<pixels {
      func vector(_ maps: ComplexArray) -> [Complex<Float>] {
        (0..<8).map { maps.values[$0 * pixels + pixel] }
      }
      let bases = sets.map { vector($0.sensitivities) }
      func missed(_ map: ComplexArray) -> Float {
        var rest = vector(map)
        let energy = rest.reduce(0) { $0 + $1.lengthSquared }
        for basis in bases {
          var part = Complex<Float>.zero
          for coil in 0..<8 { part += basis[coil].conjugate * rest[coil] }
          for coil in 0..<8 { rest[coil] -= part * basis[coil] }
        }
        return rest.reduce(0) { $0 + $1.lengthSquared } / energy
      }
      let isSecond = bases[1].contains { $0 != .zero }
      if scan.isDouble[pixel] {
        doubles += 1
        if isSecond, missed(scan.maps[0]) < 0.02, missed(scan.maps[1]) < 0.02 { found += 1 }
      } else if scan.isObject[pixel] {
        single += 1
        if isSecond { wrong += 1 }
      }
    }
    #expect(doubles > 300 && single > 1000)
    // All but the seams between the two.
    #expect(Double(found) > 0.85 * Double(doubles), "\(found) of \(doubles)")
    #expect(Double(wrong) < 0.15 * Double(single), "\(wrong) of \(single)")
  }

  /// Unit vectors at right angles, so that the operator of both has a norm of 1.
  @Test func theSetsAreAtRightAngles() throws {
    let scan = FoldedCoils(rows: 37, columns: 29)
    let sets = try estimate(scan.kspace, count: 3).sets
    let pixels = 37 * 29
    for pixel in 0..<pixels {
      for (a, first) in sets.enumerated() {
        for (b, second) in sets.enumerated() where a <= b {
          var product = Complex<Float>.zero
          for coil in 0..<8 {
            product +=
              first.sensitivities.values[coil * pixels + pixel].conjugate
              * second.sensitivities.values[coil * pixels + pixel]
          }
          let isKept = first.eigenvalues.values[pixel] > (a == 0 ? 0 : 0.8)
          #expect((product - (a == b && isKept ? .one : .zero)).length < 1e-4)
        }
      }
    }
  }

  /// The first set is the one that is made alone, and eigenvalues fall from set to set.
  @Test func theFirstSetIsTheOneAlone() throws {
    let scan = FoldedCoils(rows: 41, columns: 33)
    let (one, two) = (try estimate(scan.kspace, count: 1), try estimate(scan.kspace, count: 2))
    #expect(one.sets.count == 1 && one.secondSetShare == nil)
    let (a, b) = (one.sets[0].eigenvalues.values, two.sets[0].eigenvalues.values)
    for index in a.indices {
      #expect(abs(a[index] - b[index]) < 2e-3)
      #expect(two.sets[1].eigenvalues.values[index] < b[index] + 1e-3)
    }
  }

  /// The share of the second set says whether one is enough.
  @Test(arguments: [24, 12]) func theShareSaysWhetherOneSetIsEnough(lines: Int) throws {
    func share(extent: Float, noise: Float = 1e-3) throws -> Double {
      let kspace = FoldedCoils(rows: 96, columns: 80, extent: extent, noise: noise).kspace
      let first = kspace.shape[2] / 2 - lines / 2
      let mask = try SamplingMask(
        columns: (0..<kspace.shape[2]).map { $0 % 4 == 0 || (first..<first + lines).contains($0) })
      return try #require(
        ESPIRiT().estimate(kspace: kspace, mask: mask, measuresSecondSet: true).secondSetShare)
    }
    #expect(try share(extent: 1.3) > 0.1)
    #expect(try share(extent: 0.8) < 0.01)
    #expect(try share(extent: 0.8, noise: 0.05) < 0.01)
  }

  @Test func aSingleCoilHasOneSet() throws {
    let scan = FoldedCoils(coils: 1, rows: 31, columns: 27)
    #expect(try estimate(scan.kspace, count: 2).sets.count == 1)
    #expect(try estimate(scan.kspace, count: 1, measuresSecondSet: true).secondSetShare == 0)
  }
}
