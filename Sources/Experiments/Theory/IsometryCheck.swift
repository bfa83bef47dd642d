import Arrays
import LinearOperators
import Numerics
import Optimization

/// How much measurements shrink differences of images that the generator can draw: the set-restricted
/// eigenvalue condition, S-REC (Bora et al., ICML 2017, definition 1).
///
/// A has S-REC(S, γ, δ) if ‖A (u − v)‖ ≥ γ ‖u − v‖ − δ for all u and v in S. Of finitely many pairs only an upper
/// bound on the true γ can be told. So besides random pairs bad ones are looked for: from the worst random
/// pair L-BFGS lowers ‖A (u − v)‖² / ‖u − v‖² inside the set. The theory is for Gaussian rows alone; the others
/// are what scanners and this program have.
public enum IsometryCheck {
  public struct Row: Sendable, Equatable, Codable {
    public var ensemble: MeasurementEnsemble
    /// m.
    public var measurements: Int
    /// The least and the median ‖A (u − v)‖ / ‖u − v‖ of random pairs.
    public var leastRandom: Double
    public var medianRandom: Double
    /// γ for δ = 0: the least ratio of all pairs, those that were looked for among them.
    public var gamma: Double
    /// γ for δ of a hundredth and a tenth of the images' median norm.
    public var gammaSmallDelta: Double
    public var gammaLargeDelta: Double
  }

  /// Two points of the set, as features.
  private struct Pair {
    var first, second: [Float]
    let firstCentre, secondCentre: [Float]
  }

  /// One ensemble and number of measurements, for the range of the generator with balls of `radius`.
  static func row(
    _ generator: TwoPartGenerator, _ ensemble: MeasurementEnsemble, measurements: Int,
    radius: Double, settings: TheorySettings
  ) -> Row {
    let system = ensemble.system(
      shape: generator.shape, measurements: measurements, seed: settings.seed)
    var random = RandomStream(seed: settings.seed).split(stream: 0x70616972)
    var pairs: [Pair] = []
    var norms: [Double] = []
    for number in 0..<settings.pairs {
      let first = generator.features(generator.latents(&random))
      // Every other pair differs inside one ball alone.
      let second =
        number % 2 == 0 ? first : generator.features(generator.latents(&random))
      pairs.append(
        Pair(
          first: RadiusCheck.sum(first, ballPoint(first.count, radius, &random)),
          second: RadiusCheck.sum(second, ballPoint(first.count, radius, &random)),
          firstCentre: first, secondCentre: second))
      norms.append(generator.image(first).squaredNorm.squareRoot())
    }
    var distances = pairs.map { lengths(generator, $0, system) }
    let ratios = distances.map { $0.measured / $0.image }
    let worst = ratios.indices.min { ratios[$0] < ratios[$1] } ?? 0
    let found = worsened(
      generator, pairs[worst], radius: radius, system, iterations: settings.ballIterations)
    distances.append(lengths(generator, found, system))
    norms.sort()
    let norm = norms[norms.count / 2]
    func gamma(_ delta: Double) -> Double {
      distances.map { ($0.measured + delta * norm) / $0.image }.min() ?? .nan
    }
    return Row(
      ensemble: ensemble, measurements: measurements, leastRandom: ratios[worst],
      medianRandom: ratios.sorted()[ratios.count / 2], gamma: gamma(0),
      gammaSmallDelta: gamma(0.01), gammaLargeDelta: gamma(0.1))
  }

  /// The least ratio found of pairs inside one ball.
  static func worstRatio(
    _ generator: TwoPartGenerator, about centre: [Float], radius: Double,
    _ system: any LinearOperator, pairs count: Int, iterations: Int, seed: UInt64
  ) -> Double? {
    guard radius > 0 else { return nil }
    var random = RandomStream(seed: seed).split(stream: 0x776f7273)
    let pairs = (0..<count).map { _ in
      Pair(
        first: RadiusCheck.sum(centre, ballPoint(centre.count, radius, &random)),
        second: RadiusCheck.sum(centre, ballPoint(centre.count, radius, &random)),
        firstCentre: centre, secondCentre: centre)
    }
    func ratio(_ pair: Pair) -> Double {
      let lengths = lengths(generator, pair, system)
      return lengths.measured / lengths.image
    }
    let ratios = pairs.map(ratio)
    guard let worst = ratios.indices.min(by: { ratios[$0] < ratios[$1] }) else { return nil }
    return min(
      ratios[worst],
      ratio(
        worsened(generator, pairs[worst], radius: radius, system, iterations: iterations)))
  }

  /// A point on the ball's surface: from one value to all of them, of random signs.
  static func ballPoint(
    _ count: Int, _ radius: Double, _ random: inout RandomStream
  ) -> [Float] {
    let places = Int(Float.pow(Float(count), random.uniform()).rounded())
    var point = [Float](repeating: 0, count: count)
    for _ in 0..<max(1, places) {
      point[Int.random(in: 0..<count, using: &random)] += random.normal()
    }
    let sum = absoluteSum(point)
    if sum > 0 { for index in point.indices { point[index] *= Float(radius / sum) } }
    return point
  }

  private static func lengths(
    _ generator: TwoPartGenerator, _ pair: Pair, _ system: any LinearOperator
  ) -> (measured: Double, image: Double) {
    var difference = generator.image(pair.first)
    difference.add(-1, times: generator.image(pair.second))
    return (
      system.forward(difference).squaredNorm.squareRoot(),
      max(difference.squaredNorm.squareRoot(), .leastNormalMagnitude)
    )
  }

  /// The pair with both points moved inside their balls to lower ‖A d‖² / ‖d‖².
  private static func worsened(
    _ generator: TwoPartGenerator, _ pair: Pair, radius: Double, _ system: any LinearOperator,
    iterations: Int
  ) -> Pair {
    let count = pair.first.count
    let centres = pair.firstCentre + pair.secondCentre
    let start = zip(pair.first + pair.second, centres).map { $0 - $1 }
    let found = LBFGS().minimise(
      from: start, iterations: iterations,
      project: { values in
        values.withUnsafeMutableBufferPointer { all in
          for range in [0..<count, count..<2 * count] {
            L1Ball(radius: radius).project(UnsafeMutableBufferPointer(rebasing: all[range]))
          }
        }
      }, observe: { _ in },
      objective: { values, gradient in
        let points = RadiusCheck.sum(values, centres)
        let (first, second) = (Array(points[..<count]), Array(points[count...]))
        var difference = generator.image(first)
        difference.add(-1, times: generator.image(second))
        let square = max(difference.squaredNorm, .leastNormalMagnitude)
        let zero = ComplexArray(zeros: system.codomain)
        var back = ComplexArray(zeros: system.domain)
        let ratio = 2 * system.dataLoss(difference, measurements: zero, into: &back) / square
        // 2 (Aᴴ A d − ratio d) / ‖d‖².
        back.add(Float(-ratio), times: difference)
        back.scale(by: Float(2 / square))
        gradient =
          generator.pulledBack(back, at: first)
          + generator.pulledBack(back, at: second).map { -$0 }
        return ratio
      }
    ).point
    var result = pair
    let points = RadiusCheck.sum(found, centres)
    (result.first, result.second) = (Array(points[..<count]), Array(points[count...]))
    return result
  }
}
