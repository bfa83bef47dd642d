public import Arrays
public import LinearOperators
import Numerics

/// A real image `[rows, columns]` behind any linear operator, as every method gets it.
///
/// The operator is divided by its norm, and the measurements with it; intensities are scaled so that the 99th
/// percentile of the first image, `start`, is 1: least squares with a weight on its gradient that best predicts
/// a fifth of the measurements from the others. All comes from the measurements and from what is known of how
/// they were made: the operator and the noise.
public struct LinearInverseProblem: InverseProblem {
  /// A behind the real part of the image, of norm 1 or a little less.
  public let system: ScaledOperator
  /// y, scaled, of the shape `system.codomain`.
  public let measurements: ComplexArray
  /// What images are multiplied by to be in the units of the measurements that were given.
  public let intensityScale: Float
  public let direct: ComplexArray
  /// The image of least squares with a weight on its gradient, scaled.
  public let start: ComplexArray
  /// That weight.
  public let startWeight: Float
  /// The standard deviation of the noise in the real part of a scaled measurement, and in the imaginary part
  /// where it is complex.
  public let noiseDeviation: Float
  /// Whether measurements, and the noise in them, have imaginary parts.
  public let isComplex: Bool

  /// The percentile of the first image's magnitude that is scaled to 1.
  public static let scalePercentile = 99.0
  /// The weights that the first image's is chosen from, and the one where nothing can be held out.
  static let startWeights: [Float] = [5.12, 1.28, 0.32, 0.08, 0.02, 0.005, 0.00125]
  static let fallbackWeight: Float = 0.02
  /// The most iterations of the first image.
  static let startIterations = 100

  /// Scales operator and measurements.
  ///
  /// - Parameters:
  ///   - system: A on images `[rows, columns]`.
  ///   - measurements: of the shape `system.codomain`.
  ///   - noise: the standard deviation of the noise in each real and each imaginary part, in units of the
  ///     measurements.
  ///   - isComplex: whether they have imaginary parts.
  ///   - interpolation: a map from measurements to images that shows them better than Aᴴ does; nil for Aᴴ.
  /// - Throws: `ReconstructionError` when the measurements are not finite or hold no signal.
  public init(
    system: any LinearOperator, measurements: ComplexArray, noise: Float, isComplex: Bool,
    interpolation: (any LinearOperator)? = nil
  ) throws(ReconstructionError) {
    guard measurements.shape == system.codomain, system.domain.count == 2,
      interpolation.map({ $0.domain == system.codomain && $0.codomain == system.domain }) ?? true
    else {
      shapeError(
        "measurements \(measurements.shape) of an operator \(system.domain) to \(system.codomain)")
    }
    guard measurements.squaredNorm.isFinite, noise.isFinite, noise >= 0 else {
      throw .measurementsNotFinite
    }
    // A power iteration comes from below.
    let norm = system.normBound ?? 1.02 * operatorNorm(of: system)
    guard norm > 0, norm.isFinite, measurements.squaredNorm > 0 else { throw .nothingMeasured }
    let factor = Float(1 / norm)
    let scaled = ScaledOperator(RealImageOperator(system), by: factor)
    var values = measurements
    values.scale(by: factor)
    let startWeight = Self.chosenWeight(scaled, values)
    var start = Self.start(scaled, values, weight: startWeight)
    let scale = percentile(start.magnitudes.values, Self.scalePercentile)
    guard scale > 0, (1 / scale).isFinite else { throw .nothingMeasured }
    values.scale(by: 1 / scale)
    start.scale(by: 1 / scale)
    var direct = interpolation?.forward(measurements) ?? system.adjoint(measurements)
    direct.scale(by: 1 / scale)
    self.system = scaled
    self.measurements = values
    (self.direct, self.start, self.isComplex) = (Self.real(direct), start, isComplex)
    self.startWeight = startWeight
    intensityScale = scale
    noiseDeviation = noise * factor / scale
  }

  /// The problem of some of the measurements, in the units of this one.
  private init(_ whole: LinearInverseProblem, keeping kept: [Int]) {
    system = ScaledOperator(whole.system.base.selecting(kept), by: whole.system.factor)
    measurements = Self.selected(whole.measurements, kept)
    (intensityScale, noiseDeviation) = (whole.intensityScale, whole.noiseDeviation)
    (isComplex, direct) = (whole.isComplex, system.adjoint(measurements))
    startWeight = whole.startWeight
    start = Self.start(system, measurements, weight: startWeight)
  }

  /// An image `[rows, columns]` in the units of the measurements that were given: no value below 0.
  public func intensities(_ image: ComplexArray) -> RealArray {
    RealArray(
      shape: image.shape,
      // A comparison would turn what is not a number into 0.
      values: image.values.map { $0.real.isFinite ? max(0, $0.real) * intensityScale : .nan })
  }

  public var statedNoise: Float? { noiseDeviation }
  public var hasTrainedFirstImages: Bool { false }
  /// The image of least squares that solvers start from.
  public var firstImage: ComplexArray? { start }

  /// Four more at either end: there is less noise than in scans, or more, and less is missing, or more.
  public func weights(_ ladder: WeightLadder) -> WeightLadder {
    var wider = ladder
    for _ in 0..<4 { wider.largest /= wider.ratio }
    wider.rungs += 8
    return wider
  }

  /// The operator itself: real images have no phase.
  public func system(relativeTo phase: ComplexArray) -> any LinearOperator { system }

  public func start(of system: any LinearOperator) -> ComplexArray { start }

  public func firstPhase() -> ComplexArray { ComplexArray(shape: system.domain, repeating: .one) }

  public func phase(of image: ComplexArray, width: Float) -> ComplexArray { firstPhase() }

  public func admissible(_ image: ComplexArray) -> ComplexArray { Self.real(image) }

  public func heldOut(oneOf share: Int, phase: ComplexArray, seed: UInt64) -> HeldOutData? {
    let free = Self.shuffledFree(measurements, seed: seed)
    guard free.count >= Self.fewestMeasurements else { return nil }
    let held = free.prefix(free.count / share).sorted()
    let rest = Self.complement(of: held, count: measurements.count)
    let kept = LinearInverseProblem(self, keeping: rest)
    return HeldOutData(
      fit: kept.system, kept: kept.measurements, check: system.selecting(held),
      expected: Self.selected(measurements, held), count: held.count, unit: "measurements",
      start: kept.start)
  }

  /// Folds of random measurements.
  public func folds(share: Double, count: Int, seed: UInt64) -> ValidationFolds {
    let free = Self.shuffledFree(measurements, seed: seed)
    guard free.count >= Self.fewestMeasurements else {
      return ValidationFolds(folds: [], count: 0, unit: "measurements", stand: 1)
    }
    let size = max(1, min(free.count / count, Int((share * Double(measurements.count)).rounded())))
    let heldCount = size * count
    let missing = system.domain.reduce(1, *) - measurements.count
    return ValidationFolds(
      folds: (0..<count).map { number in
        let held = free[number * size..<(number + 1) * size].sorted()
        let kept = LinearInverseProblem(
          self, keeping: Self.complement(of: held, count: measurements.count))
        let check = system.selecting(held)
        let expected = Self.selected(measurements, held)
        let noise = kept.expectedNoise
        return ValidationFolds.Fold(
          problem: kept, error: { Self.squaredMisfit(check, $0, expected) },
          excess: { max(0, Self.squaredMisfit(kept.system, $0, kept.measurements) - noise) })
      }, count: heldCount, unit: "measurements",
      stand: Double(max(missing, heldCount)) / Double(heldCount))
  }

  public func noise() -> MeasurementNoise { MeasurementNoise(deviation: noiseDeviation) }

  /// Throws `ReconstructionError.noiseless` where no noise is stated.
  public func discrepancy() throws -> (ComplexArray) -> Double {
    let noise = expectedNoise
    guard noise > 0 else { throw ReconstructionError.noiseless }
    return { Self.squaredMisfit(system, $0, measurements) / noise }
  }

  /// With fewer measurements that can be missed none is held out.
  private static let fewestMeasurements = 40

  /// The places of the measurements that can be held out, in random order.
  ///
  /// All but those of the largest magnitudes: where a few hold most of the energy, as the centre of k-space
  /// does, folds would differ in nothing so much as in how many of them they got.
  private static func shuffledFree(_ measurements: ComplexArray, seed: UInt64) -> [Int] {
    let magnitudes = measurements.magnitudes.values
    let largest = percentile(magnitudes, 99)
    var free = magnitudes.indices.filter { magnitudes[$0] <= largest }
    var random = RandomStream(seed: seed)
    free.shuffle(using: &random)
    return free
  }

  private static func complement(of held: [Int], count: Int) -> [Int] {
    var isKept = [Bool](repeating: true, count: count)
    for place in held { isKept[place] = false }
    return isKept.indices.filter { isKept[$0] }
  }

  /// ‖noise‖² in the mean.
  private var expectedNoise: Double {
    let square = Double(noiseDeviation) * Double(noiseDeviation)
    return (isComplex ? 2 : 1) * square * Double(measurements.count)
  }

  private static func start(
    _ system: any LinearOperator, _ measurements: ComplexArray, weight: Float
  ) -> ComplexArray {
    SmoothLeastSquares.solve(
      system, measurements, weight: weight, iterations: startIterations, report: { _ in })
  }

  /// The weight whose image of four fifths of the measurements best predicts the rest.
  private static func chosenWeight(
    _ system: ScaledOperator, _ measurements: ComplexArray
  ) -> Float {
    let free = shuffledFree(measurements, seed: 1)
    guard free.count >= fewestMeasurements else { return fallbackWeight }
    let held = free.prefix(free.count / 5).sorted()
    let rest = complement(of: held, count: measurements.count)
    let (fit, check) = (system.selecting(rest), system.selecting(held))
    let (kept, expected) = (selected(measurements, rest), selected(measurements, held))
    let errors = startWeights.map {
      squaredMisfit(check, start(fit, kept, weight: $0), expected)
    }
    let best = errors.indices.min { errors[$0] < errors[$1] } ?? 0
    return startWeights[best]
  }

  private static func selected(_ values: ComplexArray, _ places: [Int]) -> ComplexArray {
    ComplexArray(shape: [places.count], values: places.map { values.values[$0] })
  }

  private static func squaredMisfit(
    _ system: any LinearOperator, _ image: ComplexArray, _ measurements: ComplexArray
  ) -> Double {
    var difference = system.forward(image)
    difference.add(-1, times: measurements)
    return difference.squaredNorm
  }

  private static func real(_ image: ComplexArray) -> ComplexArray {
    ComplexArray(shape: image.shape, values: image.values.map { Complex($0.real, 0) })
  }
}
