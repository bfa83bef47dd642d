import Acquisition
import Evaluation
import Foundation

/// The tables of a sweep of inverse problems.
struct SolveSweepTables {
  let results: CSVWriter
  let summary: CSVWriter

  init(_ sweep: SolveSweep, _ done: [(SolveSweep.Job, SolveSweep.Result)]) {
    let condition = ["task", "variant", "level", "noise_model", "noise"]
    var results = CSVWriter(
      columns: condition + ["seed", "image", "method", "psnr", "ssim", "nmse", "seconds"])
    var summary = CSVWriter(
      columns: condition + [
        "method", "images", "psnr", "psnr_deviation", "ssim", "ssim_deviation", "nmse", "seconds",
      ])
    func cells(_ condition: SolveProtocol.Condition) -> [CSVField] {
      [
        .text(condition.task.name), .text(condition.task.variant),
        condition.task.level.map { .number($0) } ?? .empty,
        .text(condition.noiseModel.rawValue), .number(condition.noise),
      ]
    }
    var groups: [(cells: [CSVField], label: String, results: [SolveSweep.Result])] = []
    for (job, result) in done {
      let condition = sweep.plan.conditions[job.condition]
      let label = sweep.plan.methods[job.method].label
      let figures = result.figures
      results.append(
        cells(condition) + [
          .integer(Int(condition.seed)), .text(sweep.images[job.image].name), .text(label),
          .number(figures.psnr), .number(figures.ssim), .number(figures.nmse),
          .number(result.seconds),
        ])
      let key = cells(condition)
      if let index = groups.firstIndex(where: { $0.label == label && $0.cells == key }) {
        groups[index].results.append(result)
      } else {
        groups.append((key, label, [result]))
      }
    }
    for group in groups {
      func mean(_ figure: (SolveSweep.Result) -> Double) -> Double {
        group.results.reduce(0) { $0 + figure($1) } / Double(group.results.count)
      }
      /// The standard deviation of the sample; nothing for one image.
      func deviation(_ figure: (SolveSweep.Result) -> Double) -> CSVField {
        let (middle, count) = (mean(figure), Double(group.results.count))
        guard count > 1 else { return .empty }
        let square = group.results.reduce(0) { $0 + pow(figure($1) - middle, 2) }
        return .number((square / (count - 1)).squareRoot())
      }
      summary.append(
        group.cells + [
          .text(group.label), .integer(group.results.count), .number(mean(\.figures.psnr)),
          deviation(\.figures.psnr), .number(mean(\.figures.ssim)), deviation(\.figures.ssim),
          .number(mean(\.figures.nmse)), .number(mean(\.seconds)),
        ])
    }
    (self.results, self.summary) = (results, summary)
  }

  func write(to folder: String) throws {
    try results.write(to: "\(folder)/results.csv")
    try summary.write(to: "\(folder)/summary.csv")
  }
}
