import Arrays
import LinearOperators
import Numerics

/// Chooses a weight by how well the reconstruction of most of the data predicts the rest.
///
/// A few sampled columns are held out, and the slice is reconstructed from the others for the method's
/// default weight and its neighbours on a ladder, then further in the direction of the least error until
/// that has a worse neighbour on both sides. The squared error of an image is that of its k-space over
/// all columns, the transform being unitary and the maps of unit length; it is estimated as
///
///     max(0, ‖A x − y‖² − noise) over the columns kept + (columns not sampled / columns held out) ·
///     ‖A x − y‖² over the columns held out.
///
/// The second term alone is blind to what a weight does to the data that it sees: the ridge of `sense`
/// shrinks the image, calibration lines included, and loses decibels by weights that the held-out
/// columns like. Noise in y adds the same to it for every weight; it is not weighted by frequency,
/// because neither is the error that it stands for. In the first term what is no more than noise (by
/// `NoiseLevel`) does not count, else a small weight would be praised for fitting it. A parabola over
/// log λ through the best weight and its neighbours gives one more to try. Nothing but sampled data is
/// looked at; the image is then made from all of it.
///
/// Sources: cross-validation of measurements, Ward, IEEE Trans. Inf. Theory 55:5773 (2009); the split
/// of an undersampled scan's samples, Yaman et al., MRM 84:3172 (2020); weights of MRI reconstructions
/// from the acquired data alone, by another estimate of the error, Ramani et al., IEEE TIP 21:3659
/// (2012). The choice of this estimate among others is in the folder's README.md.
struct WeightSearch {
  /// Of all sampled columns, about how many a fold holds out.
  var share = 0.1
  /// The most folds.
  var folds = 4
  /// The seed of the dealing.
  var seed: UInt64 = 1

  /// What the errors of candidates are, in words.
  static let measure = "estimated squared error over the energy of the measurements"

  /// With fewer folds no search is made.
  static let fewestFolds = 2

  /// The weight for `method` on `problem`, with all that was tried.
  func choice<Method: WeightedMethod>(
    _ method: Method, _ problem: any InverseProblem,
    report: (ReconstructionProgress) throws -> Void
  ) throws -> WeightChoice {
    let held = try problem.folds(share: share, count: folds, seed: seed)
    let folds = held.folds
    guard folds.count >= Self.fewestFolds else {
      return WeightChoice(
        setting: "regularisation", weight: Double(Method.standardWeight),
        reason:
          "the method's default: too few columns are sampled beside the calibration lines, or "
          + "too few measurements made, to hold any out")
    }
    let weights = problem.weights(Method.weights)
    let ladder = weights.values
    let total = Double((ladder.count + 1) * folds.count)
    var done = 0
    // Each image is made as the last one is, from nothing: a solver that ends before the minimum is
    // itself a regularisation, and one that starts from a neighbour's image ends elsewhere.
    func trial(_ weight: Float) throws -> WeightChoice.Candidate {
      var error = 0.0
      for fold in folds {
        let image = try method.image(of: fold.problem, weight: weight, from: nil) { step in
          try report(
            ReconstructionProgress(
              stage: "trying weights", fraction: (Double(done) + step.fraction) / total,
              misfit: step.misfit))
        }
        error += held.stand * fold.error(image)
        error += fold.excess(image) / Double(folds.count)
        done += 1
      }
      return WeightChoice.Candidate(weight: Double(weight), error: error)
    }

    // Rungs `first` and those behind it, by descending weight, without a gap.
    var first = weights.rung(of: Method.standardWeight)
    var tried = [try trial(ladder[first])]
    var best = 0
    while true {
      if best == 0, first > 0 {
        first -= 1
        tried.insert(try trial(ladder[first]), at: 0)
      } else if best == tried.count - 1, first + tried.count < ladder.count {
        tried.append(try trial(ladder[first + tried.count]))
      } else {
        break
      }
      best = tried.indices.min { tried[$0].error < tried[$1].error } ?? 0
    }
    var chosen = tried[best]
    if let weight = Self.vertex(tried, ratio: weights.ratio) {
      let refined = try trial(weight)
      tried.append(refined)
      if refined.error < chosen.error { chosen = refined }
    }
    let energy = problem.measurements.squaredNorm
    return WeightChoice(
      setting: "regularisation", weight: chosen.weight,
      reason:
        "of the weights tried, the one with the least error as told by \(held.count) held-out "
        + "\(held.unit), in \(folds.count) folds",
      measure: Self.measure,
      candidates: tried.sorted { $0.weight > $1.weight }.map {
        .init(weight: $0.weight, error: $0.error / energy)
      })
  }

  /// Where a parabola over log λ through the best candidate of a ladder and its neighbours is least.
  ///
  /// Nil where the best one has no two neighbours, or where the place is as good as that of a candidate.
  static func vertex(_ tried: [WeightChoice.Candidate], ratio: Float) -> Float? {
    guard let best = tried.indices.min(by: { tried[$0].error < tried[$1].error }), best > 0,
      best + 1 < tried.count
    else { return nil }
    let (above, at, below) = (tried[best - 1].error, tried[best].error, tried[best + 1].error)
    let curvature = above - 2 * at + below
    guard curvature > 0 else { return nil }
    // In rungs downwards, between −½ and ½ because the middle is the least.
    let offset = (above - below) / (2 * curvature)
    guard abs(offset) > 0.1 else { return nil }
    return Float(tried[best].weight * Double.pow(Double(ratio), offset))
  }
}
