import Arrays
import Generators
import Layers
import LinearOperators
import Numerics
import Testing

@testable import Reconstruction

@Suite struct ILOPartTests {
  @Test(arguments: [1, 2]) func pastingIsTheAdjointOfCutting(channels: Int) {
    let frame = ImageFrame(shape: [13, 9], factor: 4)
    #expect([frame.paddedRows, frame.paddedColumns] == [16, 12])
    var random = RandomStream(seed: 3)
    let features = Features(
      rows: 16, columns: 12, channels: channels,
      values: (0..<192 * channels).map { _ in random.normal() })
    let image = ComplexArray(
      shape: [13, 9], values: (0..<117).map { _ in Complex(random.normal(), random.normal()) })
    let cut = frame.cut(features, scale: 1.5)
    let left = zip(cut.values, image.values).reduce(0.0) {
      $0 + Double($1.0.real * $1.1.real + $1.0.imaginary * $1.1.imaginary)
    }
    let pasted = frame.paste(image, scale: 1.5, channels: channels)
    let right = zip(features.values, pasted.values).reduce(0.0) { $0 + Double($1.0 * $1.1) }
    #expect(abs(left - right) < 1e-4)
    // What is cut out of the frame is what was put there.
    let round = frame.cut(frame.paste(image, scale: 1, channels: channels), scale: 1)
    #expect(round == (channels == 1 ? image.realPart : image))
  }

  @Test(arguments: [
    (Float(2.0), Float(1.0), Float(0.3), Float(0.4)), (0.9, 1.0, 0.3, 0.4), (0.2, 1.0, 0.3, 0.4),
    (-0.05, 1.0, 0.3, 0.4), (-2.0, 1.0, 0.3, 0.4), (0.6, 1.0, 0.4, 0.1), (-0.6, -1.0, 0.4, 0.1),
    (0.3, 0.0, 0.3, 0.4), (1.2, 0.0, 0.5, 0.0), (0.1, -0.7, 0.0, 0.5),
  ])
  func shrinkageIsTheMinimiser(value: Float, centre: Float, toZero: Float, toCentre: Float) {
    func cost(_ c: Float) -> Float {
      0.5 * (c - value) * (c - value) + toZero * abs(c) + toCentre * abs(c - centre)
    }
    // A single pixel is its own coefficient.
    var shrinkage = ResidualShrinkage(
      shape: [1, 1], drawn: ComplexArray(shape: [1, 1], values: [Complex(centre, 0)]),
      share: toZero / (toZero + toCentre), seed: 1)
    var image = ComplexArray(shape: [1, 1], values: [Complex(value, 0)])
    shrinkage.apply(&image, threshold: toZero + toCentre)
    let found = image.values[0].real
    let best = (-30000...30000).map { cost(Float($0) / 10000) }.min() ?? 0
    #expect(cost(found) <= best + 1e-6)
  }

  @Test func withoutADrawnImageRealAndImaginaryPartsShrinkAlone() {
    // One level of detail only matters at the approximation: a constant image keeps its sign.
    var shrinkage = ResidualShrinkage(shape: [32, 32], drawn: nil, share: 0.3, seed: 1)
    var image = ComplexArray(shape: [32, 32], repeating: Complex(1, -0.01))
    shrinkage.apply(&image, threshold: 0.05)
    // 32 × 32 has one useful level: approximations are twice the pixels.
    for value in image.values {
      #expect(abs(value.real - 0.975) < 1e-5)
      #expect(value.imaginary == 0)
    }
  }

  @Test func anImageEqualToTheDrawnOneStaysThere() {
    var random = RandomStream(seed: 8)
    let drawn = ComplexArray(
      shape: [37, 45], values: (0..<37 * 45).map { _ in Complex(1 + random.uniform(), 0) })
    var shrinkage = ResidualShrinkage(shape: [37, 45], drawn: drawn, share: 0, seed: 2)
    var image = drawn
    shrinkage.apply(&image, threshold: 0.1)
    image.add(-1, times: drawn)
    #expect(image.squaredNorm < 1e-8 * drawn.squaredNorm)
  }

  @Test func thePhaseOfASmoothImageIsFound() {
    var image = ComplexArray(zeros: [40, 36])
    var expected = image
    for y in 0..<40 {
      for x in 0..<36 {
        let angle = 0.9 * Float.sin(Float(y) / 40 * 6.28) + 0.4 * Float.cos(Float(x) / 36 * 6.28)
        expected.values[y * 36 + x] = Complex(length: 1, phase: angle)
        image.values[y * 36 + x] = Complex(length: 2, phase: angle)
      }
    }
    let found = ImagePhase.phasor(of: image, width: 0.3)
    for (a, b) in zip(found.values, expected.values) {
      #expect((a * b.conjugate).real > 0.995)
      #expect(abs(a.length - 1) < 1e-5)
    }
  }

  @Test(arguments: [ILOSettings.Constraint.none, .penalty], [1, 2])
  func theLossHasItsGradient(constraint: ILOSettings.Constraint, channels: Int) throws {
    let bench = try ILOBench(rows: 21, columns: 18, channels: channels)
    var settings = ILOSettings()
    settings.stages = [4, 4, 4].map { .init(iterations: $0) }
    settings.constraint = constraint
    settings.misfit = 1
    settings.imageWeight = 0.7
    let objective = bench.objective(
      settings: settings, levels: 3, radii: constraint == .penalty ? [1, 2, 3] : nil,
      origin: channels == 2 ? bench.origin : nil)
    var random = RandomStream(seed: 4)
    let count = bench.latents.ranges[2].upperBound
    let point = (0..<count).map { _ in 0.5 * random.normal() }
    var gradient = [Float](repeating: 0, count: count)
    _ = objective.value(at: point, gradient: &gradient)
    // Kinks of the rectifiers and single precision leave a few percent in one direction; over many
    // the central differences must be the slopes, with no factor between.
    var (product, squares, differences) = (0.0, 0.0, 0.0)
    for _ in 0..<24 {
      let direction = (0..<count).map { _ in random.normal() }
      var scratch = gradient
      func value(_ t: Float) -> Double {
        objective.value(
          at: zip(point, direction).map { $0 + t * $1 }, gradient: &scratch
        ).loss
      }
      let h: Float = 0.005
      let difference = (value(h) - value(-h)) / Double(2 * h)
      let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0 * $1.1) }
      product += difference * slope
      squares += slope * slope
      differences += difference * difference
    }
    #expect(abs(product / squares - 1) < 0.01)
    #expect(product / (squares * differences).squareRoot() > 0.999)
  }

  @Test func levelsBehindThoseThatMoveStayAtTheOrigin() throws {
    let bench = try ILOBench(rows: 16, columns: 20, channels: 2)
    let origin = bench.origin
    let objective = bench.objective(
      settings: ILOSettings(), levels: 2, radii: nil, origin: origin)
    var gradient = [Float](repeating: .nan, count: bench.latents.ranges[1].upperBound)
    let point = [Float](repeating: 0, count: gradient.count)
    let value = objective.value(at: point, gradient: &gradient)
    let drawn = bench.latents.frame.cut(bench.latents.draw(origin.mean).output, scale: 1.2)
    var misfit = bench.problem.system.forward(drawn)
    misfit.add(-1, times: bench.problem.measurements)
    #expect(abs(value.misfit - misfit.squaredNorm) < 1e-4 * misfit.squaredNorm)
    #expect(gradient.allSatisfy { $0.isFinite })
  }

  @Test func aLevelAtItsPriorMeanIsALevelLeftOut() throws {
    let bench = try ILOBench(rows: 16, columns: 20)
    var random = RandomStream(seed: 4)
    let point = bench.latents.ranges[0].map { _ in random.normal() }
    let short = bench.latents.draw(point).output
    let long = bench.latents.draw(bench.latents.extended(point, to: 2)).output
    // Stages are continuous: the next one starts from the image, and so the loss, of the last.
    #expect(short == long)
  }

  @Test(arguments: ILOSettings.Optimizer.allCases)
  func aStageLowersTheLossInsideItsBalls(optimizer: ILOSettings.Optimizer) throws {
    let bench = try ILOBench(rows: 21, columns: 18)
    var settings = ILOSettings()
    settings.optimizer = optimizer
    (settings.misfit, settings.imageWeight) = (0.24, 1)
    let radii = bench.latents.ranges.map { 0.05 * Double($0.count) }
    let objective = bench.objective(settings: settings, levels: 3, radii: nil)
    let start = [Float](repeating: 0, count: bench.latents.ranges[2].upperBound)
    let found = LatentStage(objective: objective, settings: settings, radii: radii).run(
      from: start, iterations: 10, observe: { _, _ in })
    var scratch = start
    let before = objective.value(at: start, gradient: &scratch).loss
    let after = objective.value(at: found, gradient: &scratch).loss
    #expect(after < before)
    var isOnABoundary = false
    for (range, radius) in zip(bench.latents.ranges, radii) {
      let sum = found[range].reduce(0.0) { $0 + Double(abs($1)) }
      #expect(sum <= radius * 1.0001)
      if sum > 0.99 * radius { isOnABoundary = true }
    }
    // Else the balls would not have been tried.
    #expect(isOnABoundary)
  }
}
