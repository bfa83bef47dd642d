import Arrays
import Generators
import Layers
import LinearOperators
import Numerics
import Optimization

/// The loss of a stage as a function of the deviations of levels 0 … k, one flat vector ε.
///
/// (‖A s G(ε) − y‖² + w ‖s G(ε) − x‖²) / (2 s² σ²) + ½ v ‖ε‖², with the finer levels held. With an
/// origin, u takes the place of ε in the last term: its density is the encoder's posterior. The middle
/// term is the splitting of what generator and wavelet residual share: x is the present image, so what
/// was not measured moves only as far as the prior gains by it.
struct LatentObjective {
  let latents: LatentSpace
  /// A, on images relative to the phase.
  let system: any LinearOperator
  let measurements: ComplexArray
  /// The present image x, `[rows, columns]`; real for a generator of real images.
  let image: ComplexArray
  /// What the point counts from: ε = c + d u, and the levels behind those that move stay at c; nil for
  /// ε itself and the prior's mean.
  var origin: LatentOrigin?
  /// The number of levels that move.
  let levels: Int
  /// s, from the generator's units to those of the measurements.
  let scale: Float
  let settings: ILOSettings
  /// For the penalty form: the largest sum of absolute values of each level; else nil.
  let penaltyRadii: [Double]?
  let clock: WorkClock
  /// Whether the data count with the brightness that suits them best, and not with s; the image x must have
  /// no weight then.
  var fitsScale = false

  /// The loss and, of it, ‖A s G(ε) − y‖².
  struct Value {
    var loss: Double
    var misfit: Double
  }

  /// The loss at `point`; writes its gradient.
  ///
  /// - Parameter parameterGradient: set to the gradient with respect to the network's weights, if given.
  func value(
    at point: [Float], gradient: inout [Float], parameterGradient: ParameterGradient? = nil
  ) -> Value {
    let pass = clock.measure("generator") { latents.draw(origin?.deviations(point) ?? point) }
    var back = ComplexArray(zeros: system.domain)
    var drawn = latents.frame.cut(pass.output, scale: fitsScale ? 1 : scale)
    let (half, factor) = clock.measure("operator") {
      fitsScale
        ? system.dataLoss(scaling: drawn, to: measurements, fallback: scale, into: &back)
        : (system.dataLoss(drawn, measurements: measurements, into: &back), scale)
    }
    if fitsScale { drawn.scale(by: factor) }
    var distance = drawn
    distance.add(-1, times: image)
    back.add(settings.imageWeight, times: distance)
    let weight = 1 / (scale * scale * settings.misfit * settings.misfit)
    var loss =
      Double(weight) * (half + 0.5 * Double(settings.imageWeight) * distance.squaredNorm)
    let gradients = clock.measure("generator") {
      latents.generator.backward(
        latents.frame.paste(
          back, scale: factor * weight, channels: pass.output.channels), pass: pass, moving: levels,
        parameterGradient: parameterGradient
      ).deviations
    }
    gradient.withUnsafeMutableBufferPointer { out in
      for (range, toLevel) in zip(latents.ranges, gradients) {
        toLevel.values.withUnsafeBufferPointer { from in
          _ = UnsafeMutableBufferPointer(rebasing: out[range]).update(from: from)
        }
      }
      origin?.pullBack(out)
    }
    let prior = settings.priorWeight
    point.withUnsafeBufferPointer { all in
      gradient.withUnsafeMutableBufferPointer { out in
        for range in latents.ranges.prefix(levels) {
          let e = UnsafeBufferPointer(rebasing: all[range])
          let slope = UnsafeMutableBufferPointer(rebasing: out[range])
          RealVectors.sum(UnsafeBufferPointer(slope), prior, times: e, into: slope)
          loss += 0.5 * Double(prior) * RealVectors.dot(e, e)
        }
      }
    }
    if let penaltyRadii { loss += addPenalty(penaltyRadii, point, &gradient) }
    return Value(loss: loss, misfit: 2 * half)
  }

  /// max(0, ‖ε‖₁ − r)² / (2 n) for each level of n values: zero inside the ball, outside as the
  /// density's ½‖ε‖² would rise for the mean excess.
  private func addPenalty(
    _ radii: [Double], _ point: [Float], _ gradient: inout [Float]
  ) -> Double {
    var penalty = 0.0
    for (range, radius) in zip(latents.ranges.prefix(levels), radii) {
      let sum = range.reduce(0.0) { $0 + Double(abs(point[$1])) }
      let excess = max(0, sum - radius)
      penalty += excess * excess / (2 * Double(range.count))
      let slope = Float(excess / Double(range.count))
      if slope > 0 {
        for i in range where point[i] != 0 { gradient[i] += point[i] > 0 ? slope : -slope }
      }
    }
    return penalty
  }
}
