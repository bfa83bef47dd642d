import Arrays
import Generators
import LinearOperators
import Reconstruction

/// Whether a stage of ILO begins where the one before ended.
///
/// Stage k moves the deviations of levels 0 … k. At its first iterate the loss must be that of the last
/// iterate of stage k − 1; and so must be the misfit of the cut generator that is fed the features at that
/// level. (In the authors' StyleGAN the image of the coarser levels, which its skip connection carries, is
/// lost between stages; giannisdaras/ilo:ilo_stylegan.py.)
public enum ContinuityCheck {
  public struct Row: Sendable, Equatable, Codable {
    /// The stage that begins, from 1.
    public var stage: Int
    /// The loss of the last iterate before it.
    public var last: Double
    /// The loss at its first iterate.
    public var first: Double
    /// The loss at its end.
    public var end: Double
    /// ½‖A G − y‖² of the last iterate before, and of the generator cut there and fed the features.
    public var misfit: Double
    public var cutMisfit: Double

    /// The larger of the two relative differences.
    public var gap: Double {
      max(abs(first - last) / abs(last), abs(cutMisfit - misfit) / abs(misfit))
    }
  }

  /// All stages on one measured image, inside the balls of `radii` if there are some.
  static func rows(
    _ network: LadderNetwork, _ test: RadiusCheck.Case, radii: [Double]?, iterations: Int
  ) -> [Row] {
    let misfit: Float = 0.1
    let stages = LatentStages(
      network, system: test.system, measurements: test.measurements, misfit: misfit,
      priorWeight: 1)
    var point = stages.fit(
      from: [Float](repeating: 0, count: stages.count(levels: 1)), levels: 1,
      iterations: iterations, radii: radii)
    return (1..<network.architecture.levels).map { stage in
      let last = stages.loss(point, levels: stage)
      let first = stages.loss(point, levels: stage + 1)
      let cut = CutGenerator(network, cut: stage, shape: test.system.domain)
      let fed = cut.vector(ofDeviations: point)
      var unused = fed
      let cutMisfit = CutObjective(
        generator: cut, system: test.system, measurements: test.measurements, scale: 1
      ).value(at: fed, gradient: &unused)
      let prior = 0.5 * point.reduce(0.0) { $0 + Double($1) * Double($1) }
      point = stages.fit(from: point, levels: stage + 1, iterations: iterations, radii: radii)
      return Row(
        stage: stage, last: last, first: first, end: stages.loss(point, levels: stage + 1),
        misfit: (last - prior) * Double(misfit * misfit), cutMisfit: cutMisfit)
    }
  }
}
