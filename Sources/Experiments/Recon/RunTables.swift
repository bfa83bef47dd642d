import Evaluation

/// The tables that a run leaves as CSV files.
enum RunTables {
  /// A row per slice and method.
  static func slices(_ record: RunRecord) -> CSVWriter {
    var table = CSVWriter(columns: [
      "file", "slice", "method", "mask", "acceleration", "achieved_acceleration",
      "center_fraction", "seed", "reference", "psnr", "ssim", "nmse", "seconds",
    ])
    for (position, slice) in record.input.slices.enumerated() {
      for method in record.methods {
        let result = method.slices[position]
        table.append(
          [file(record), .integer(slice), .text(method.name)] + sampling(record)
            + figures(result.metrics) + [.number(result.seconds)])
      }
    }
    return table
  }

  /// A row per method over all slices.
  static func volume(_ record: RunRecord) -> CSVWriter {
    var table = CSVWriter(columns: [
      "file", "slices", "method", "mask", "acceleration", "achieved_acceleration",
      "center_fraction", "seed", "reference", "psnr", "ssim", "nmse", "seconds", "definition",
    ])
    for method in record.methods {
      table.append(
        [file(record), .integer(method.slices.count), .text(method.name)] + sampling(record)
          + figures(method.volume)
          + [.number(method.seconds), .text(record.reference.definition)])
    }
    return table
  }

  /// A row per stage of each slice and method; nil if no method has stages.
  static func stages(_ record: RunRecord) -> CSVWriter? {
    guard record.methods.contains(where: { $0.slices.contains { !$0.stages.isEmpty } }) else {
      return nil
    }
    var table = CSVWriter(columns: [
      "file", "slice", "method", "stage", "iterations", "misfit", "psnr", "ssim", "nmse",
    ])
    for (position, slice) in record.input.slices.enumerated() {
      for method in record.methods {
        for stage in method.slices[position].stages {
          table.append(
            [
              file(record), .integer(slice), .text(method.name), .text(stage.name),
              .integer(stage.iterations), .number(stage.misfit),
            ] + figures(stage.metrics))
        }
      }
    }
    return table
  }

  private static func file(_ record: RunRecord) -> CSVField { .text(fileName(record.input.file)) }

  private static func sampling(_ record: RunRecord) -> [CSVField] {
    func number(_ value: Double?) -> CSVField { value.map(CSVField.number) ?? .empty }
    return [
      .text(record.mask.name), number(record.mask.acceleration),
      .number(record.mask.achievedAcceleration), number(record.mask.centerFraction),
      record.mask.seed.map(CSVField.text) ?? .empty,
      record.reference.kind.map { .text($0.rawValue) } ?? .empty,
    ]
  }

  static func figures(_ figures: RunRecord.Figures?) -> [CSVField] {
    guard let figures else { return [.empty, .empty, .empty] }
    return [.number(figures.psnr), .number(figures.ssim), .number(figures.nmse)]
  }
}
