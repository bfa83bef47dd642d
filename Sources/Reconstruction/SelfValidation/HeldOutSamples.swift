import Acquisition
import Arrays
import LinearOperators

/// Sampled columns, or points, outside the calibration block, dealt into folds that are held out in turn.
///
/// They are sorted by their distance from the centre and dealt in rounds, each round in
/// random order, so that every fold has near columns and far ones: a column near the centre holds
/// hundreds of times the energy of one at the edge, and folds drawn at random would differ in
/// nothing so much as in how many of those they got. Calibration lines are never held out, because
/// maps and scale, which come from them, stay those of all data.
///
/// That an undersampled scan can be split into data to reconstruct from and data to judge by is from
/// Yaman et al., MRM 84:3172 (2020), who train networks so.
struct HeldOutSamples {
  /// The places of each fold in the mask's `samples`; none is in two.
  let folds: [[Int]]

  /// - Parameters:
  ///   - mask: the sampled columns or points.
  ///   - share: of all that are sampled, about how many a fold holds.
  ///   - count: the most folds.
  ///   - seed: of the dealing.
  init(mask: SamplingMask, share: Double, count: Int, seed: UInt64) {
    let (calibration, distances) = (mask.calibration, mask.distances)
    let free = mask.samples.indices
      .filter { mask.samples[$0] && !calibration[$0] }
      .sorted { (distances[$0], $0) < (distances[$1], $1) }
    let held = max(1, (share * Double(mask.sampledCount)).rounded())
    let dealt = max(1, min(free.count, Int((Double(free.count) / held).rounded())))
    var folds = [[Int]](repeating: [], count: free.isEmpty ? 0 : dealt)
    var random = RandomStream(seed: seed)
    for start in stride(from: 0, to: free.count, by: dealt) {
      let order = (0..<dealt).shuffled(using: &random)
      for (place, fold) in zip(free[start..<min(start + dealt, free.count)], order) {
        folds[fold].append(place)
      }
    }
    self.folds = folds.prefix(count).filter { !$0.isEmpty }.map { $0.sorted() }
  }
}

/// One fold: the data that are left, and the data that a reconstruction of them must predict.
struct HeldOutFold {
  /// The problem without the held-out samples, in the same units.
  let problem: ReconstructionProblem
  private let check: SENSEOperator
  private let expected: ComplexArray
  private let weights: [Double]

  /// Throws `SamplingMaskError` if nothing is left.
  init(_ problem: ReconstructionProblem, without places: [Int]) throws {
    let mask = problem.mask
    let held = Set(places)
    self.problem = problem.keeping(
      try mask.replacing(
        samples: mask.samples.indices.map { mask.samples[$0] && !held.contains($0) }))
    check = problem.system.resampled(by: mask.samples.indices.map(held.contains))
    expected = check.hybrid(problem.kspace)
    let stands = mask.stands
    weights = mask.samples.indices.filter(held.contains).map { stands[$0] }
  }

  /// Σ|A x − y|² over the held-out samples of all coils, each times what it stands for.
  ///
  /// `image` is `[rows, columns]`, in the problem's units.
  func error(of image: ComplexArray) -> Double {
    var difference = check.forward(image)
    difference.add(-1, times: expected)
    return difference.squaredNorm(weights: weights)
  }
}
