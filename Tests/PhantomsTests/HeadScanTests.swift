import Acquisition
import Arrays
import Numerics
import Testing

@testable import Phantoms

private func smallScan(_ change: (inout HeadScanSettings) -> Void = { _ in }) -> HeadScan {
  var settings = HeadScanSettings()
  settings.rows = 64
  settings.columns = 56
  settings.slices = 1
  settings.coils = 3
  change(&settings)
  return HeadScan(settings)
}

/// The root sum of squares `[rows, columns]` of k-space `[coils, rows, columns]`.
private func combined(_ kspace: ComplexArray) -> [Float] {
  var images = kspace
  FourierTransform(rows: kspace.shape[1], columns: kspace.shape[2]).inverse(&images)
  let size = kspace.shape[1] * kspace.shape[2]
  return (0..<size).map { pixel in
    (0..<kspace.shape[0]).reduce(Float(0)) {
      $0 + images.values[$1 * size + pixel].lengthSquared
    }.squareRoot()
  }
}

@Suite(.serialized) struct HeadScanTests {
  @Test func theSameSettingsGiveTheSameBytesOnAnyNumberOfThreads() {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    Parallelism.threads = 1
    let one = smallScan().kspace(slice: 0)
    Parallelism.threads = 2
    let two = smallScan().kspace(slice: 0)
    #expect(one == two)
    #expect(one.shape == [3, 128, 56])
    #expect(one != smallScan { $0.seed = 2 }.kspace(slice: 0))
  }

  @Test func anotherNumberOfCoilsScansTheSameHead() {
    let few = smallScan { $0.coils = 1 }
    let many = smallScan { $0.coils = 8 }
    #expect(few.anatomy.stretch == many.anatomy.stretch && few.anatomy.fat == many.anatomy.fat)
  }

  @Test func theNoiseHasTheStatedDeviation() {
    let scan = smallScan { $0.signalToNoise = 5 }
    let noise = zip(scan.kspace(slice: 0).values, scan.signal(slice: 0).values).map { $0 - $1 }
    let count = Double(noise.count)
    let real = noise.reduce(0.0) { $0 + Double($1.real) * Double($1.real) } / count
    let imaginary = noise.reduce(0.0) { $0 + Double($1.imaginary) * Double($1.imaginary) } / count
    let cross = noise.reduce(0.0) { $0 + Double($1.real) * Double($1.imaginary) } / count
    let variance = Double(scan.noiseDeviation) * Double(scan.noiseDeviation)
    #expect(abs(real / variance - 1) < 0.04)
    #expect(abs(imaginary / variance - 1) < 0.04)
    #expect(abs(cross / variance) < 0.03)
  }

  @Test func whiteMatterInTheMiddleHasTheStatedRatio() {
    // The brightest pixels of a broad disc well inside the brain are white matter in T1 weighting.
    let scan = smallScan { settings in
      settings.signalToNoise = 25
      settings.coils = 8
      settings.position = 30
    }
    let image = combined(scan.signal(slice: 0))
    var disc: [Float] = []
    for row in 56..<72 { for column in 22..<34 { disc.append(image[row * 56 + column]) } }
    disc.sort()
    let ratio = disc[disc.count * 3 / 4] / scan.noiseDeviation
    #expect((20...36).contains(ratio), "\(ratio)")
  }

  @Test func theObjectFillsTheMiddleHalfOfTheReadoutOnly() {
    let image = combined(smallScan().signal(slice: 0))
    func energy(_ rows: Range<Int>) -> Double {
      image[rows.lowerBound * 56..<rows.upperBound * 56].reduce(0.0) {
        $0 + Double($1) * Double($1)
      }
    }
    let inside = energy(32..<96)
    #expect(energy(0..<32) + energy(96..<128) < 1e-3 * inside)
    #expect(energy(32..<36) < 0.02 * inside && energy(92..<96) < 0.02 * inside)
  }

  @Test func aFinerMatrixShowsTheSameHead() {
    // The middle of the k-space of the finer scan is that of the coarser one, up to the scale of
    // the unitary transforms: both see the same object through the same coils.
    let coarse = smallScan { $0.coils = 1 }.signal(slice: 0)
    let fine = smallScan { settings in
      settings.coils = 1
      settings.rows = 128
      settings.columns = 112
    }.signal(slice: 0)
    var (difference, energy) = (0.0, 0.0)
    for row in 0..<24 {
      for column in 0..<24 {
        let a = coarse.values[(64 - 12 + row) * 56 + 28 - 12 + column]
        let b = fine.values[(128 - 12 + row) * 112 + 56 - 12 + column].divided(by: 2)
        difference += Double((a - b).lengthSquared)
        energy += Double(a.lengthSquared)
      }
    }
    // Fat is displaced by a pixel, which is 1.9 mm less here.
    #expect(difference < 0.15 * energy)
  }

  @Test func theHeaderSaysWhatTheDataIs() {
    let scan = smallScan { $0.contrast = .flair }
    let header = scan.header
    #expect(header.readoutOversampling(rows: 128) == 2)
    #expect(header.acquiredColumns(of: 56) == 0..<56)
    #expect(header.reconstructed?.rows == 64 && header.reconstructed?.columns == 56)
    #expect(header.reconstructed?.rowExtent == 240 && header.encoded?.rowExtent == 480)
    #expect(header.acquisition == "AXFLAIR")
    #expect(header.patient == "simulated head, seed 1")
  }

  @Test func settingsThatMakeNoSenseAreNamed() {
    func fault(_ change: (inout HeadScanSettings) -> Void) -> String {
      var settings = HeadScanSettings()
      change(&settings)
      return settings.fault ?? ""
    }
    #expect(HeadScanSettings().fault == nil)
    #expect(fault { $0.rows = 8 }.contains("rows is 8"))
    #expect(fault { $0.columns = 5000 }.contains("columns is 5000"))
    #expect(fault { $0.slices = 0 }.contains("slices is 0"))
    #expect(fault { $0.coils = 0 }.contains("coils is 0"))
    #expect(fault { $0.columns = 100 }.contains("no room"))
    #expect(fault { $0.fieldOfView = 100 }.contains("field of view"))
    #expect(fault { $0.fieldOfView = .nan }.contains("field of view"))
    #expect(fault { $0.signalToNoise = 0 }.contains("signal-to-noise"))
    #expect(fault { $0.signalToNoise = .infinity }.contains("signal-to-noise"))
    #expect(fault { $0.thickness = 0 }.contains("thick"))
    #expect(fault { $0.position = 80 }.contains("anatomy"))
    #expect(fault { $0.position = .nan }.contains("anatomy"))
    #expect(fault { $0.slices = 30 }.contains("anatomy"))
  }
}
