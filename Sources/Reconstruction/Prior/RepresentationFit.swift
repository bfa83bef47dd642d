public import Arrays
public import Generators
import Layers
import Numerics
import Optimization

/// How near a generator can come to a whole image: the representation error of each level.
///
/// For each k the deviations ε of levels 0 … k are moved by L-BFGS to lower
/// ‖G(ε) − x‖² / (2 σ²) + ½‖ε‖², each level inside the l1 ball that training calibrated, the finer
/// levels at their prior's mean. No reconstruction by the generator alone can be nearer to the image
/// than about this.
public struct RepresentationFit: Sendable {
  /// What determines a fit besides weights and image.
  public struct Settings: Sendable, Equatable, Codable {
    /// Iterations of L-BFGS for each k.
    public var iterations = 60
    /// σ, in the generator's units: small, so that the image counts and not the prior.
    public var misfit: Float = 0.02

    public init() {}
  }

  /// The image that the deviations of levels 0 … `level` give at best.
  public struct Level: Sendable {
    public let level: Int
    /// The magnitude `[rows, columns]` in the units of the image that was fitted.
    public let image: RealArray
    /// The loss at the end.
    public let loss: Double
    public let iterations: Int
    public let seconds: Double
  }

  public struct Result: Sendable {
    /// The encoder's own answer, `[rows, columns]` in the units of the image.
    public let encoded: RealArray
    /// The loss of the encoder's answer, its deviations brought into the balls.
    public let encodedLoss: Double
    public let encodedSeconds: Double
    /// One entry per level, coarse to fine.
    public let levels: [Level]
  }

  public let settings: Settings
  private let network: LadderNetwork
  private let radii: [Double]

  /// The number of levels that are fitted one after the other.
  public var levels: Int { radii.count }

  /// Throws `ReconstructionError.settings` if the weights state no l1 radii.
  public init(
    weights: WeightsFile, settings: Settings = Settings()
  ) throws(ReconstructionError) {
    radii = weights.deviationRadii
    guard radii.count == weights.architecture.levels else {
      throw .settings(
        method: "encode",
        reason: "the weights state no l1 radius for each level; write them again with "
          + "'mri-ilo train'")
    }
    network = weights.network
    self.settings = settings
  }

  /// Fits a magnitude image `[rows, columns]` of any scale.
  ///
  /// - Parameter report: gets the level and the iterations done; what it throws ends the work.
  /// - Throws: `ReconstructionError` if the image is not finite or empty, or what `report` throws.
  public func run(
    _ image: RealArray, report: (_ level: Int, _ iteration: Int) throws -> Void
  ) throws -> Result {
    guard image.values.allSatisfy(\.isFinite) else { throw ReconstructionError.notFinite }
    guard image.values.contains(where: { $0 > 0 }) else { throw ReconstructionError.noSignal }
    let scale = generatorScale(image.values)
    let objective = RepresentationObjective(
      network: FramedNetwork(network, shape: image.shape),
      target: ComplexArray(
        shape: image.shape, values: image.values.map { Complex($0 / scale, 0) }),
      radii: radii, misfit: settings.misfit)

    var clock = ContinuousClock.now
    let encoding = objective.network.encode(objective.target)
    let encoded = objective.magnitude(encoding, scale: scale)
    let encodedSeconds = seconds(since: clock)
    var answer = encoding.flatMap { Array($0.values) }
    objective.project(&answer)

    var point: [Float] = []
    var levels: [Level] = []
    for (level, range) in objective.ranges.enumerated() {
      clock = .now
      // The better of where the coarser levels ended and of the encoder's answer.
      let kept = point + [Float](repeating: 0, count: range.count)
      let offered = Array(answer.prefix(range.upperBound))
      let start = objective.loss(kept) <= objective.loss(offered) ? kept : offered
      let fit = try LBFGS().minimise(
        from: start, iterations: settings.iterations, project: { objective.project(&$0) },
        observe: { try report(level, $0.iteration) },
        objective: { objective.value(at: $0, gradient: &$1) })
      guard fit.value.isFinite else { throw ReconstructionError.diverged(method: "encode") }
      point = fit.point
      let drawn = objective.magnitude(objective.deviations(point), scale: scale)
      levels.append(
        Level(
          level: level, image: drawn, loss: fit.value, iterations: fit.iterations,
          seconds: seconds(since: clock)))
    }
    return Result(
      encoded: encoded, encodedLoss: objective.loss(answer), encodedSeconds: encodedSeconds,
      levels: levels)
  }

  private func seconds(since start: ContinuousClock.Instant) -> Double {
    (ContinuousClock.now - start) / .seconds(1)
  }
}

/// ‖G(ε) − x‖² / (2 σ²) + ½‖ε‖² of a flat vector ε that ends with any level.
struct RepresentationObjective {
  let network: FramedNetwork
  /// x, `[rows, columns]`, in the generator's units.
  let target: ComplexArray
  /// The l1 radius of each level, per deviation.
  let radii: [Double]
  /// σ.
  let misfit: Float
  /// Where each level's deviations lie in the vector, coarse to fine.
  let ranges: [Range<Int>]

  init(network: FramedNetwork, target: ComplexArray, radii: [Double], misfit: Float) {
    (self.network, self.target, self.radii, self.misfit) = (network, target, radii, misfit)
    var start = 0
    ranges = radii.indices.map { level in
      let shape = network.network.generator.deviationShape(
        level: level, rows: network.frame.paddedRows, columns: network.frame.paddedColumns)
      defer { start += shape.reduce(1, *) }
      return start..<start + shape.reduce(1, *)
    }
  }

  func loss(_ point: [Float]) -> Double {
    var difference = network.image(of: network.draw(deviations(point)).output)
    difference.add(-1, times: target)
    return loss(difference, point)
  }

  private func loss(_ difference: ComplexArray, _ point: [Float]) -> Double {
    let prior = point.withUnsafeBufferPointer { RealVectors.dot($0, $0) }
    return 0.5 * (difference.squaredNorm / Double(misfit * misfit) + prior)
  }

  /// The loss at `point`; writes its gradient.
  func value(at point: [Float], gradient: inout [Float]) -> Double {
    let pass = network.draw(deviations(point))
    var difference = network.image(of: pass.output)
    difference.add(-1, times: target)
    let loss = loss(difference, point)
    difference.scale(by: 1 / (misfit * misfit))
    let levels = network.network.generator.backward(
      network.features(of: difference, channels: pass.output.channels), pass: pass,
      moving: ranges.count { $0.upperBound <= point.count }
    ).deviations
    point.withUnsafeBufferPointer { all in
      gradient.withUnsafeMutableBufferPointer { out in
        for (range, level) in zip(ranges, levels) {
          level.values.withUnsafeBufferPointer {
            RealVectors.sum(
              $0, 1, times: UnsafeBufferPointer(rebasing: all[range]),
              into: UnsafeMutableBufferPointer(rebasing: out[range]))
          }
        }
      }
    }
    return loss
  }

  /// The levels of a vector; those that it lacks stay at their prior's mean.
  func deviations(_ point: [Float]) -> [Features?] {
    ranges.enumerated().map { level, range in
      guard range.upperBound <= point.count else { return nil }
      var index = range.lowerBound - 1
      return network.deviation(level: level) {
        index += 1
        return point[index]
      }
    }
  }

  /// Moves each level into its l1 ball.
  func project(_ point: inout [Float]) {
    point.withUnsafeMutableBufferPointer { all in
      for (range, radius) in zip(ranges, radii) where range.upperBound <= all.count {
        L1Ball(radius: radius * Double(range.count)).project(
          UnsafeMutableBufferPointer(rebasing: all[range]))
      }
    }
  }

  /// The magnitude of what is drawn, times `scale`.
  func magnitude(_ deviations: [Features?], scale: Float) -> RealArray {
    var magnitude = network.image(of: network.draw(deviations).output).magnitudes
    for index in magnitude.values.indices { magnitude.values[index] *= scale }
    return magnitude
  }
}
