import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Phantoms

@Suite struct ImageScanTests {
  /// A bright disc off the centre on a dark ground, of values 0 to 255.
  private func disc(rows: Int, columns: Int) -> RealArray {
    var image = RealArray(zeros: [rows, columns])
    for row in 0..<rows {
      for column in 0..<columns {
        let y = 2 * Float(row) / Float(rows) - 0.9
        let x = 2 * Float(column) / Float(columns) - 1.1
        if x * x / 0.5 + y * y / 0.4 < 1 {
          image.values[row * columns + column] = 100 + 80 * .cos(9 * x + 4 * y)
        }
      }
    }
    return image
  }

  private func settings(coils: Int = 5, snr: Float = 40, seed: UInt64 = 1) -> ImageScan.Settings {
    var settings = ImageScan.Settings()
    (settings.coils, settings.signalToNoise, settings.seed) = (coils, snr, seed)
    return settings
  }

  private func images(_ kspace: ComplexArray) -> ComplexArray {
    var images = kspace
    FourierTransform(rows: kspace.shape[1], columns: kspace.shape[2]).inverse(&images)
    return images
  }

  @Test(arguments: [(64, 64), (48, 61), (31, 90)])
  func withoutNoiseTheRootSumOfSquaresIsTheImage(rows: Int, columns: Int) {
    let image = disc(rows: rows, columns: columns)
    let scan = ImageScan(
      rows: rows, columns: columns, signal: 100, name: "a", settings: settings(snr: 1e6))
    let coilImages = images(scan.kspace(of: image, slice: 0, position: 0.3))
    for pixel in image.values.indices {
      let sum = (0..<5).reduce(Float(0)) {
        $0 + coilImages.values[$1 * rows * columns + pixel].lengthSquared
      }
      #expect(abs(sum.squareRoot() / ImageScan.receiverScale - image.values[pixel]) < 0.01)
    }
  }

  /// Whole pixels are moved by copying; what is not moved is as it was.
  @Test func movedColumnsAreThoseOfAShiftedObject() {
    let image = disc(rows: 64, columns: 48)
    var settings = settings(coils: 1, snr: 1e6)
    let still = ImageScan(rows: 64, columns: 48, signal: 100, name: "a", settings: settings)
    let plain = still.kspace(of: image, slice: 2, position: 0.3)
    let shifted = images(
      still.stillKspace(of: image, slice: 2, position: 0.3, shift: (rows: 3, columns: -2)))
    let before = images(plain)
    for row in 0..<64 {
      for column in 0..<48 {
        let source = (row + 64 - 3) % 64 * 48 + (column + 2) % 48
        let (a, b) = (shifted.values[row * 48 + column].length, before.values[source].length)
        // One coil's map is of magnitude 1 wherever the object is.
        #expect(abs(a - b) < 0.02 * ImageScan.receiverScale)
      }
    }
    (settings.motion, settings.movedShare) = (2, 0.25)
    let moving = ImageScan(rows: 64, columns: 48, signal: 100, name: "a", settings: settings)
    let kspace = moving.kspace(of: image, slice: 2, position: 0.3)
    let changed = (0..<48).filter { column in
      (0..<64).contains { kspace.values[$0 * 48 + column] != plain.values[$0 * 48 + column] }
    }
    #expect(changed.count == 12)
    #expect(moving.kspace(of: image, slice: 2, position: 0.3) == kspace)
  }

  @Test func theNoiseIsAsStated() {
    let scan = ImageScan(
      rows: 96, columns: 80, signal: 120, name: "a", settings: settings(coils: 4, snr: 30))
    let black = RealArray(zeros: [96, 80])
    let noise = scan.kspace(of: black, slice: 3, position: 0)
    let expected = Double(ImageScan.receiverScale) * 120 / 30
    for part in [noise.values.map(\.real), noise.values.map(\.imaginary)] {
      let square = part.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(part.count)
      // Four standard errors of a deviation from 30,720 values.
      #expect(abs(square.squareRoot() / expected - 1) < 4 / (2 * 30_720.0).squareRoot())
      let mean = part.reduce(0.0) { $0 + Double($1) } / Double(part.count)
      #expect(abs(mean) < 4 * expected / 30_720.0.squareRoot())
    }
    #expect(abs(Double(scan.noiseDeviation) / expected - 1) < 1e-6)
  }

  @Test func sensitivitiesAreSmoothAndDifferFromCoilToCoil() {
    let size = 64 * 64
    let scan = ImageScan(
      rows: 64, columns: 64, signal: 1, name: "a", settings: settings(coils: 8))
    let maps = scan.sensitivities(height: ReceiverLoops.middle)
    for coil in 0..<8 {
      let map = maps[coil * size..<(coil + 1) * size].map { $0 }
      for row in 1..<64 {
        for column in 1..<64 {
          let here = map[row * 64 + column]
          #expect((here - map[row * 64 + column - 1]).length < 0.12)
          #expect((here - map[(row - 1) * 64 + column]).length < 0.12)
        }
      }
    }
    // Coils on opposite sides see opposite edges.
    func strongest(_ coil: Int) -> Int {
      (0..<size).max { maps[coil * size + $0].length < maps[coil * size + $1].length } ?? 0
    }
    let places = (0..<8).map(strongest)
    #expect(Set(places).count == 8)
    let (first, opposite) = (places[0], places[4])
    let distance = (Float(first % 64 - opposite % 64), Float(first / 64 - opposite / 64))
    #expect(
      (distance.0 * distance.0 + distance.1 * distance.1).squareRoot() > 40,
      "\(first) and \(opposite)")
  }

  @Test func theSameSettingsGiveTheSameBytesWhateverTheThreads() {
    let image = disc(rows: 40, columns: 48)
    func kspace(_ threads: Int, seed: UInt64 = 1, name: String = "a", slice: Int = 2)
      -> ComplexArray
    {
      withThreads(threads) {
        ImageScan(
          rows: 40, columns: 48, signal: 100, name: name, settings: settings(seed: seed)
        ).kspace(of: image, slice: slice, position: 0.5)
      }
    }
    let one = kspace(1)
    #expect(kspace(2) == one)
    #expect(kspace(1, seed: 2) != one)
    #expect(kspace(1, name: "b") != one)
    #expect(kspace(1, slice: 3) != one)
  }

  @Test func theForegroundIsWhatIsNotAir() {
    var mean = ForegroundMean()
    #expect(mean.value == nil)
    mean.add(RealArray(shape: [1, 4], values: [0, 10, 60, 100]))
    #expect(mean.value == 80)
    mean.add(RealArray(shape: [1, 4], values: [0, 0, 0, 0]))
    #expect(mean.value == 80)
    mean.add(RealArray(shape: [2, 1], values: [5, 0.5]))
    #expect(mean.value == 55)
  }

  @Test func settingsThatMakeNoSense() {
    #expect(settings(coils: 0).fault?.contains("coils is 0") == true)
    #expect(settings(snr: 0).fault?.contains("signal-to-noise") == true)
    #expect(settings(snr: .nan).fault?.contains("signal-to-noise") == true)
    #expect(settings().fault == nil)
  }
}
