import Acquisition
import Evaluation

/// The tables of a sweep of inverse problems.
struct SolveSweepTables {
  let results: CSVWriter
  let summary: CSVWriter

  private static let condition = ["task", "variant", "level", "noise_model", "noise"]

  init(_ sweep: SolveSweep, _ done: [(job: SolveSweep.Job, result: SolveSweep.Result)]) {
    func cells(
      _ task: SolveTask, _ model: String, _ noise: Double
    ) -> [CSVField] {
      [
        .text(task.name), .text(task.variant), task.level.map { .number($0) } ?? .empty,
        .text(model), .number(noise),
      ]
    }
    var results = CSVWriter(
      columns: Self.condition + [
        "seed", "image", "subject", "method", "psnr", "ssim", "nmse", "seconds",
      ])
    for (job, result) in done {
      let condition = sweep.plan.conditions[job.condition]
      let figures = result.figures
      results.append(
        cells(condition.task, condition.noiseModel.rawValue, condition.noise) + [
          .integer(Int(condition.seed)), .text(sweep.images[job.image].name),
          .text(sweep.subjects[job.image]), .text(sweep.plan.methods[job.method].label),
          .number(figures.psnr), .number(figures.ssim), .number(figures.nmse),
          .number(result.seconds),
        ])
    }
    func columns(_ name: String) -> [String] {
      [name, "\(name)_deviation", "\(name)_low", "\(name)_high"]
    }
    func fields(_ figure: SolveSweepSummary.Figure) -> [CSVField] {
      [figure.mean, figure.deviation, figure.interval?.lower, figure.interval?.upper].map {
        $0.map { .number($0) } ?? .empty
      }
    }
    var summary = CSVWriter(
      columns: Self.condition + ["method", "images", "subjects"] + columns("psnr")
        + columns("ssim") + ["nmse", "seconds"])
    for line in SolveSweepSummary(sweep, done).lines {
      summary.append(
        cells(line.task, line.noiseModel, line.noise) + [
          .text(line.method), .integer(line.images), .integer(line.subjects),
        ] + fields(line.psnr) + fields(line.ssim) + [
          .number(line.nmse.mean), .number(line.seconds),
        ])
    }
    (self.results, self.summary) = (results, summary)
  }

  func write(to folder: String) throws {
    try results.write(to: "\(folder)/results.csv")
    try summary.write(to: "\(folder)/summary.csv")
  }
}
