import Arrays
import Evaluation
import Generators
import LinearOperators
import Numerics
import Reconstruction
import TestSupport
import Testing

@testable import Experiments

@Suite struct TheoryTests {
  /// A few seconds' worth on a generator of random weights.
  static func settings() -> TheorySettings {
    var settings = TheorySettings()
    (settings.rows, settings.columns, settings.images) = (16, 20, 1)
    (settings.measurements, settings.radii) = ([0.2, 0.6], [0, 1, 2])
    (settings.pairs, settings.latentIterations) = (6, 25)
    (settings.ballIterations, settings.starts, settings.trials) = (15, 1, 20)
    return settings
  }

  static func result(_ settings: TheorySettings = settings()) throws -> TheoryResult {
    try TheoryRun(weights: nil, name: "random", settings: settings).perform()
  }

  @Test func aRunHasAllChecksAndIsTheSameOnAnyThreads() throws {
    var shares: [Double] = []
    var one = try withThreads(1) {
      try TheoryRun(weights: nil, name: "random", settings: Self.settings()).perform {
        shares.append($1)
      }
    }
    var two = try withThreads(2) { try Self.result() }
    #expect(shares == shares.sorted() && shares.last == 1)
    (one.seconds, two.seconds) = (0, 0)
    #expect(one == two)
    #expect(one.recovery.count == 2 * 4 && one.isometry.count == 8 && one.continuity.count == 2)
    #expect(one.measurements == [64, 192])
    #expect(one.verdicts.count == 6)
    #expect(one.verdicts[0].outcome == .holds && one.verdicts[5].outcome == .holds)
    #expect(one.tables.map(\.table.rows.count) == [12, 27, 8, 8, 2])
    var other = Self.settings()
    other.seed = 2
    #expect(try Self.result(other).recovery != one.recovery)
  }

  @Test func recoveriesStayInTheirBallsAndWithinTheBound() throws {
    let result = try Self.result()
    for row in result.recovery {
      if let radius = row.radius { #expect(row.sum <= radius * (1 + 1e-5) + 1e-6) }
      if row.radiusFactor == 0 {
        #expect(row.sum == 0 && row.gamma == nil && row.error == row.bestError)
      }
      if let bound = row.bound { #expect(row.error <= bound * 1.0001, "\(row)") }
    }
    // A larger ball explains the measurements no worse, for it starts where the smaller one ended.
    for count in result.measurements {
      let misfits = result.recovery.filter { $0.measurements == count }.map(\.misfit)
      #expect(zip(misfits, misfits.dropFirst()).allSatisfy { $0 * 1.0001 >= $1 })
    }
  }

  @Test func withAllMeasurementsTheTruthIsTheBest() throws {
    var settings = Self.settings()
    (settings.noise, settings.measurements) = (0, [1])
    let generator = TwoPartGenerator(TwoPartGenerator.random(seed: 4), settings: settings)
    let test = RadiusCheck.Case(generator, image: 0, share: 1, settings: settings)
    #expect(test.noiseNorm == 0)
    #expect(distance(generator.image(test.truthFeatures), test.truth) == 0)
    #expect(distance(test.system.forward(test.truth), test.measurements) == 0)
    // From the true features, less a part of the deviation, the fit in a ball that holds them finds it.
    var random = RandomStream(seed: 4)
    let missing = IsometryCheck.ballPoint(test.truthFeatures.count, 1, &random)
    let start = zip(test.truthFeatures, missing).map { $0 - $1 }
    let zero = [Float](repeating: 0, count: start.count)
    let found = RadiusCheck.deviation(
      generator, from: zero, about: start, radius: 1.01, test.system, test.measurements,
      iterations: 200)
    let before = distance(generator.image(start), test.truth)
    let after = distance(generator.image(RadiusCheck.sum(start, found)), test.truth)
    #expect(after < 0.1 * before, "\(before) \(after)")
  }

  @Test func ballPointsLieOnTheSurface() {
    var random = RandomStream(seed: 2)
    for _ in 0..<20 {
      let point = IsometryCheck.ballPoint(50, 3, &random)
      #expect(abs(absoluteSum(point) - 3) < 1e-4)
    }
  }

  /// Isometry of the identity is 1; of an orthogonal transform of all rows too.
  @Test func completeMeasurementsKeepAllDistances() {
    var settings = Self.settings()
    (settings.rows, settings.columns) = (16, 16)
    let generator = TwoPartGenerator(TwoPartGenerator.random(seed: 4), settings: settings)
    let row = IsometryCheck.row(
      generator, .hadamard, measurements: 256, radius: 2, settings: settings)
    #expect(abs(row.gamma - 1) < 1e-3 && abs(row.medianRandom - 1) < 1e-3)
    #expect(row.gammaLargeDelta > row.gammaSmallDelta && row.gammaSmallDelta > row.gamma)
    let few = IsometryCheck.row(
      generator, .hadamard, measurements: 24, radius: 2, settings: settings)
    #expect(few.gamma < few.leastRandom && few.leastRandom < few.medianRandom)
  }

  @Test(arguments: MeasurementEnsemble.allCases)
  func ensemblesKeepLengthsInTheMean(_ ensemble: MeasurementEnsemble) {
    var random = RandomStream(seed: 8)
    let image = ComplexArray(
      shape: [24, 20], values: (0..<480).map { _ in Complex(random.normal(), 0) })
    let mean =
      (0..<12).reduce(0.0) { sum, seed in
        let system = ensemble.system(shape: [24, 20], measurements: 160, seed: UInt64(seed))
        return sum + system.forward(image).squaredNorm
      } / 12
    #expect(abs(mean / image.squaredNorm - 1) < 0.12, "\(mean / image.squaredNorm)")
  }

  @Test func keptRowsAreThoseOfTheOperator() {
    let base = ScaledOperator(
      RealImageOperator(GaussianOperator(shape: [9, 11], measurements: 17, seed: 3)), by: 1.5)
    let kept = RowMatrix(base)
    var random = RandomStream(seed: 8)
    let image = ComplexArray(
      shape: [9, 11], values: (0..<99).map { _ in Complex(random.normal(), 0) })
    let (a, b) = (kept.forward(image), base.forward(image))
    #expect(distance(a, b) < 1e-5 * b.squaredNorm.squareRoot())
    // Of real arrays the adjoint is the base's, whose own tests hold it.
    let back = base.adjoint(a)
    #expect(distance(kept.adjoint(a), back) < 1e-5 * back.squaredNorm.squareRoot())
  }

  @Test func partsHaveTheirSizesAndTheGradientIsThatOfTheImage() {
    let generator = TwoPartGenerator(TwoPartGenerator.random(seed: 4), settings: Self.settings())
    #expect(generator.latentCount == 4 * 5 * 4 + 8 * 10 * 2)
    #expect(generator.featureCount == 8 * 10 * 16)
    var random = RandomStream(seed: 2)
    let features = generator.features(generator.latents(&random))
    let direction = features.map { _ in random.normal() }
    let weights = ComplexArray(
      shape: [16, 20], values: (0..<320).map { _ in Complex(random.normal(), 0) })
    func product(_ factor: Float) -> Double {
      let image = generator.image(zip(features, direction).map { $0 + factor * $1 })
      return zip(image.values, weights.values).reduce(0.0) {
        $0 + Double($1.0.real) * Double($1.1.real)
      }
    }
    let slope = zip(generator.pulledBack(weights, at: features), direction).reduce(0.0) {
      $0 + Double($1.0) * Double($1.1)
    }
    let difference = (product(1e-3) - product(-1e-3)) / 2e-3
    #expect(abs(slope - difference) < 0.02 * abs(difference) + 0.02)
  }

  @Test func trueDeviationsChangeImagesAsAsked() {
    var settings = Self.settings()
    settings.deviation = 0.3
    let generator = TwoPartGenerator(TwoPartGenerator.random(seed: 4), settings: settings)
    var random = RandomStream(seed: 2)
    let features = generator.features(generator.latents(&random))
    let deviation = generator.sparseDeviation(of: features, share: 0.05, change: 0.3, &random)
    #expect(deviation.count { $0 != 0 } == 64)
    let (image, moved) = (
      generator.image(features), generator.image(RadiusCheck.sum(features, deviation))
    )
    #expect(abs(distance(moved, image) / image.squaredNorm.squareRoot() - 0.3) < 0.02)
  }

  @Test func stagesAreContinuousWithAndWithoutBalls() throws {
    let settings = Self.settings()
    let network = TwoPartGenerator.random(seed: 4)
    let generator = TwoPartGenerator(network, settings: settings)
    let test = RadiusCheck.Case(generator, image: 0, share: 0.5, settings: settings)
    for radii in [nil, [0.2, 0.2, 0.2]] {
      for row in ContinuityCheck.rows(network, test, radii: radii, iterations: 8) {
        #expect(row.gap < 1e-4, "\(row)")
        #expect(row.end < row.first)
      }
    }
  }

  @Test func settingsThatDoNotFitAreRefused() {
    for change: (inout TheorySettings) -> Void in [
      { $0.cut = 3 }, { $0.cut = 0 }, { $0.measurements = [] }, { $0.measurements = [2] },
      { $0.radii = [1, 0] }, { $0.radii = [-1] }, { $0.rows = 2 }, { $0.images = 0 },
      { $0.noise = .nan }, { $0.sparsity = 0 },
    ] {
      var wrong = Self.settings()
      change(&wrong)
      #expect(throws: ExperimentError.self) {
        try TheoryRun(weights: nil, name: "random", settings: wrong)
      }
    }
  }
}
