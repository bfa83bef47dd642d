import Acquisition
import Evaluation

/// The tables that a run of `solve` leaves as CSV files.
enum SolveTables {
  private static let conditions = ["task", "variant", "level", "noise_model", "noise", "seed"]

  /// A row per image and method.
  static func images(_ record: SolveRecord) -> CSVWriter {
    var table = CSVWriter(
      columns: ["image", "method"] + conditions + ["psnr", "ssim", "nmse", "seconds"])
    for (position, image) in record.input.images.enumerated() {
      for method in record.methods {
        let result = method.slices[position]
        table.append(
          [.text(image), .text(method.name)] + condition(record)
            + RunTables.figures(result.metrics) + [.number(result.seconds)])
      }
    }
    return table
  }

  /// A row per method: means over the images.
  static func means(_ record: SolveRecord) -> CSVWriter {
    var table = CSVWriter(
      columns: ["images", "method"] + conditions
        + ["psnr", "ssim", "nmse", "seconds", "definition"])
    for mean in record.means {
      table.append(
        [.integer(record.input.images.count), .text(mean.method)] + condition(record) + [
          .number(mean.psnr), .number(mean.ssim), .number(mean.nmse), .number(mean.seconds),
          .text(record.definition),
        ])
    }
    return table
  }

  /// A row per stage of each image and method; nil if no method has stages.
  static func stages(_ record: SolveRecord) -> CSVWriter? {
    guard record.methods.contains(where: { $0.slices.contains { !$0.stages.isEmpty } }) else {
      return nil
    }
    var table = CSVWriter(columns: [
      "image", "method", "stage", "iterations", "misfit", "psnr", "ssim", "nmse",
    ])
    for (position, image) in record.input.images.enumerated() {
      for method in record.methods {
        for stage in method.slices[position].stages {
          table.append(
            [
              .text(image), .text(method.name), .text(stage.name), .integer(stage.iterations),
              .number(stage.misfit),
            ] + RunTables.figures(stage.metrics))
        }
      }
    }
    return table
  }

  private static func condition(_ record: SolveRecord) -> [CSVField] {
    [
      .text(record.task.name), .text(record.task.variant),
      record.task.level.map(CSVField.number) ?? .empty, .text(record.task.noiseModel.rawValue),
      .number(record.task.noise), .text(String(record.seed)),
    ]
  }
}
