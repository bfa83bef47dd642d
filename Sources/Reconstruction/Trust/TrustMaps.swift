public import Arrays
import LinearOperators
import Numerics

/// What determines trust maps besides the problem and the images.
public struct TrustSettings: Sendable, Codable, Equatable {
  /// Pseudo-replicas of the noise.
  public var replicas = 12
  /// The Tikhonov weight λ of their SENSE reconstruction: the default of `SENSE`.
  public var weight: Float = SENSE.standardWeight
  /// The standard deviation in pixels of the Gaussian over which shares and differences are taken.
  public var smoothing: Float = 2
  /// k: the difference of two reconstructions alarms where it exceeds k times noise and g-factor.
  ///
  /// Chosen on nine simulated scans of validation slices at an SNR of 40: at 8x three quarters of what
  /// then alarms is wrong by a tenth of the head's mean or more, where half of all pixels are; it is a
  /// third of what is wrong. At 4x little alarms (Tests/PeerChecks/README.md has the table).
  public var alarmFactor: Float = 3
  /// The seed of the noise.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence on the first setting that makes no sense, or nil.
  public var fault: String? {
    if replicas < 2 { return "\(replicas) pseudo-replicas are too few; give 2 or more" }
    if !(alarmFactor > 0 && alarmFactor.isFinite) {
      return "the alarm factor is \(alarmFactor); give a number above 0"
    }
    return weight > 0 && smoothing >= 0 ? nil : "a weight or width is out of range"
  }
}

/// Where an image rests on the measurements, and where it does not.
///
/// Nothing in it is from fully sampled data. All maps are `[rows, columns]`, in units of the problem
/// where they have a unit.
public struct TrustMaps: Sendable {
  /// The figures of a slice.
  public struct Figures: Sendable, Codable, Equatable {
    /// ε of the soft split into measured and unmeasured part.
    public var ridge: Double
    /// The unmeasured part's share of the energy in the head.
    public var unmeasuredInHead: Double
    /// The same over the whole image.
    public var unmeasuredInImage: Double
    public var fit: DataFit
    /// The share of the head's area that is alarmed; nil without noise to measure by.
    public var alarmedArea: Double?
    /// The method that the image was compared with.
    public var comparison: String
  }

  public let figures: Figures
  /// 1 for each pixel that belongs to the head, by the image itself, else 0.
  public let head: RealArray
  /// |P x|.
  public let measured: RealArray
  /// |(I − P) x|.
  public let unmeasured: RealArray
  /// The unmeasured part's share of each pixel's energy, 0 to 1; 0 outside the head.
  public let priorShare: RealArray
  /// What the measurements have and the image has not: the coils' images of y − A x, as a root sum of
  /// squares over what it should be by noise alone; zeros without noise.
  public let residual: RealArray
  /// The local difference from the other reconstruction.
  public let difference: RealArray
  /// The local deviation of a linear reconstruction by noise and g-factor.
  public let expected: RealArray
  /// 1 where in the head the difference exceeds `alarmFactor` times the deviation, else 0; zeros without
  /// noise.
  public let alarm: RealArray
  private let problem: ReconstructionProblem
  private let noise: MeasurementNoise
  private let replicas: NoiseReplicas
  private let least: Double

  /// The maps of an image of `problem`, beside a reconstruction by another method.
  ///
  /// Throws `ReconstructionError` if a setting or an image is not usable.
  public init(
    of image: ComplexArray, in problem: ReconstructionProblem,
    comparison: (name: String, image: ComplexArray), settings: TrustSettings = TrustSettings()
  ) throws(ReconstructionError) {
    if let fault = settings.fault { throw .settings(method: "trust maps", reason: fault) }
    try requireFinite(image, of: "the image for trust maps")
    try requireFinite(comparison.image, of: comparison.name)
    let system = problem.system
    let noise = MeasurementNoise(measurements: problem.measurements, mask: problem.mask)
    let replicas = NoiseReplicas(
      noise: noise, system: system, count: settings.replicas, weight: settings.weight,
      seed: settings.seed)
    let least = system.leastResidual(problem.measurements)
    let fit = DataFit(image, problem, noise: noise, replicas: replicas, least: least)
    (self.problem, self.noise, self.replicas, self.least) = (problem, noise, replicas, least)
    let hasNoise = fit.verdict != .unknown

    let head = HeadRegion.members(of: image.magnitudes)
    let ridge = MeasuredPart.ridge(noise: noise.deviation, image: image, members: head)
    let split = MeasuredPart(of: image, under: system, ridge: ridge)
    (measured, unmeasured) = (split.measured.magnitudes, split.unmeasured.magnitudes)
    priorShare = split.localShare(width: settings.smoothing).cleared(outside: head)
    residual = Self.residual(of: image, in: problem, noise: hasNoise ? noise : nil)

    let smoothing = GaussianSmoothing(width: settings.smoothing)
    let expected = smoothing.apply(replicas.power).squareRoot
    var apart = image
    apart.add(-1, times: comparison.image)
    let difference = smoothing.apply(
      RealArray(shape: apart.shape, values: apart.values.map(\.lengthSquared))
    ).squareRoot
    var alarm = RealArray(zeros: image.shape)
    for index in head.indices
    where hasNoise && head[index]
      && difference.values[index] > settings.alarmFactor * expected.values[index]
    {
      alarm.values[index] = 1
    }
    (self.expected, self.difference, self.alarm) = (expected, difference, alarm)
    self.head = RealArray(shape: image.shape, values: head.map { $0 ? 1 : 0 })
    let area = Double(max(1, head.count { $0 }))
    figures = Figures(
      ridge: Double(ridge), unmeasuredInHead: split.unmeasuredShare(members: head),
      unmeasuredInImage: split.unmeasuredShare(), fit: fit,
      alarmedArea: hasNoise ? alarm.values.reduce(0) { $0 + Double($1) } / area : nil,
      comparison: comparison.name)
  }

  /// The map `priorShare` alone, which takes one solution by conjugate gradients.
  public static func priorShare(
    of image: ComplexArray, in problem: ReconstructionProblem,
    smoothing: Float = TrustSettings().smoothing
  ) -> RealArray {
    let head = HeadRegion.members(of: image.magnitudes)
    let noise = MeasurementNoise(measurements: problem.measurements, mask: problem.mask)
    let ridge = MeasuredPart.ridge(noise: noise.deviation, image: image, members: head)
    return MeasuredPart(of: image, under: problem.system, ridge: ridge)
      .localShare(width: smoothing).cleared(outside: head)
  }

  /// How another image `[rows, columns]` explains the same measurements.
  public func fit(of other: ComplexArray) -> DataFit {
    DataFit(other, problem, noise: noise, replicas: replicas, least: least)
  }

  /// The root sum of squares over the coils of the zero-filled residual, over that of the noise.
  private static func residual(
    of image: ComplexArray, in problem: ReconstructionProblem, noise: MeasurementNoise?
  ) -> RealArray {
    guard let noise else { return RealArray(zeros: image.shape) }
    let system = problem.system
    var misfit = system.forward(image)
    misfit.add(-1, times: problem.measurements)
    var coils = system.kspace(misfit)
    FourierTransform(rows: image.shape[0], columns: image.shape[1]).inverse(&coils)
    let pixels = image.count
    var sums = [Double](repeating: 0, count: pixels)
    for index in coils.values.indices {
      sums[index % pixels] += Double(coils.values[index].lengthSquared)
    }
    // The transform is unitary, so the noise of the sampled columns spreads evenly over all pixels.
    let expected = noise.energy(shape: system.codomain) / Double(pixels)
    return RealArray(
      shape: image.shape, values: sums.map { Float(($0 / expected).squareRoot()) })
  }
}

extension RealArray {
  /// The map with 0 at the pixels that are no `members`.
  fileprivate func cleared(outside members: [Bool]) -> RealArray {
    RealArray(shape: shape, values: zip(values, members).map { $1 ? $0 : 0 })
  }

  /// The square root of each value.
  fileprivate var squareRoot: RealArray {
    RealArray(shape: shape, values: values.map { $0.squareRoot() })
  }
}
