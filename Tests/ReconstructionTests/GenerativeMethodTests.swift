import Arrays
import Generators
import Layers
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

/// What `surgery`, `sparse-gen`, `pulse` and `iagan` have in common.
@Suite struct GenerativeMethodTests {
  /// A method with few iterations.
  struct Case: CustomTestStringConvertible {
    let name: String
    let make: @Sendable (WeightsFile, UInt64) throws -> any ReconstructionMethod
    var testDescription: String { name }
  }

  static func surgery(_ seed: UInt64 = 1) -> SurgerySettings {
    var settings = SurgerySettings()
    (settings.starts, settings.iterations, settings.rounds) = (2, 6, 2)
    (settings.refinements, settings.seed) = (4, seed)
    return settings
  }

  static func sparseGen(_ seed: UInt64 = 1) -> SparseGenSettings {
    var settings = SparseGenSettings()
    (settings.iterations, settings.refinements, settings.seed) = (6, 8, seed)
    return settings
  }

  static func pulse(_ seed: UInt64 = 1) -> PULSESettings {
    var settings = PULSESettings()
    (settings.iterations, settings.seed) = (8, seed)
    return settings
  }

  static func iagan(_ seed: UInt64 = 1) -> IAGANSettings {
    var settings = IAGANSettings()
    (settings.start.iterations, settings.start.refinements) = (6, 4)
    (settings.start.rounds, settings.start.seed, settings.adaptations) = (2, seed, 6)
    return settings
  }

  static let cases = [
    Case(name: "surgery") { try GeneratorSurgery(weights: $0, settings: surgery($1)) },
    Case(name: "sparse-gen") { try SparseGen(weights: $0, settings: sparseGen($1)) },
    Case(name: "pulse") { try PULSE(weights: $0, settings: pulse($1)) },
    Case(name: "iagan") { try IAGAN(weights: $0, settings: iagan($1)) },
  ]

  @Test(arguments: cases, [1, 2])
  func theImageDependsOnTheSeedAndOnNoThreadCount(_ test: Case, channels: Int) throws {
    let bench = try ILOBench(rows: 21, columns: 26, channels: channels)
    func images(threads: Int, seed: UInt64) throws -> [ComplexArray] {
      let method = try test.make(bench.weights, seed)
      #expect(method.name == test.name)
      return try withThreads(threads) {
        let result = try method.reconstruct(bench.problem) { _ in }
        return result.stages.map(\.image) + [result.image]
      }
    }
    let first = try images(threads: 1, seed: 1)
    #expect(try images(threads: 2, seed: 1) == first)
    // The start at the mean may win, but those from draws differ.
    #expect(try images(threads: 2, seed: 2) != first)
  }

  @Test(arguments: cases) func aScanIsExplainedBetterFromStageToStage(_ test: Case) throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    var fractions: [Double] = []
    let result = try test.make(bench.weights, 1).reconstruct(bench.problem) {
      fractions.append($0.fraction)
    }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    let stages = result.stages
    #expect(stages.last.map { $0.image == result.image } == true)
    let last = try #require(stages.last)
    // The first is by wavelets alone, the next ones are the starts.
    #expect(last.misfit < 0.95 * stages[1].misfit, "\(stages.map(\.misfit))")
    let scale = try #require(result.chosen["scale"])
    #expect(scale > 0)
  }

  @Test(arguments: cases) func denoisersAreRefusedAndAThrowingReportEndsTheWork(
    _ test: Case
  ) throws {
    struct Stop: Error {}
    let bench = try ILOBench(rows: 16, columns: 20)
    let denoiser = WeightsFile(
      architecture: bench.weights.architecture, parameters: bench.weights.parameters,
      notes: ["role": "denoiser"])
    #expect(throws: ReconstructionError.self) { try test.make(denoiser, 1) }
    let method = try test.make(bench.weights, 1)
    var reports = 0
    #expect(throws: Stop.self) {
      try method.reconstruct(bench.problem) { _ in
        reports += 1
        if reports == 4 { throw Stop() }
      }
    }
  }

  @Test func settingsThatDoNotFitAreRefused() {
    let weights = ILOBench.weights(radii: [])
    for change: (inout SurgerySettings) -> Void in [
      { $0.cut = 0 }, { $0.cut = 3 }, { $0.starts = 0 }, { $0.limit = .nan }, { $0.rounds = 0 },
    ] {
      var wrong = Self.surgery()
      change(&wrong)
      #expect(throws: ReconstructionError.self) {
        try GeneratorSurgery(weights: weights, settings: wrong)
      }
    }
    for change: (inout SparseGenSettings) -> Void in [
      { $0.levels = 4 }, { $0.sparsity = -1 }, { $0.sparsity = .nan }, { $0.refinements = 0 },
      { $0.adamRate = 0 },
    ] {
      var wrong = Self.sparseGen()
      change(&wrong)
      #expect(throws: ReconstructionError.self) {
        try SparseGen(weights: weights, settings: wrong)
      }
    }
    for change: (inout PULSESettings) -> Void in [
      { $0.levels = -1 }, { $0.rate = 0 }, { $0.floor = -1 }, { $0.starts = 0 },
    ] {
      var wrong = Self.pulse()
      change(&wrong)
      #expect(throws: ReconstructionError.self) { try PULSE(weights: weights, settings: wrong) }
    }
    for change: (inout IAGANSettings) -> Void in [
      { $0.start.levels = 4 }, { $0.adaptations = 0 }, { $0.weightRate = .nan },
      { $0.latentRate = -1 },
    ] {
      var wrong = Self.iagan()
      change(&wrong)
      #expect(throws: ReconstructionError.self) { try IAGAN(weights: weights, settings: wrong) }
    }
  }

  // MARK: - Surgery

  @Test(arguments: [1, 2]) func aCutGeneratorDrawsWhatTheWholeOneDoes(cut: Int) throws {
    let bench = try ILOBench(rows: 13, columns: 18, channels: 2)
    let generator = CutGenerator(bench.weights.network, cut: cut, shape: [13, 18])
    var random = RandomStream(seed: 3)
    let point = (0..<(bench.latents.ranges.last?.upperBound ?? 0)).map { _ in random.normal() }
    let whole = bench.latents.frame.cut(bench.latents.draw(point).output, scale: 1.5)
    #expect(generator.image(of: generator.vector(ofDeviations: point), scale: 1.5) == whole)
    #expect(generator.deviationsBefore == bench.latents.ranges[cut].lowerBound)
    #expect(generator.ranges.count == 4 - cut)
  }

  @Test(arguments: [1, 2]) func surgerysGradientIsThatOfItsLoss(cut: Int) throws {
    let bench = try ILOBench(rows: 13, columns: 18, channels: 2)
    let generator = CutGenerator(bench.weights.network, cut: cut, shape: [13, 18])
    let objective = CutObjective(
      generator: generator, system: bench.problem.system,
      measurements: bench.problem.measurements, scale: 1.3)
    var random = RandomStream(seed: 5)
    let drawn = (0..<(bench.latents.ranges.last?.upperBound ?? 0)).map { _ in random.normal() }
    let point = generator.vector(ofDeviations: drawn)
    // In every part of the vector.
    for range in generator.ranges {
      let direction = point.indices.map { range.contains($0) ? random.normal() : 0 }
      var (gradient, unused) = (point, point)
      _ = objective.value(at: point, gradient: &gradient)
      let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      func moved(_ factor: Float) -> Double {
        objective.value(
          at: zip(point, direction).map { $0 + factor * $1 }, gradient: &unused)
      }
      let difference = (moved(2e-3) - moved(-2e-3)) / 4e-3
      #expect(
        abs(slope - difference) < 0.02 * abs(difference) + 0.01,
        "\(range): \(slope), not \(difference)")
    }
  }

  @Test func theAuthorsStartIsBoundedNoiseOfTheFeaturesSize() throws {
    let bench = try ILOBench(rows: 16, columns: 20)
    var settings = Self.surgery()
    settings.start = .normal
    let result = try GeneratorSurgery(weights: bench.weights, settings: settings)
      .reconstruct(bench.problem) { _ in }
    #expect(result.stages.map(\.name)[1...2] == ["from draw 0", "from draw 1"])
    #expect(result.image.squaredNorm.isFinite)
  }

  // MARK: - The fitted brightness

  @Test func theGradientWithABrightnessOfItsOwnIsThatOfTheLoss() throws {
    let bench = try ILOBench(rows: 13, columns: 18, channels: 2)
    var settings = ILOSettings()
    settings.imageWeight = 0
    var random = RandomStream(seed: 5)
    let point = (0..<(bench.latents.ranges.last?.upperBound ?? 0)).map { _ in random.normal() }
    // Measurements of an image near by, brighter than s says.
    let system = bench.problem.system
    let truth = point.map { $0 + 0.5 * random.normal() }
    let measurements = system.forward(
      bench.latents.frame.cut(bench.latents.draw(truth).output, scale: 1.7))
    let objective = LatentObjective(
      latents: bench.latents, system: system, measurements: measurements,
      image: ComplexArray(zeros: system.domain), origin: nil, levels: 3, scale: 1.2,
      settings: settings, penaltyRadii: nil, clock: WorkClock(), fitsScale: true)
    let direction = point.map { _ in random.normal() }
    var (gradient, unused) = (point, point)
    let value = objective.value(at: point, gradient: &gradient)
    let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    func moved(_ factor: Float) -> Double {
      objective.value(
        at: zip(point, direction).map { $0 + factor * $1 }, gradient: &unused
      ).loss
    }
    let difference = (moved(2e-3) - moved(-2e-3)) / 4e-3
    #expect(
      abs(slope - difference) < 0.02 * abs(difference), "\(slope), not \(difference)")
    // No other brightness explains the measurements as well.
    let drawn = system.forward(
      bench.latents.frame.cut(bench.latents.draw(point).output, scale: 1))
    let best = try #require(bestScale(drawn, measurements))
    for factor: Float in [0.99, 1, 1.01] {
      var rest = drawn
      rest.scale(by: factor * best)
      rest.add(-1, times: measurements)
      #expect(factor == 1 || rest.squaredNorm > value.misfit)
      #expect(factor != 1 || abs(rest.squaredNorm - value.misfit) < 1e-4 * value.misfit)
    }
    #expect(bestScale(ComplexArray(zeros: drawn.shape), measurements) == nil)
  }

  // MARK: - SparseGen

  @Test func sparseGensGradientsAreThoseOfItsLoss() throws {
    let bench = try ILOBench(rows: 13, columns: 18, channels: 2)
    let objective = bench.objective(settings: ILOSettings(), levels: 3, radii: nil)
    var random = RandomStream(seed: 5)
    let point = (0..<(bench.latents.ranges.last?.upperBound ?? 0)).map { _ in random.normal() }
    func image() -> ComplexArray {
      ComplexArray(
        shape: [13, 18],
        values: (0..<13 * 18).map { _ in Complex(0.3 * random.normal(), 0.3 * random.normal()) })
    }
    let (deviation, direction) = (image(), image())
    let ways = point.map { _ in random.normal() }
    var (gradient, unused) = (point, point)
    let value = objective.value(at: point, beside: deviation, gradient: &gradient)
    func loss(latents: Float, image: Float) -> Double {
      var moved = deviation
      moved.add(image, times: direction)
      return objective.value(
        at: zip(point, ways).map { $0 + latents * $1 }, beside: moved, gradient: &unused
      ).loss
    }
    let slope = zip(gradient, ways).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let step: Float = 1e-2
    let difference =
      (loss(latents: step, image: 0) - loss(latents: -step, image: 0)) / Double(2 * step)
    #expect(abs(slope - difference) < 0.02 * abs(difference))
    let settings = ILOSettings()
    let weight = 1 / Double(objective.scale * objective.scale * settings.misfit * settings.misfit)
    let toImage = zip(value.toImage.values, direction.values).reduce(0.0) {
      $0 + weight * Double(($1.0.conjugate * $1.1).real)
    }
    let moved = (loss(latents: 0, image: step) - loss(latents: 0, image: -step)) / Double(2 * step)
    #expect(abs(toImage - moved) < 0.02 * abs(moved))
  }

  @Test func theDeviationIsZeroUnderAGreatWeightAndExplainsUnderASmallOne() throws {
    let bench = try ILOBench(rows: 37, columns: 45, channels: 2)
    func run(_ sparsity: Float) throws -> (whole: Double, chosen: Double?) {
      var settings = Self.sparseGen()
      settings.sparsity = sparsity
      let result = try SparseGen(weights: bench.weights, settings: settings)
        .reconstruct(bench.problem) { _ in }
      return (result.stages.last?.misfit ?? .infinity, result.chosen["sparsity"])
    }
    let (great, small, chosen) = (try run(100), try run(1e-3), try run(0))
    #expect(small.whole < 0.3 * great.whole)
    #expect(great.chosen == 100)
    #expect(chosen.chosen.map { SparseGenSettings.weights.contains(Float($0)) } == true)
  }

  // MARK: - PULSE

  @Test func latentsStayOnTheirSpheres() throws {
    let bench = try ILOBench(rows: 16, columns: 20)
    let settings = Self.pulse()
    let model = SphereModel(
      latents: LatentModel(
        bench.weights.network, shape: [16, 20], levels: 2, stage: settings.stage),
      settings: settings)
    let phase = try bench.problem.firstPhase()
    let target = FitTarget(
      problem: bench.problem, phase: phase, system: bench.problem.system(relativeTo: phase),
      scale: 1, fitsScale: false, round: 0, clock: WorkClock())
    var misfits: [Double] = []
    let start = model.start(0)
    let found = try model.fit(from: start, iterations: 12, to: target) { misfits.append($1) }
    #expect(found.point.count == bench.latents.ranges[1].upperBound)
    for point in [start, found.point] {
      for range in bench.latents.ranges.prefix(2) {
        let square = point[range].reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(square / Double(range.count) - 1) < 1e-4)
      }
    }
    #expect(found.point != start)
    // The point of least misfit is given back, not the last.
    var unused = found.point
    let last = model.latents.objective(for: target).value(at: found.point, gradient: &unused)
    #expect(misfits.allSatisfy { last.misfit <= $0 })
  }

  @Test func theRateGoesUpAndDownAsTheAuthorsSay() {
    // adamian98/pulse:PULSE.py, `linear1cycledrop` for 100 steps, computed by hand.
    for (step, factor) in [(0, 0.1), (45, 1.0), (9, 0.28), (81, 0.28), (90, 0.1), (95, 0.0505)] {
      #expect(abs(Double(PULSESettings.rateFactor(step, of: 100)) - factor) < 1e-4, "\(step)")
    }
    #expect(PULSESettings.rateFactor(99, of: 100) < 0.011)
  }

  @Test func belowTheFloorNothingMoves() throws {
    let bench = try ILOBench(rows: 16, columns: 20)
    var settings = Self.pulse()
    (settings.floor, settings.starts, settings.fitsScale) = (1e6, 1, false)
    let result = try PULSE(weights: bench.weights, settings: settings)
      .reconstruct(bench.problem) { _ in }
    // The second round's image is the first one's, behind another phase.
    let images = result.stages.dropFirst().map(\.image.magnitudes.values)
    #expect(zip(images[0], images[1]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  // MARK: - IAGAN

  @Test func adaptedWeightsExplainMoreThanLatentsAloneAndAreNotKept() throws {
    let bench = try ILOBench(rows: 21, columns: 26, channels: 2)
    var settings = Self.iagan()
    (settings.adaptations, settings.weightRate) = (25, 3e-3)
    let method = try IAGAN(weights: bench.weights, settings: settings)
    let result = try method.reconstruct(bench.problem) { _ in }
    settings.weightRate = 0
    let still = try IAGAN(weights: bench.weights, settings: settings)
      .reconstruct(bench.problem) { _ in }
    let (moved, fixed) = (
      try #require(result.stages.last?.misfit), try #require(still.stages.last?.misfit)
    )
    #expect(moved < 0.95 * fixed)
    #expect(try method.reconstruct(bench.problem) { _ in }.image == result.image)
  }
}
