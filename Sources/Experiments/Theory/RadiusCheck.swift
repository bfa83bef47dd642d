import Arrays
import Generators
import LinearOperators
import Numerics
import Optimization
import Reconstruction

/// Recovery error against the radius of the l1 ball, at fixed numbers of measurements, and the theorem's
/// bound on it.
///
/// Truth: x* = G₂(G₁(z*) + ν*) with a sparse ν*, measured by Gaussian rows, with noise. First the latents are
/// fitted, ẑ, which is CSGM with G₁'s latents; then ν in the ball of radius r about h₀ = G₁(ẑ), as a stage of
/// ILO does, from small radii to large ones, each from where the one before ended. Radius 0 is the CSGM
/// image, no ball is a plain search of the intermediate layer.
///
/// For the bound: x̄ is the image of the same set that is nearest to x*, which takes x* to know, and x̂ the one
/// that explains the measurements best. If ‖A (u − v)‖ ≥ γ ‖u − v‖ for u and v of the set, then
/// ‖x̂ − x*‖ ≤ ‖x̄ − x*‖ + (‖A x̂ − y‖ + ‖A x̄ − y‖) / γ, by two triangle inequalities; where x̂ is the best,
/// ‖A x̂ − y‖ ≤ ‖A x̄ − y‖ makes it (1 + 4 / γ) ‖x̄ − x*‖ + 2 ‖noise‖ / γ for a Gaussian A, which stretches the fixed
/// x̄ − x* by no more than 2 (the form of theorem 1 of Daras et al., ICML 2021).
public enum RadiusCheck {
  public struct Row: Sendable, Equatable, Codable {
    public var image: Int
    /// m.
    public var measurements: Int
    /// The radius over ‖ν*‖₁; nil for no ball.
    public var radiusFactor: Double?
    /// The radius; nil for no ball.
    public var radius: Double?
    /// ‖ν‖₁ of the deviation found.
    public var sum: Double
    /// ‖A x̂ − y‖ / ‖y‖.
    public var misfit: Double
    /// ‖x̂ − x*‖ / ‖x*‖.
    public var error: Double
    /// ‖x̄ − x*‖ / ‖x*‖.
    public var bestError: Double
    /// ‖A x̄ − y‖ / ‖y‖.
    public var bestMisfit: Double
    /// γ: the least ‖A (u − v)‖ / ‖u − v‖ found of pairs of the set; nil for no ball.
    public var gamma: Double?
    /// The right side of the first inequality over ‖x*‖.
    public var bound: Double?
    /// The right side of the second.
    public var theoremBound: Double?
  }

  /// A drawn image with its measurements.
  struct Case {
    let image: Int
    let truth: ComplexArray
    let truthFeatures: [Float]
    /// ‖ν*‖₁.
    let radius: Double
    let system: any LinearOperator
    let measurements: ComplexArray
    let noiseNorm: Double

    /// Image `image` measured by Gaussian rows, a share of the number of pixels.
    init(
      _ generator: TwoPartGenerator, image: Int, share: Double, settings: TheorySettings
    ) {
      self.image = image
      var random = RandomStream(seed: settings.seed).split(stream: UInt64(image))
      let features = generator.features(generator.latents(&random))
      let deviation = generator.sparseDeviation(
        of: features, share: settings.sparsity, change: settings.deviation, &random)
      truthFeatures = zip(features, deviation).map { $0 + $1 }
      radius = absoluteSum(deviation)
      truth = generator.image(truthFeatures)
      let count = max(2, Int((share * Double(generator.pixelCount)).rounded()))
      // The matrix of fewer measurements is a part of that of more.
      system = MeasurementEnsemble.gaussian.system(
        shape: generator.shape, measurements: count, seed: settings.seed)
      var values = system.forward(truth)
      let clean = values
      var noise = RandomStream(seed: settings.seed).split(stream: 0x6e6f).split(
        stream: UInt64(image))
      let size = Float(
        settings.noise * (values.squaredNorm / Double(count)).squareRoot())
      for index in values.values.indices {
        values.values[index] += Complex(size * noise.normal(), 0)
      }
      measurements = values
      noiseNorm = distance(values, clean)
    }
  }

  /// All radii for one image and number of measurements.
  static func rows(
    _ generator: TwoPartGenerator, _ test: Case, settings: TheorySettings
  ) -> [Row] {
    let start = generator.features(latents(generator, test, settings: settings))
    let norm = test.truth.squaredNorm.squareRoot()
    let measured = test.measurements.squaredNorm.squareRoot()
    let identity = RealImageOperator(IdentityOperator(shape: generator.shape))
    var (found, best) = (
      [Float](repeating: 0, count: start.count), [Float](repeating: 0, count: start.count)
    )
    return (settings.radii.map { $0 as Double? } + [nil]).map { factor in
      let radius = factor.map { $0 * test.radius }
      if radius != 0 {
        found = deviation(
          generator, from: found, about: start, radius: radius, test.system, test.measurements,
          iterations: settings.ballIterations)
        best = deviation(
          generator, from: best, about: start, radius: radius, identity, test.truth,
          iterations: settings.ballIterations)
      }
      let image = generator.image(sum(start, found))
      let nearest = generator.image(sum(start, best))
      let misfit = distance(test.system.forward(image), test.measurements)
      let bestMisfit = distance(test.system.forward(nearest), test.measurements)
      let bestError = distance(nearest, test.truth)
      let gamma = radius.flatMap {
        IsometryCheck.worstRatio(
          generator, about: start, radius: $0, test.system, pairs: 8, iterations: 20,
          seed: settings.seed)
      }
      return Row(
        image: test.image, measurements: test.system.codomain.reduce(1, *), radiusFactor: factor,
        radius: radius, sum: absoluteSum(found), misfit: misfit / measured,
        error: distance(image, test.truth) / norm, bestError: bestError / norm,
        bestMisfit: bestMisfit / measured,
        // The set of radius 0 is one image, of which any γ holds.
        gamma: gamma,
        bound: radius == 0
          ? bestError / norm : gamma.map { (bestError + (misfit + bestMisfit) / $0) / norm },
        theoremBound: radius == 0
          ? bestError / norm
          : gamma.map { ((1 + 4 / $0) * bestError + 2 * test.noiseNorm / $0) / norm })
    }
  }

  /// ẑ: of fits from zero and from draws the one of least misfit.
  static func latents(
    _ generator: TwoPartGenerator, _ test: Case, settings: TheorySettings
  ) -> [Float] {
    let stages = LatentStages(
      generator.network, system: test.system, measurements: test.measurements, misfit: 1,
      priorWeight: 1e-6)
    var random = RandomStream(seed: settings.seed).split(stream: 0x7a).split(
      stream: UInt64(test.image))
    var best: (loss: Double, point: [Float])?
    for start in 0..<settings.starts {
      let point = stages.fit(
        from: start == 0
          ? [Float](repeating: 0, count: generator.latentCount) : generator.latents(&random),
        levels: generator.cut, iterations: settings.latentIterations)
      let loss = stages.loss(point, levels: generator.cut)
      if let best, !(loss < best.loss) { continue }
      best = (loss, point)
    }
    return best?.point ?? []
  }

  /// ν of least ‖A G₂(h₀ + ν) − y‖ in the ball, found from a point of it.
  static func deviation(
    _ generator: TwoPartGenerator, from point: [Float], about start: [Float], radius: Double?,
    _ system: any LinearOperator, _ measurements: ComplexArray, iterations: Int
  ) -> [Float] {
    let project: ((inout [Float]) -> Void)? = radius.map { radius in
      { values in
        values.withUnsafeMutableBufferPointer { L1Ball(radius: radius).project($0) }
      }
    }
    return LBFGS().minimise(
      from: point, iterations: iterations, project: project, observe: { _ in },
      objective: { values, gradient in
        generator.misfit(system, measurements, at: sum(start, values), gradient: &gradient)
      }
    ).point
  }

  static func sum(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 + $1 } }
}
