package import Arrays
package import Generators
package import LinearOperators

/// The stages of ILO by themselves: loss and fit of the deviations of the coarsest levels, the finer ones at
/// zero, for images in the generator's units.
///
/// For whoever looks at the theory; `ILO` and `CSGM` use the same parts.
package struct LatentStages {
  private let latents: LatentSpace
  private let system: any LinearOperator
  private let measurements: ComplexArray
  private let settings: ILOSettings

  /// ‖A G(ε) − y‖² / (2 σ²) + ½ v ‖ε‖² for images `[rows, columns]`.
  ///
  /// - Parameters:
  ///   - misfit: σ.
  ///   - priorWeight: v.
  package init(
    _ network: LadderNetwork, system: any LinearOperator, measurements: ComplexArray,
    misfit: Float, priorWeight: Float
  ) {
    latents = LatentSpace(
      generator: network.generator,
      frame: ImageFrame(shape: system.domain, factor: network.architecture.coarsestFactor))
    (self.system, self.measurements) = (system, measurements)
    var settings = ILOSettings()
    (settings.misfit, settings.priorWeight, settings.imageWeight) = (misfit, priorWeight, 0)
    self.settings = settings
  }

  /// The number of deviations of the `levels` coarsest levels.
  package func count(levels: Int) -> Int { latents.ranges[levels - 1].upperBound }

  private func objective(levels: Int) -> LatentObjective {
    LatentObjective(
      latents: latents, system: system, measurements: measurements,
      image: ComplexArray(zeros: system.domain), origin: nil, levels: levels, scale: 1,
      settings: settings, penaltyRadii: nil, clock: WorkClock())
  }

  /// The loss of the deviations of the `levels` coarsest levels; those that `point` lacks are zeros.
  package func loss(_ point: [Float], levels: Int) -> Double {
    let point = latents.extended(point, to: levels - 1)
    var unused = point
    return objective(levels: levels).value(at: point, gradient: &unused).loss
  }

  /// A stage by L-BFGS from `point`.
  ///
  /// - Parameter radii: the l1 radius of each level's ball, as a mean over its values; nil for none.
  package func fit(
    from point: [Float], levels: Int, iterations: Int, radii: [Double]? = nil
  ) -> [Float] {
    var settings = settings
    settings.constraint = radii == nil ? .none : .ball
    let balls = zip(radii ?? [], latents.ranges).map { $0 * Double($1.count) }
    return LatentStage(objective: objective(levels: levels), settings: settings, radii: balls).run(
      from: latents.extended(point, to: levels - 1), iterations: iterations, observe: { _, _ in })
  }
}
