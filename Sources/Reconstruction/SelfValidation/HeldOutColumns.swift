import Acquisition
import Arrays
import LinearOperators

/// Sampled columns outside the calibration block, dealt into folds that are held out in turn.
///
/// The columns are sorted by their distance from the centre and dealt in rounds, each round in
/// random order, so that every fold has near columns and far ones: a column near the centre holds
/// hundreds of times the energy of one at the edge, and folds drawn at random would differ in
/// nothing so much as in how many of those they got. Calibration lines are never held out, because
/// maps and scale, which come from them, stay those of all data.
///
/// That an undersampled scan can be split into data to reconstruct from and data to judge by is from
/// Yaman et al., MRM 84:3172 (2020), who train networks so.
struct HeldOutColumns {
  /// The columns of each fold; no column is in two.
  let folds: [[Int]]

  /// - Parameters:
  ///   - mask: the sampled columns.
  ///   - share: of all sampled columns, about how many a fold holds.
  ///   - count: the most folds.
  ///   - seed: of the dealing.
  init(mask: SamplingMask, share: Double, count: Int, seed: UInt64) {
    let calibration = mask.calibrationColumns
    let centre = mask.columns.count / 2
    let free = mask.columns.indices
      .filter { mask.columns[$0] && !calibration.contains($0) }
      .sorted { (abs($0 - centre), $0) < (abs($1 - centre), $1) }
    let held = max(1, (share * Double(mask.sampledCount)).rounded())
    let dealt = max(1, min(free.count, Int((Double(free.count) / held).rounded())))
    var folds = [[Int]](repeating: [], count: free.isEmpty ? 0 : dealt)
    var random = RandomStream(seed: seed)
    for start in stride(from: 0, to: free.count, by: dealt) {
      let order = (0..<dealt).shuffled(using: &random)
      for (column, fold) in zip(free[start..<min(start + dealt, free.count)], order) {
        folds[fold].append(column)
      }
    }
    self.folds = folds.prefix(count).filter { !$0.isEmpty }.map { $0.sorted() }
  }
}

/// One fold: the data that are left, and the data that a reconstruction of them must predict.
struct HeldOutFold {
  /// The problem without the held-out columns, in the same units.
  let problem: ReconstructionProblem
  private let check: SENSEOperator
  private let expected: ComplexArray

  /// Throws `SamplingMaskError` if nothing is left.
  init(_ problem: ReconstructionProblem, without columns: [Int]) throws {
    let mask = problem.mask
    let held = Set(columns)
    self.problem = problem.keeping(
      try SamplingMask(
        columns: mask.columns.indices.map { mask.columns[$0] && !held.contains($0) },
        acquired: mask.acquired))
    check = problem.system.resampled(by: mask.columns.indices.map(held.contains))
    expected = check.hybrid(problem.kspace)
  }

  /// Σ|A x − y|² over the held-out columns of all coils.
  ///
  /// `image` is `[rows, columns]`, in the problem's units.
  func error(of image: ComplexArray) -> Double {
    var difference = check.forward(image)
    difference.add(-1, times: expected)
    return difference.squaredNorm
  }
}
