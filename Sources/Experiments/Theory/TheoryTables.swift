public import Evaluation

extension TheoryResult {
  /// The tables of all checks, by the names of their files.
  public var tables: [(name: String, table: CSVWriter)] {
    [
      ("projection.csv", projectionTable), ("maurey.csv", maureyTable),
      ("radius.csv", recoveryTable), ("isometry.csv", isometryTable),
      ("continuity.csv", continuityTable),
    ]
  }

  private static func field(_ value: Double?) -> CSVField { value.map { .number($0) } ?? .empty }

  private var projectionTable: CSVWriter {
    var table = CSVWriter(columns: [
      "values", "radius_share", "least_margin", "optimality_gap", "excess", "second_move",
    ])
    for row in projection {
      table.append([
        .integer(row.count), .number(row.radiusShare), .number(row.leastMargin),
        .number(row.optimalityGap), .number(row.excess), .number(row.secondMove),
      ])
    }
    return table
  }

  private var maureyTable: CSVWriter {
    var table = CSVWriter(columns: [
      "kind", "atoms", "rms_error", "expected_rms_error", "least_error", "bound", "best_terms",
    ])
    for row in maurey {
      table.append([
        .text(row.kind), .integer(row.atoms), .number(row.error), .number(row.expected),
        .number(row.least), .number(row.bound), .number(row.bestTerms),
      ])
    }
    return table
  }

  /// Without a ball the fields of radius, γ and bounds are empty.
  private var recoveryTable: CSVWriter {
    var table = CSVWriter(columns: [
      "image", "measurements", "radius_factor", "radius", "l1_norm", "misfit", "error",
      "best_error", "best_misfit", "gamma", "bound", "theorem_bound",
    ])
    for row in recovery {
      table.append([
        .integer(row.image), .integer(row.measurements), Self.field(row.radiusFactor),
        Self.field(row.radius), .number(row.sum), .number(row.misfit), .number(row.error),
        .number(row.bestError), .number(row.bestMisfit), Self.field(row.gamma),
        Self.field(row.bound), Self.field(row.theoremBound),
      ])
    }
    return table
  }

  private var isometryTable: CSVWriter {
    var table = CSVWriter(columns: [
      "ensemble", "measurements", "least_random", "median_random", "gamma", "gamma_delta_0.01",
      "gamma_delta_0.1",
    ])
    for row in isometry {
      table.append([
        .text(row.ensemble.rawValue), .integer(row.measurements), .number(row.leastRandom),
        .number(row.medianRandom), .number(row.gamma), .number(row.gammaSmallDelta),
        .number(row.gammaLargeDelta),
      ])
    }
    return table
  }

  private var continuityTable: CSVWriter {
    var table = CSVWriter(columns: [
      "stage", "last_loss", "first_loss", "end_loss", "misfit", "cut_misfit",
    ])
    for row in continuity {
      table.append([
        .integer(row.stage), .number(row.last), .number(row.first), .number(row.end),
        .number(row.misfit), .number(row.cutMisfit),
      ])
    }
    return table
  }
}
