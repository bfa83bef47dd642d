import Acquisition
import Arrays
import LinearOperators

/// The image that wavelets alone give: where every method with a generator gets its scale and phase.
struct FirstImage {
  /// The image relative to the phase that it was computed with, `[rows, columns]`, scaled as the
  /// problem.
  let relative: ComplexArray
  /// How the weight of the wavelets was chosen on held-out columns.
  let search: ResidualSearch
  /// The complex image.
  let image: ComplexArray
  /// The smooth phase of the image, a phasor at each pixel.
  let phase: ComplexArray
  /// From the generator's units to those of the problem: brightness as in training, where the 99.8th
  /// percentile of an image is `LadderNetwork.brightest`.
  let scale: Float

  /// - Parameters:
  ///   - phase: what is folded into the maps, `[rows, columns]`.
  ///   - settings: of the wavelets and of the phase's low-pass.
  init(_ problem: ReconstructionProblem, phase: ComplexArray, settings: ILOSettings) {
    let system = problem.system.modulated(by: phase)
    let wavelets = WaveletResidual(settings: settings, drawn: nil, share: 1)
    let held = HeldOutData(
      maps: problem.maps, phase: phase, mask: problem.mask, kspace: problem.kspace, share: 5,
      seed: settings.seed)
    search = held.map(wavelets.search) ?? ResidualSearch(fallback: settings)
    relative = wavelets.image(
      system, problem.measurements, weight: search.choice.weight,
      from: system.adjoint(problem.measurements), iterations: settings.startIterations)
    image = product(relative, phase)
    self.phase = ImagePhase.phasor(of: image, width: settings.phaseWidth)
    scale = generatorScale(image.magnitudes.values)
  }

  /// The same from the phase of the calibration lines.
  ///
  /// Throws `CalibrationError` if the mask leaves none.
  init(_ problem: ReconstructionProblem, settings: ILOSettings) throws {
    self.init(
      problem,
      phase: try LowResolutionPhase.phase(
        kspace: problem.kspace, mask: problem.mask, maps: problem.maps),
      settings: settings)
  }
}
