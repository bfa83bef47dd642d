import Arrays
import LinearOperators

/// The image that wavelets alone give, or one near the solution that the problem has: where every method with a generator gets its scale and phase.
struct FirstImage {
  /// The image relative to the phase that it was computed with, `[rows, columns]`, scaled as the
  /// problem.
  let relative: ComplexArray
  /// How the weight of the wavelets was chosen on held-out measurements.
  let search: ResidualSearch
  /// What the stage is called.
  let name: String
  /// The complex image.
  let image: ComplexArray
  /// The smooth phase of the image, a phasor at each pixel.
  let phase: ComplexArray
  /// From the generator's units to those of the problem: brightness as in training, where the 99.8th
  /// percentile of an image is `LadderNetwork.brightest`.
  let scale: Float

  /// - Parameters:
  ///   - phase: what images are relative to, `[rows, columns]`.
  ///   - settings: of the wavelets and of the phase's low-pass.
  ///   - kept: the choice of another slice, which is taken where held-out measurements do not speak against it.
  init(
    _ problem: any InverseProblem, phase: ComplexArray, settings: ILOSettings,
    kept: ResidualChoice? = nil
  ) {
    let system = problem.system(relativeTo: phase)
    if let near = problem.firstImage {
      search = ResidualSearch(fallback: settings)
      relative = near
      name = "least squares"
    } else {
      let wavelets = WaveletResidual(settings: settings, drawn: nil, share: 1)
      let held = problem.heldOut(oneOf: 5, phase: phase, seed: settings.seed)
      if let kept, held.map({ wavelets.confirms(kept, $0) }) ?? true {
        search = ResidualSearch(kept: kept)
      } else {
        search = held.map(wavelets.search) ?? ResidualSearch(fallback: settings)
      }
      relative = wavelets.image(
        system, problem.measurements, weight: search.choice.weight,
        from: problem.start(of: system), iterations: settings.startIterations)
      name = "wavelets alone"
    }
    image = product(relative, phase)
    self.phase = problem.phase(of: image, width: settings.phaseWidth)
    scale = generatorScale(image.magnitudes.values)
  }

  /// The same from the problem's first phase.
  ///
  /// Throws `CalibrationError` if the mask of a scan leaves no calibration line.
  init(_ problem: any InverseProblem, settings: ILOSettings) throws {
    self.init(
      problem, phase: try problem.firstPhase(), settings: settings)
  }
}
