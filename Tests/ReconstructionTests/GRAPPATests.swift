import Acquisition
import Arrays
import Foundation
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite struct GRAPPATests {
  private static let (rows, columns) = (45, 37)

  /// A smooth object seen by coils that are narrower than `SyntheticCoils`', as arrays for parallel imaging are.
  private func fullySampled(noise: Float = 0) throws -> ReconstructionProblem {
    let coils = 6
    var object = SyntheticCoils(coils: coils, rows: Self.rows, columns: Self.columns)
    let pixels = Self.rows * Self.columns
    for pixel in 0..<pixels {
      let places = (0..<coils).map { $0 * pixels + pixel }
      for place in places {
        let power = object.maps.values[place].lengthSquared
        object.maps.values[place] = object.maps.values[place] * Complex(power * power, 0)
      }
      let norm = places.reduce(Float(0)) { $0 + object.maps.values[$1].lengthSquared }.squareRoot()
      for place in places {
        object.maps.values[place] = object.maps.values[place].divided(by: norm)
        object.kspace.values[place] = object.maps.values[place] * object.image.values[pixel]
      }
    }
    FourierTransform(rows: Self.rows, columns: Self.columns).forward(&object.kspace)
    var random = RandomStream(seed: 3)
    for index in object.kspace.values.indices {
      object.kspace.values[index] += Complex(noise * random.normal(), noise * random.normal())
    }
    return try ReconstructionProblem(
      kspace: object.kspace, mask: try SamplingMask.fullySampled(columns: Self.columns),
      maps: CoilMaps(
        sensitivities: object.maps,
        eigenvalues: RealArray(shape: [Self.rows, Self.columns], repeating: 1)))
  }

  /// The object under a mask of columns, every `step`-th and a centre of `lines`.
  private func problem(
    every step: Int, lines: Int, noise: Float = 0
  ) throws -> (full: ReconstructionProblem, under: ReconstructionProblem) {
    let full = try fullySampled(noise: noise)
    let first = Self.columns / 2 - lines / 2
    let mask = try SamplingMask(
      columns: (0..<Self.columns).map {
        $0 % step == 1 || (first..<first + lines).contains($0)
      })
    return (
      full, try ReconstructionProblem(kspace: full.kspace, mask: mask, maps: full.maps)
    )
  }

  /// The largest difference from a fit and sum of one missing sample, loop by loop in Double.
  @Test(arguments: [9, 26, 30]) func aSampleIsThatOfTheDefinition(column: Int) throws {
    let (_, under) = try problem(every: 3, lines: 12, noise: 0.5)
    let kspace = under.kspace
    let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
    #expect(!under.mask.samples[column])
    let samples = (0..<columns).filter { under.mask.samples[$0] }
    let chosen =
      (samples.filter { $0 < column }.suffix(2) + samples.filter { $0 > column }.prefix(2))
      .map { $0 - column }
    let row = 22
    func value(_ coil: Int, _ row: Int, _ column: Int) -> Complex<Double> {
      let value = kspace.values[(coil * rows + row) * columns + column]
      return Complex(Double(value.real), Double(value.imaginary))
    }
    func sources(_ row: Int, _ column: Int) -> [Complex<Double>] {
      (-2...2).flatMap { r in
        chosen.flatMap { c in (0..<coils).map { value($0, row + r, column + c) } }
      }
    }
    let block = under.mask.calibrationColumns
    var (gram, right): ([[Complex<Double>]], [Complex<Double>]) = ([], [])
    var lines: [([Complex<Double>], Complex<Double>)] = []
    for r in 2..<rows - 2 {
      for c in block where chosen.allSatisfy({ block.contains(c + $0) }) {
        lines.append((sources(r, c), value(4, r, c)))
      }
    }
    let size = lines[0].0.count
    gram = (0..<size).map { i in
      (0..<size).map { j in lines.reduce(.zero) { $0 + $1.0[i].conjugate * $1.0[j] } }
    }
    right = (0..<size).map { i in lines.reduce(.zero) { $0 + $1.0[i].conjugate * $1.1 } }
    let norm = gram.joined().reduce(0.0) { $0 + $1.lengthSquared }.squareRoot()
    for i in 0..<size { gram[i][i] += Complex(0.01 * norm / Double(size), 0) }
    // Gauss and Jordan, without pivots: the matrix is positive definite.
    for i in 0..<size {
      let pivot = gram[i][i]
      for j in 0..<size { gram[i][j] /= pivot }
      right[i] /= pivot
      for k in 0..<size where k != i {
        let factor = gram[k][i]
        for j in 0..<size { gram[k][j] -= factor * gram[i][j] }
        right[k] -= factor * right[i]
      }
    }
    let expected = zip(sources(row, column), right).reduce(Complex<Double>.zero) {
      $0 + $1.0 * $1.1
    }
    var settings = GRAPPA.Settings()
    (settings.kernelColumns, settings.tikhonov) = (4, 0.01)
    let filled = try GRAPPA(settings: settings).filled(under) { _ in }
    let found = filled.values[(4 * rows + row) * columns + column]
    let difference = (Complex(Double(found.real), Double(found.imaginary)) - expected).length
    let tolerance: Double = 1e-3 * expected.length + 1e-4
    #expect(difference < tolerance, "\(found), \(expected)")
  }

  /// With little weight: the object has no noise.
  private func method() throws -> GRAPPA {
    var settings = GRAPPA.Settings()
    settings.tikhonov = 1e-5
    return try GRAPPA(settings: settings)
  }

  /// Sampled values stay, and what is missing is much nearer the truth than zero.
  @Test func missingSamplesAreFilled() throws {
    let (full, under) = try problem(every: 2, lines: 12)
    let filled = try method().filled(under) { _ in }
    let scale = 1 / Double(under.intensityScale)
    var (error, energy) = (0.0, 0.0)
    for (index, value) in filled.values.enumerated() {
      if under.mask.samples[index % Self.columns] {
        #expect(value == under.kspace.values[index])
        continue
      }
      let truth = full.kspace.values[index]
      error += pow(Double(value.real) - scale * Double(truth.real), 2)
      error += pow(Double(value.imaginary) - scale * Double(truth.imaginary), 2)
      energy += scale * scale * Double(truth.lengthSquared)
    }
    #expect(error < 0.1 * energy, "\(error / energy)")
  }

  /// The squared error of an image over that of the zero-filled one.
  private func ratio(
    _ image: ComplexArray, _ full: ReconstructionProblem, _ under: ReconstructionProblem
  ) -> Double {
    var truth = full.direct
    truth.scale(by: 1 / under.intensityScale)
    func error(_ image: ComplexArray) -> Double {
      var difference = image
      difference.add(-1, times: truth)
      return difference.squaredNorm
    }
    return error(image) / error(under.direct)
  }

  @Test func theImageIsBetterThanTheZeroFilledOne() throws {
    let (full, under) = try problem(every: 2, lines: 12)
    let image = try run(method(), under).image
    #expect(ratio(image, full, under) < 0.2, "\(ratio(image, full, under))")
    for threads in [1, 3] {
      #expect(try withThreads(threads) { try run(method(), under).image } == image)
    }
  }

  /// Of a regular mask of points too, whose windows have few patterns.
  @Test func pointsAreFilled() throws {
    let full = try fullySampled()
    let samples = (0..<Self.rows * Self.columns).map { place -> Bool in
      let (row, column) = (place / Self.columns, place % Self.columns)
      let isCentre = (15..<31).contains(row) && (11..<27).contains(column)
      return isCentre || (row + column) % 2 == 0
    }
    let mask = try SamplingMask(points: samples, rows: Self.rows, columns: Self.columns)
    let under = try ReconstructionProblem(kspace: full.kspace, mask: mask, maps: full.maps)
    let image = try run(method(), under).image
    #expect(ratio(image, full, under) < 0.2, "\(ratio(image, full, under))")
  }

  @Test func whatItCannotDoIsRefused() throws {
    let (_, under) = try problem(every: 5, lines: 1)
    #expect {
      _ = try run(GRAPPA(), under)
    } throws: {
      "\($0)".contains("at least three calibration lines")
    }
    var settings = GRAPPA.Settings()
    settings.kernelRows = 4
    #expect(throws: ReconstructionError.self) { _ = try GRAPPA(settings: settings) }
  }
}
