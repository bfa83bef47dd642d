import Acquisition
import Arrays
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite("What an image rests on")
struct TrustTests {
  /// The truth of a phantom, scaled as its problem.
  private func truth(_ phantom: UndersampledPhantom) -> ComplexArray {
    var image = phantom.image
    image.scale(by: 1 / phantom.problem.intensityScale)
    return image
  }

  private func trust(
    _ image: ComplexArray, _ problem: ReconstructionProblem, other: ComplexArray? = nil
  ) throws -> TrustMaps {
    try TrustMaps(of: image, in: problem, comparison: ("other", other ?? image))
  }

  // MARK: Noise

  @Test("the noise of each coil is found beside a strong signal, whatever rows it chose")
  func noiseLevel() throws {
    let mask = try SamplingMask(columns: (0..<41).map { $0 % 3 == 0 || (18..<23).contains($0) })
    var random = RandomStream(seed: 5)
    let (rows, sampled) = (64, mask.sampledCount)
    var found = [0.0, 0, 0]
    for _ in 0..<20 {
      var values: [Complex<Float>] = []
      for coil in 0..<3 {
        for row in 0..<rows {
          for _ in 0..<sampled {
            let signal: Float = (12..<50).contains(row) ? 3 : 0
            let deviation = 0.1 * Float(coil + 1)
            values.append(
              Complex(signal + deviation * random.normal(), deviation * random.normal()))
          }
        }
      }
      let noise = MeasurementNoise(
        measurements: ComplexArray(shape: [3, rows, sampled], values: values), mask: mask)
      for coil in 0..<3 { found[coil] += Double(noise.deviations[coil]) / 20 }
    }
    // Choosing and measuring by the same samples would make it 5 % too low.
    for coil in 0..<3 { #expect(abs(found[coil] / (0.1 * Double(coil + 1)) - 1) < 0.02) }
  }

  @Test("the noise of a scan is found from its sampled columns", arguments: [3, 8])
  func noiseOfScan(acceleration: Int) throws {
    let phantom = try UndersampledPhantom(acceleration: acceleration, noise: 0.03)
    let noise = MeasurementNoise(
      measurements: phantom.problem.measurements, mask: phantom.problem.mask)
    #expect(abs(noise.deviation * phantom.problem.intensityScale / 0.03 - 1) < 0.15)
  }

  // MARK: The two parts

  @Test("the split is that of the eigenvectors of the normal operator")
  func denseSplit() throws {
    let (coils, rows, columns) = (2, 5, 7)
    let scan = SyntheticCoils(coils: coils, rows: rows, columns: columns)
    let system = SENSEOperator(maps: scan.maps, mask: (0..<columns).map { [1, 3, 4].contains($0) })
    let size = rows * columns
    var matrix = [Complex<Double>](repeating: .zero, count: size * size)
    for column in 0..<size {
      var unit = ComplexArray(zeros: [rows, columns])
      unit.values[column] = .one
      for (row, value) in system.normal(unit).values.enumerated() {
        matrix[row * size + column] = Complex(Double(value.real), Double(value.imaginary))
      }
    }
    let eigen = try LinearAlgebra.hermitianEigensystem(matrix, size: size)
    var random = RandomStream(seed: 2)
    let image = ComplexArray(
      shape: [rows, columns],
      values: (0..<size).map { _ in Complex(random.normal(), random.normal()) })
    let ridge: Float = 0.01
    let split = MeasuredPart(of: image, under: system, ridge: ridge)
    var expected = [Complex<Double>](repeating: .zero, count: size)
    for (axis, value) in eigen.values.enumerated() {
      let vector = eigen.vectors[axis * size..<(axis + 1) * size]
      let along = zip(vector, image.values).reduce(Complex<Double>.zero) {
        $0 + $1.0.conjugate * Complex(Double($1.1.real), Double($1.1.imaginary))
      }
      let factor = max(0, value) / (max(0, value) + Double(ridge))
      for (index, part) in vector.enumerated() { expected[index] += along * part * Complex(factor) }
    }
    for index in 0..<size {
      let value = split.measured.values[index]
      #expect(
        (Complex(Double(value.real), Double(value.imaginary)) - expected[index]).length < 2e-3)
      let rest = image.values[index] - value
      #expect((split.unmeasured.values[index] - rest).length < 1e-5)
    }
    #expect((0.2..<0.8).contains(split.unmeasuredShare()))
  }

  @Test("of a fully sampled image all is measured, of a single coil what the mask took")
  func knownSplits() throws {
    let full = try UndersampledPhantom(acceleration: 1)
    let all = MeasuredPart(of: truth(full), under: full.problem.system, ridge: 1e-4)
    #expect(all.unmeasuredShare() < 1e-6)
    #expect(all.localShare(width: 2).values.allSatisfy { $0 < 1e-4 })

    let (rows, columns) = (9, 15)
    let mask = (0..<columns).map { $0 % 2 == 1 }
    let single = SENSEOperator(
      maps: ComplexArray(shape: [1, rows, columns], repeating: .one), mask: mask)
    var random = RandomStream(seed: 4)
    let image = ComplexArray(
      shape: [rows, columns],
      values: (0..<rows * columns).map { _ in Complex(random.normal(), random.normal()) })
    let half = MeasuredPart(of: image, under: single, ridge: 1e-4)
    var spectrum = image
    let transform = FourierTransform(rows: rows, columns: columns)
    transform.forward(&spectrum)
    for index in spectrum.values.indices where mask[index % columns] {
      spectrum.values[index] = .zero
    }
    transform.inverse(&spectrum)
    for index in image.values.indices {
      #expect((half.unmeasured.values[index] - spectrum.values[index]).length < 1e-3)
    }
    let share = half.localShare(width: 0)
    #expect(share.values.allSatisfy { (0...1).contains($0) })
  }

  @Test("the ridge is the noise's variance over the signal's power, within bounds")
  func ridge() {
    let image = ComplexArray(shape: [1, 3], values: [Complex(2, 0), Complex(0, 2), Complex(9, 9)])
    #expect(
      abs(MeasuredPart.ridge(noise: 0.1, image: image, members: [true, true, false]) - 0.005)
        < 1e-6)
    #expect(MeasuredPart.ridge(noise: 0, image: image, members: [true, true, true]) == 1e-4)
    #expect(MeasuredPart.ridge(noise: 9, image: image, members: [true, true, true]) == 0.1)
  }

  // MARK: The fit

  @Test("the truth is explained, the least squares over-fitted, a paler image under-fitted")
  func verdicts() throws {
    let phantom = try UndersampledPhantom(acceleration: 3, noise: 0.03)
    let image = truth(phantom)
    let maps = try trust(image, phantom.problem)
    let fit = maps.figures.fit
    #expect(fit.verdict == .explained)
    #expect(abs(try #require(fit.departure) - 1) < 0.35)
    #expect(abs(try #require(fit.modelError)) < 0.35)
    #expect(!fit.hasBadModel)

    let least = try run(SENSE(iterations: 100, regularisation: 0), phantom.problem).image
    #expect(maps.fit(of: least).verdict == .overFitted)
    #expect(abs(try #require(maps.fit(of: least).departure)) < 0.1)
    var pale = image
    pale.scale(by: 0.9)
    #expect(maps.fit(of: pale).verdict == .underFitted)
  }

  @Test("wrong coil maps are told from a wrong image")
  func wrongMaps() throws {
    let phantom = try UndersampledPhantom(acceleration: 3, noise: 0.01)
    var maps = phantom.problem.maps
    let pixels = UndersampledPhantom.rows * UndersampledPhantom.columns
    for index in maps.sensitivities.values.indices {
      let (coil, row) = (index / pixels, index % pixels / UndersampledPhantom.columns)
      maps.sensitivities.values[index] *= Complex(
        length: 1, phase: 0.3 * Float.sin(Float(row) / 7 + Float(2 * coil)))
    }
    let problem = try ReconstructionProblem(
      kspace: phantom.problem.kspace, mask: phantom.problem.mask, maps: maps)
    var image = phantom.image
    image.scale(by: 1 / (phantom.problem.intensityScale * problem.intensityScale))
    let fit = try trust(image, problem).figures.fit
    #expect(fit.hasBadModel)
    #expect(try #require(fit.modelError) > 3)
    #expect(fit.verdict == .undecided)
  }

  @Test("without noise nothing is said of the residual, and nothing alarms")
  func noNoise() throws {
    let phantom = try UndersampledPhantom(acceleration: 4)
    var other = truth(phantom)
    other.scale(by: 0.5)
    let maps = try trust(truth(phantom), phantom.problem, other: other)
    #expect(maps.figures.fit.verdict == .unknown && maps.figures.fit.departure == nil)
    #expect(maps.figures.alarmedArea == nil)
    #expect(maps.alarm.values.allSatisfy { $0 == 0 })
    #expect(maps.residual.values.allSatisfy { $0 == 0 })
  }

  // MARK: Replicas and alarm

  @Test("the replicas' deviation is the noise's where every column is sampled")
  func replicas() throws {
    let phantom = try UndersampledPhantom(acceleration: 1, noise: 0.03)
    let problem = phantom.problem
    let noise = MeasurementNoise(measurements: problem.measurements, mask: problem.mask)
    let replicas = NoiseReplicas(
      noise: noise, system: problem.system, count: 12, weight: 0.02, seed: 1)
    let mean = replicas.power.values.reduce(0, +) / Float(replicas.power.count)
    let expected = 2 * noise.deviation * noise.deviation / (1.02 * 1.02)
    #expect(abs(mean / expected - 1) < 0.05)
    // Of six coils' noise an image takes up a sixth.
    #expect(abs(replicas.leastResidual / replicas.energy - 5.0 / 6) < 0.02)
  }

  @Test("a difference alarms where it is, and the same image nowhere")
  func alarm() throws {
    let phantom = try UndersampledPhantom(acceleration: 3, noise: 0.03)
    let image = truth(phantom)
    #expect(try trust(image, phantom.problem).figures.alarmedArea == 0)
    var other = image
    let columns = UndersampledPhantom.columns
    for row in 20..<25 {
      for column in 22..<27 { other.values[row * columns + column] += Complex(2, 0) }
    }
    let maps = try trust(image, phantom.problem, other: other)
    #expect(maps.alarm.values[22 * columns + 24] == 1)
    #expect(maps.alarm.values[10 * columns + 10] == 0)
    #expect(try #require(maps.figures.alarmedArea) < 0.3)
  }

  @Test("the same maps whatever the number of threads")
  func threads() throws {
    let phantom = try UndersampledPhantom(acceleration: 4, noise: 0.03)
    let image = try run(SENSE(), phantom.problem).image
    let maps = try [1, 2].map { threads in
      try withThreads(threads) { try trust(image, phantom.problem) }
    }
    #expect(maps[0].figures == maps[1].figures)
    #expect(TrustMaps.priorShare(of: image, in: phantom.problem) == maps[0].priorShare)
    #expect(maps[0].priorShare == maps[1].priorShare && maps[0].expected == maps[1].expected)
  }

  @Test("values that are not finite and senseless settings are refused")
  func refused() throws {
    let phantom = try UndersampledPhantom(acceleration: 4, noise: 0.03)
    var broken = truth(phantom)
    broken.values[7] = Complex(.nan, 0)
    #expect(throws: ReconstructionError.self) { try trust(broken, phantom.problem) }
    #expect(throws: ReconstructionError.self) {
      try trust(truth(phantom), phantom.problem, other: broken)
    }
    var settings = TrustSettings()
    settings.alarmFactor = 0
    #expect(throws: ReconstructionError.self) {
      try TrustMaps(
        of: truth(phantom), in: phantom.problem, comparison: ("other", truth(phantom)),
        settings: settings)
    }
  }

  @Test("a smoothed map keeps its mean value, and its edges see nothing from outside")
  func smoothing() {
    let flat = RealArray(shape: [5, 9], repeating: 3)
    let smooth = GaussianSmoothing(width: 2).apply(flat)
    #expect(smooth.values.allSatisfy { abs($0 - 3) < 1e-5 })
    var point = RealArray(zeros: [21, 23])
    point.values[10 * 23 + 11] = 1
    let spread = GaussianSmoothing(width: 1.5).apply(point)
    #expect(abs(spread.values.reduce(0, +) - 1) < 1e-4)
    #expect(spread.values[10 * 23 + 10] == spread.values[10 * 23 + 12])
    #expect(
      abs(spread.values[9 * 23 + 11] / spread.values[10 * 23 + 11] - Float.exp(-1 / 4.5)) < 1e-4)
    #expect(GaussianSmoothing(width: 0).apply(point) == point)
  }
}
