import Arrays
import Numerics

/// Chooses the weight whose image misses the measurements by as much as the noise in them does.
///
/// The misfit grows with the weight; the largest weight at which the mean of |A x − y|² / 2σ² over all
/// sampled values is 1 is looked for, with the noise σ of each coil by `NoiseLevel`. Source: Morozov,
/// Soviet Math. Dokl. 7:414 (1966). Maps that are wrong, as those from few calibration lines are, add
/// misfit that is no noise; then the principle asks for more than a weight can give, and the least
/// weight that is tried comes out. On undersampled scans that is the rule: the folder's README.md has
/// figures. `WeightSearch` is what to use; this is to compare with it.
struct DiscrepancySearch {
  /// The weight for `method` on `problem`, with all that was tried.
  func choice<Method: WeightedMethod>(
    _ method: Method, _ problem: any InverseProblem,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> WeightChoice {
    let discrepancyOf: (ComplexArray) -> Double
    do {
      discrepancyOf = try problem.discrepancy()
    } catch {
      return WeightChoice(
        setting: "regularisation", weight: Double(Method.standardWeight),
        reason: "the method's default: \(error)")
    }
    let ladder = problem.weights(Method.weights)
    let total = Double(ladder.rungs + 1)
    var tried: [WeightChoice.Candidate] = []
    var image: ComplexArray?
    func discrepancy(_ weight: Float) throws -> Double {
      let next = try method.image(of: problem, weight: weight, from: image) { step in
        try report(
          ReconstructionProgress(
            stage: "trying weights", fraction: (Double(tried.count) + step.fraction) / total,
            misfit: step.misfit))
      }
      image = next
      let value = discrepancyOf(next)
      tried.append(.init(weight: Double(weight), error: value))
      return value
    }

    let measure = "squared misfit of the measurements over what their noise accounts for"
    func choice(_ weight: Float, _ reason: String) -> WeightChoice {
      WeightChoice(
        setting: "regularisation", weight: Double(weight), reason: reason, measure: measure,
        candidates: tried.sorted { $0.weight > $1.weight })
    }
    // From the least weight up: it is mostly the last one as well.
    var below: (weight: Float, value: Double)?
    for weight in ladder.values.reversed() {
      let value = try discrepancy(weight)
      guard value > 1 else {
        below = (weight, value)
        continue
      }
      guard let below else {
        return choice(
          weight,
          "the least weight there is: even its image misses more than noise, as happens where coil "
            + "maps are inexact")
      }
      // Between the two, the logarithm of the misfit is nearly linear in that of the weight.
      let part = -Double.log(below.value) / (Double.log(value) - Double.log(below.value))
      let between = below.weight * Float.pow(1 / ladder.ratio, Float(part))
      return choice(between, "its image misses the measurements by as much as their noise")
    }
    return choice(
      ladder.largest, "the largest weight there is: even its image misses no more than noise")
  }
}
