import Evaluation
import Experiments
import Foundation

/// The sections of the page on ILO's theory: what is checked, in words, its chart and its figures.
struct TheorySections {
  struct Section {
    let id, title: String
    let paragraphs: [String]
    let chart: String
    let head: [String]
    let rows: [Row]
    /// The chart as a file.
    let file: String
  }

  struct Row {
    let cells: [String]
  }

  let all: [Section]

  init(_ result: TheoryResult) {
    let tables = Dictionary(uniqueKeysWithValues: result.tables.map { ($0.name, $0.table) })
    func section(
      _ id: String, _ title: String, _ table: String, _ chart: CurveChart, _ paragraphs: [String]
    ) -> Section {
      Section(
        id: id, title: title, paragraphs: paragraphs, chart: chart.svg,
        head: tables[table]?.columns ?? [],
        rows: tables[table]?.rows.map { Row(cells: $0.map(Self.cell)) } ?? [], file: chart.file)
    }
    all = [
      section(
        "projection", "The projection onto the l1 ball", "projection.csv",
        TheoryCharts.projection(result),
        [
          "A stage of ILO ends each step with the nearest point of an l1 ball. p is the nearest "
            + "point to v exactly if r ‖v − p‖∞ = ⟨v − p, p⟩; the gap is the relative difference of "
            + "the two. The margin is how much farther from v the nearest of "
            + "\(result.settings.trials) random points of the ball is."
        ]),
      section(
        "maurey", "Few atoms are enough", "maurey.csv", TheoryCharts.maurey(result),
        [
          "Every point of an l1 ball of radius r is within r / √k of a mean of k atoms ± r e, so "
            + "that few balls cover it (theorem 2). Drawn are \(result.settings.trials) such means "
            + "of points of \(MaureyCheck.count) values. The k largest values do better still."
        ]),
      section(
        "recovery", "The radius of the ball", "radius.csv", TheoryCharts.recovery(result),
        [
          "The truth is x* = G₂(G₁(z*) + ν*) with a sparse ν*. From Gaussian measurements first z is "
            + "fitted, which is CSGM with G₁'s latents, then ν in a ball about G₁(z). Radius 0 "
            + "leaves the CSGM image; without a ball it is a plain search of the layer. A small "
            + "ball lacks the truth, a large one has too many images that explain the data: the "
            + "error should fall, then rise, and more measurements should bear a larger ball.",
          "Means over \(result.settings.images) images. ‖x̂ − x*‖ can go on falling where z was "
            + "fitted badly: then ν must mend it, and the radius it needs is not ‖ν*‖₁.",
        ]),
      section(
        "isometry", "What measurements do to distances", "isometry.csv",
        TheoryCharts.isometry(result),
        [
          "S-REC: ‖A (u − v)‖ ≥ γ ‖u − v‖ − δ for all images u and v of the range with balls of radius "
            + "\(result.radius.text(digits: 1)). Pairs are random, every other one in one ball, "
            + "and from the worst of them a worse one is looked for by descent. So γ is "
            + "an upper bound on the true one. The theorem is for Gaussian rows; a scanner's "
            + "Fourier samples it does not cover. A Fourier sample counts as two measurements, and "
            + "the zero frequency is always among them, which is why few of them stretch images."
        ]),
      section(
        "bounds", "The error and its bound", "radius.csv", TheoryCharts.bounds(result),
        [
          "x̄ is the image of the set that is nearest to the truth, x̂ the recovery. If γ holds for the "
            + "set, ‖x̂ − x*‖ ≤ ‖x̄ − x*‖ + (‖A x̂ − y‖ + ‖A x̄ − y‖) / γ; the theorem's form is "
            + "(1 + 4 / γ) ‖x̄ − x*‖ + 2 ‖noise‖ / γ. γ is the least found of pairs of that ball, the "
            + "recovery's own pair not among them, so that an error above the bound would show "
            + "a γ that was too large."
        ]),
      section(
        "continuity", "From stage to stage", "continuity.csv", TheoryCharts.continuity(result),
        [
          "A stage begins with the loss that the one before ended with, and the rest of the "
            + "generator, fed the features at the cut, draws the same image. So the sets of the "
            + "stages lie in one another, which the theory needs."
        ]),
    ]
  }

  private static func cell(_ field: CSVField) -> String {
    switch field {
    case .text(let text): text
    case .integer(let number): String(number)
    case .number(let number):
      abs(number) >= 0.001 || number == 0
        ? number.text(digits: abs(number) >= 100 ? 1 : 4) : String(format: "%.1e", number)
    case .empty: "–"
    }
  }
}
