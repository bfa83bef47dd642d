import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

@testable import Acquisition

@Suite struct PartialFourierTests {
  private func columns(_ acquired: Range<Int>, of count: Int) -> PartialFourier? {
    PartialFourier(axis: .phaseEncoding, acquired: acquired, of: count)
  }

  @Test func oneSidedAcquisitionsAreDeclared() throws {
    let six = try #require(columns(0..<168, of: 224))
    #expect(six.fraction == 0.75 && six.whole == 0..<224 && six.reach == 55)
    #expect(six.text == "6/8 of the phase encoding (columns 0 to 167 of 224)")
    let five = try #require(columns(96..<256, of: 256))
    #expect(five.fraction == 0.625 && five.text.hasPrefix("5/8"))
    let echo = try #require(PartialFourier(axis: .readout, acquired: 20..<101, of: 101))
    #expect(echo.text == "80 % of the readout (rows 20 to 100 of 101)")
    // A matrix larger than what was planned: what is missing on both sides does not count.
    let padded = try #require(columns(40..<168, of: 256))
    #expect(padded.whole == 40..<217 && abs(padded.fraction - 128.0 / 177) < 1e-12)
  }

  @Test(arguments: [(0, 224), (30, 225), (2, 224), (0, 220), (10, 215), (0, 100), (120, 224)])
  func whatIsMeasuredAlikeOnBothSidesIsNone(lower: Int, upper: Int) {
    #expect(columns(lower..<upper, of: 224) == nil)
  }

  /// Two coils that see an object with edges and a smooth phase, `[coils, rows, columns]`.
  private func phantom(rows: Int, columns: Int) -> ComplexArray {
    var images = ComplexArray(zeros: [2, rows, columns])
    for coil in 0..<2 {
      for row in 0..<rows {
        for column in 0..<columns {
          let y = 2 * Float(row - rows / 2) / Float(rows)
          let x = 2 * Float(column - columns / 2) / Float(columns)
          guard x * x / 0.5 + y * y / 0.7 < 1 else { continue }
          let inner = abs(x - 0.2) < 0.15 && abs(y) < 0.3
          images.values[(coil * rows + row) * columns + column] = Complex(
            length: (inner ? 1.6 : 1) * .exp(-0.5 * (x - Float(coil)) * (x - Float(coil))),
            phase: 0.9 * x + 0.5 * y * y - 0.4 * x * y + Float(coil))
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&images)
    return images
  }

  /// `kspace` with zeros where `axes` were not measured.
  private func cut(_ kspace: ComplexArray, _ axes: [PartialFourier]) -> ComplexArray {
    var result = kspace
    for index in result.values.indices where !isMeasured(index, kspace.shape, axes) {
      result.values[index] = .zero
    }
    return result
  }

  private func isMeasured(_ index: Int, _ shape: [Int], _ axes: [PartialFourier]) -> Bool {
    axes.allSatisfy {
      $0.acquired.contains($0.axis == .readout ? index / shape[2] % shape[1] : index % shape[2])
    }
  }

  private func error(_ kspace: ComplexArray, _ truth: ComplexArray) -> Double {
    var difference = kspace
    difference.add(-1, times: truth)
    return (difference.squaredNorm / truth.squaredNorm).squareRoot()
  }

  private static let cases: [[PartialFourier?]] = [
    [PartialFourier(axis: .phaseEncoding, acquired: 0..<51, of: 68)],
    [PartialFourier(axis: .phaseEncoding, acquired: 24..<68, of: 68)],
    [PartialFourier(axis: .phaseEncoding, acquired: 17..<69, of: 69)],
    [PartialFourier(axis: .readout, acquired: 15..<61, of: 61)],
    [
      PartialFourier(axis: .readout, acquired: 12..<61, of: 61),
      PartialFourier(axis: .phaseEncoding, acquired: 0..<55, of: 68),
    ],
  ]

  @Test(arguments: cases.indices) func bothWaysBeatZeros(index: Int) throws {
    let axes = Self.cases[index].compactMap { $0 }
    let columns = axes.first { $0.axis == .phaseEncoding }?.count ?? 50
    let truth = phantom(rows: 61, columns: columns)
    let data = cut(truth, axes)
    let filler = PartialFourierFiller(axes: axes)
    let zero = error(filler.fill(data, by: .zero), truth)
    let pocs = error(filler.fill(data, by: .pocs), truth)
    #expect(filler.fill(data, by: .zero) == data)
    #expect(pocs < 0.5 * zero, "\(pocs) \(zero)")
    guard filler.fault(of: .homodyne) == nil else { return }
    let homodyne = error(filler.fill(data, by: .homodyne), truth)
    #expect(homodyne < 0.8 * zero, "\(homodyne) \(zero)")
  }

  /// To the bit, whatever POCS makes of the rest, and at any scale.
  @Test(arguments: [Float(1), 1e-18]) func pocsKeepsWhatWasMeasured(scale: Float) throws {
    for axes in Self.cases.map({ $0.compactMap { $0 } }) {
      let columns = axes.first { $0.axis == .phaseEncoding }?.count ?? 50
      var data = cut(phantom(rows: 61, columns: columns), axes)
      data.scale(by: scale)
      let filled = PartialFourierFiller(axes: axes).fill(data, by: .pocs)
      var beyond = 0
      for index in data.values.indices {
        if isMeasured(index, data.shape, axes) {
          #expect(filled.values[index] == data.values[index])
        } else if filled.values[index] != .zero {
          beyond += 1
        }
      }
      #expect(beyond > 0)
    }
  }

  /// The limit of the turns is the least imaginary part, relative to the phase, that any choice of the missing
  /// samples leaves: its k-space has nothing where samples are missing, or they could be chosen better.
  @Test func pocsEndsWhereNothingCanBeImproved() throws {
    let axis = try #require(columns(0..<51, of: 68))
    let data = cut(phantom(rows: 9, columns: 68), [axis])
    var filler = PartialFourierFiller(axes: [axis])
    (filler.iterations, filler.tolerance) = (4000, 0)
    let filled = filler.fill(data, by: .pocs)
    let phasor = slowPhasor(data, axis)
    var rest = filled
    let transform = FourierTransform(rows: 9, columns: 68)
    transform.inverse(&rest)
    let image = rest.squaredNorm
    for index in rest.values.indices {
      let turned = rest.values[index] * phasor[index].conjugate
      rest.values[index] = phasor[index] * Complex(0, turned.imaginary)
    }
    let imaginary = rest.squaredNorm
    transform.forward(&rest)
    let missing = rest.values.indices.filter { $0 % 68 >= 51 }
      .reduce(0.0) { $0 + Double(rest.values[$1].lengthSquared) }
    #expect(imaginary > 1e-6 * image, "the phase does not fit all data")
    #expect(missing < 1e-5 * imaginary, "\(missing) of \(imaginary)")
  }

  /// The phase of the low frequencies by sums in double precision, `[coils, rows, columns]`.
  private func slowPhasor(_ data: ComplexArray, _ axis: PartialFourier) -> [Complex<Float>] {
    let (rows, columns) = (data.shape[1], data.shape[2])
    func window(_ index: Int, _ count: Int, _ reach: Int) -> Double {
      0.5 * (1 + cos(.pi * min(1, Double(abs(index - count / 2)) / Double(reach + 1))))
    }
    let image = slowImage(data) { row, column in
      window(row, rows, 8 * (axis.reach + 1)) * window(column, columns, axis.reach)
    }
    return image.map { Complex(Float($0.real / $0.length), Float($0.imaginary / $0.length)) }
  }

  /// The inverse transform of weighted data by its definition.
  private func slowImage(
    _ data: ComplexArray, _ weight: (Int, Int) -> Double
  ) -> [Complex<Double>] {
    let (rows, columns) = (data.shape[1], data.shape[2])
    var hybrid = [Complex<Double>](repeating: .zero, count: data.count)
    var image = hybrid
    func wave(_ k: Int, _ x: Int, _ count: Int) -> Complex<Double> {
      let angle = 2 * Double.pi * Double((k - count / 2) * (x - count / 2)) / Double(count)
      return Complex(cos(angle), sin(angle)).divided(by: Double(count).squareRoot())
    }
    for coil in 0..<data.shape[0] {
      let start = coil * rows * columns
      for row in 0..<rows {
        for x in 0..<columns {
          for column in 0..<columns {
            let value = data.values[start + row * columns + column]
            hybrid[start + row * columns + x] +=
              Complex(Double(value.real), Double(value.imaginary))
              .multiplied(by: weight(row, column)) * wave(column, x, columns)
          }
        }
      }
      for y in 0..<rows {
        for row in 0..<rows {
          let factor = wave(row, y, rows)
          for x in 0..<columns {
            image[start + y * columns + x] += hybrid[start + row * columns + x] * factor
          }
        }
      }
    }
    return image
  }

  /// Homodyne detection by its formula: the ramp, the sum, the real part relative to the phase.
  @Test(arguments: [(0, 20, 27), (10, 28, 28)]) func homodyneIsTheSlowOne(
    lower: Int, upper: Int, count: Int
  ) throws {
    let axis = try #require(columns(lower..<upper, of: count))
    let data = cut(phantom(rows: 9, columns: count), [axis])
    var fast = PartialFourierFiller(axes: [axis]).fill(data, by: .homodyne)
    FourierTransform(rows: 9, columns: count).inverse(&fast)
    let side = lower == 0 ? -1 : 1
    let weighted = slowImage(data) { _, column in
      let offset = column - count / 2
      if !axis.acquired.contains(column) { return 0 }
      if !(0..<count).contains(count / 2 - offset) { return 1 }
      if !axis.acquired.contains(count / 2 - offset) { return 2 }
      return 1 + Double(side * offset) / Double(axis.reach + 1)
    }
    let phasor = slowPhasor(data, axis)
    let largest = weighted.map(\.length).max() ?? 0
    for index in fast.values.indices {
      let phase = Complex(Double(phasor[index].real), Double(phasor[index].imaginary))
      let real = (weighted[index] * phase.conjugate).real
      let slow = phase.multiplied(by: real)
      let value = fast.values[index]
      let difference = Complex(Double(value.real), Double(value.imaginary)) - slow
      #expect(difference.length < 1e-5 * largest)
    }
  }

  @Test func theResultDoesNotDependOnThreads() throws {
    let axes = Self.cases[4].compactMap { $0 }
    let data = cut(phantom(rows: 61, columns: 68), axes)
    let filler = PartialFourierFiller(axes: axes)
    let expected = filler.fill(data, by: .pocs)
    for threads in [1, 3] {
      withThreads(threads) { #expect(filler.fill(data, by: .pocs) == expected) }
    }
  }
}
