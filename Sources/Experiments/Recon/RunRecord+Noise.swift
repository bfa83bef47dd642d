import Acquisition
import Reconstruction

extension RunRecord.Noise {
  /// The noise of a slice, from its problem.
  init(of problem: ReconstructionProblem, slice: Int) {
    self.slice = slice
    deviations = []
    do {
      let noise = try NoiseLevel(kspace: problem.kspace, mask: problem.mask)
      let scale = Double(problem.intensityScale)
      deviations = noise.deviations.map { Double($0) * scale }
      // In the problem's units the percentile is 1.
      signalToNoise = 1 / Double(noise.pooled)
    } catch {
      missingBecause = error.description
    }
  }
}
