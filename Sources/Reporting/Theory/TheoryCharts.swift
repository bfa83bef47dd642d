import Experiments

/// The curves of the checks of ILO's theory.
enum TheoryCharts {
  private typealias Curve = CurveChart.Curve
  private typealias Panel = CurveChart.Panel

  static func projection(_ result: TheoryResult) -> CurveChart {
    func panel(_ title: String, _ figure: (ProjectionCheck.Row) -> Double) -> Panel {
      let counts = Array(Set(result.projection.map(\.count))).sorted()
      return Panel(
        title: title, horizontalTitle: "radius over ‖v‖₁",
        curves: counts.map { count in
          Curve(
            label: "\(count) values",
            points: result.projection.filter { $0.count == count }.map {
              ($0.radiusShare, figure($0))
            })
        })
    }
    return CurveChart(
      panels: [
        panel("Least margin of a competitor", \.leastMargin),
        panel("Gap of the optimality condition", \.optimalityGap),
      ], label: "Projection onto the l1 ball")
  }

  static func maurey(_ result: TheoryResult) -> CurveChart {
    let kinds = result.maurey.map(\.kind).reduce(into: [String]()) {
      if !$0.contains($1) { $0.append($1) }
    }
    return CurveChart(
      panels: kinds.map { kind in
        let rows = result.maurey.filter { $0.kind == kind }
        func curve(_ label: String, _ figure: (MaureyCheck.Row) -> Double) -> Curve {
          Curve(label: label, points: rows.map { (Double($0.atoms), figure($0)) })
        }
        return Panel(
          title: "Error over r, \(kind)", isLogarithmic: true, horizontalTitle: "atoms k",
          isLogarithmicAcross: true,
          curves: [
            curve("mean of k atoms", \.error), curve("bound 1 / √k", \.bound),
            curve("its formula", \.expected), curve("least met", \.least),
            curve("k largest values", \.bestTerms),
          ])
      }, label: "Error of means of k atoms")
  }

  static func recovery(_ result: TheoryResult) -> CurveChart {
    /// The mark of no ball stands beyond the largest radius.
    let end = 1.15 * (result.settings.radii.last ?? 1) + 0.2
    func panel(_ title: String, _ figure: @escaping (RadiusCheck.Row) -> Double?) -> Panel {
      Panel(
        title: title, horizontalTitle: "radius over ‖ν*‖₁ (last mark: no ball)",
        curves: result.measurements.map { count in
          let factors = result.settings.radii.map { $0 as Double? } + [nil]
          return Curve(
            label: "m = \(count)",
            points: factors.compactMap { factor in
              result.mean(figure, measurements: count, factor: factor).map { (factor ?? end, $0) }
            })
        })
    }
    var panels = [
      panel("Error of the recovery, ‖x̂ − x*‖ / ‖x*‖", \.error),
      panel("Misfit, ‖A x̂ − y‖ / ‖y‖", \.misfit),
      panel("Nearest of the set, ‖x̄ − x*‖ / ‖x*‖", \.bestError),
    ]
    panels.append(
      Panel(
        title: "Best radius over ‖ν*‖₁", horizontalTitle: "measurements m",
        curves: [
          Curve(
            label: "best radius (no ball above all)",
            points: result.bestFactors.map { (Double($0.measurements), $0.factor ?? end) })
        ]))
    return CurveChart(panels: panels, label: "Recovery against the radius of the l1 ball")
  }

  static func isometry(_ result: TheoryResult) -> CurveChart {
    func panel(_ title: String, _ figure: (IsometryCheck.Row) -> Double) -> Panel {
      Panel(
        title: title, horizontalTitle: "measurements m", isLogarithmicAcross: true,
        curves: MeasurementEnsemble.allCases.map { ensemble in
          Curve(
            label: ensemble.words,
            points: result.isometry.filter { $0.ensemble == ensemble }.map {
              (Double($0.measurements), figure($0))
            })
        })
    }
    return CurveChart(
      panels: [
        panel("Least ratio of random pairs", \.leastRandom),
        panel("γ for δ = 0, with pairs looked for", \.gamma),
        panel("γ for δ of a tenth of an image", \.gammaLargeDelta),
      ], label: "How much measurements shrink differences")
  }

  static func bounds(_ result: TheoryResult) -> CurveChart {
    let factors = result.settings.radii.map { $0 as Double? }
    return CurveChart(
      panels: result.measurements.map { count in
        func curve(_ label: String, _ figure: @escaping (RadiusCheck.Row) -> Double?) -> Curve {
          Curve(
            label: label,
            points: factors.compactMap { factor in
              guard let factor,
                let value = result.mean(figure, measurements: count, factor: factor)
              else { return nil }
              return (factor, value)
            })
        }
        return Panel(
          title: "m = \(count): error over ‖x*‖", isLogarithmic: true,
          horizontalTitle: "radius over ‖ν*‖₁",
          curves: [
            curve("recovery", \.error), curve("nearest of the set", \.bestError),
            curve("bound by misfits", \.bound), curve("theorem's form", \.theoremBound),
          ])
      }, label: "Errors and bounds")
  }

  static func continuity(_ result: TheoryResult) -> CurveChart {
    func curve(_ label: String, _ figure: (ContinuityCheck.Row) -> Double) -> Curve {
      Curve(label: label, points: result.continuity.map { (Double($0.stage), figure($0)) })
    }
    return CurveChart(
      panels: [
        Panel(
          title: "Loss about the beginning of a stage", isLogarithmic: true,
          horizontalTitle: "stage that begins",
          curves: [
            curve("last iterate before", \.last), curve("first iterate", \.first),
            curve("at its end", \.end),
          ])
      ], label: "Loss from stage to stage")
  }
}
