public import Evaluation
import Experiments

extension CSVField {
  /// Nothing for a figure that is missing or has no value.
  static func figure(_ value: Double?) -> CSVField {
    guard let value, !value.isNaN else { return .empty }
    return .number(value)
  }
}

extension SweepTables {
  /// `volumes.csv`: a row per scan, mask, seed, method and region.
  public var volumesData: CSVWriter {
    var data = CSVWriter(
      columns: [
        "dataset", "data", "scan", "patient", "anatomy", "contrast", "mask", "acceleration",
        "achieved_acceleration", "center_fraction", "acs_lines", "seed", "method", "region",
      ] + metrics.map(\.rawValue) + [
        "slices", "pixels", "data_range", "squared_error", "reference_energy",
      ])
    for volume in volumes {
      let condition = volume.condition
      data.append(
        [
          .text(condition.dataset), .text(condition.data), .text(condition.scan),
          .text(condition.patient), .text(condition.anatomy), .text(condition.contrast),
          .text(condition.mask), .number(condition.acceleration),
          .number(condition.achievedAcceleration), .number(condition.centerFraction),
          .integer(condition.acsLines), .text(condition.seed), .text(condition.method),
          .text(volume.region),
        ] + metrics.map { .figure(volume.metrics[$0]) } + [
          .integer(volume.slices.count), .integer(volume.pixels), .figure(volume.dataRange),
          .figure(volume.squaredError), .figure(volume.referenceEnergy),
        ])
    }
    return data
  }

  /// `summary.csv`: a row per region, mask, acceleration, method and metric.
  ///
  /// The unit of analysis is that of `ConditionSummary`. A method without a volume has rows with
  /// counts of 0.
  public var summaryData: CSVWriter {
    var data = CSVWriter(
      columns: Self.groupColumns + [
        "method", "metric", "unit", "patients", "volumes", "slices", "seeds",
        "achieved_acceleration", "achieved_acceleration_min", "achieved_acceleration_max", "mean",
        "sd", "median", "q1", "q3", "min", "max", "patient_mean", "ci_lower", "ci_upper",
        "confidence", "note",
      ] + Self.statementColumns)
    for summary in summaries {
      for metric in metrics {
        let figures = summary.metrics.first { $0.metric == metric }
        let (volumes, achieved) = (figures?.volumes, summary.achievedAcceleration)
        let counts: [CSVField] = [
          .integer(figures?.patients ?? 0), .integer(volumes?.count ?? 0),
          .integer(summary.slices), .integer(summary.seeds),
        ]
        let values = [
          achieved?.mean, achieved?.minimum, achieved?.maximum, volumes?.mean,
          volumes?.standardDeviation, volumes?.median, volumes?.lowerQuartile,
          volumes?.upperQuartile, volumes?.minimum, volumes?.maximum, figures?.patientMean,
          figures?.interval?.lower, figures?.interval?.upper, figures?.interval?.confidence,
        ]
        data.append(
          groupFields(summary.group)
            + [.text(summary.method), .text(metric.rawValue), .text(metric.unit)]
            + counts + values.map(CSVField.figure) + [.text(summary.note)]
            + statementFields(metric))
      }
    }
    return data
  }

  /// `comparisons.csv`: each method against the baseline per region, mask, acceleration and metric.
  ///
  /// Pairs, test and family are those of `MethodComparison`.
  public var comparisonsData: CSVWriter {
    var data = CSVWriter(
      columns: Self.groupColumns + Self.comparisonColumns + [
        "mean_difference", "ci_lower", "ci_upper", "confidence", "median_difference", "wilcoxon_w",
        "p", "p_distribution", "p_holm", "family", "better", "worse",
      ] + Self.statementColumns)
    for comparison in comparisons {
      let (interval, test) = (comparison.interval, comparison.test)
      let figures = [
        comparison.meanDifference, interval?.lower, interval?.upper, interval?.confidence,
        test?.medianDifference, test?.statistic, test?.pValue,
      ]
      data.append(
        groupFields(comparison.group) + comparisonFields(comparison)
          + figures.map(CSVField.figure) + [
            (test?.distribution.rawValue).map(CSVField.text) ?? .empty,
            .figure(comparison.adjustedP), .integer(comparison.family),
            .integer(comparison.better), .integer(comparison.worse),
          ] + statementFields(comparison.metric))
    }
    return data
  }

  /// `agreement.csv`: Bland–Altman bias and 95 % limits of method − baseline over patients.
  public var agreementData: CSVWriter {
    var data = CSVWriter(
      columns: Self.groupColumns + Self.comparisonColumns + [
        "bias", "bias_ci_lower", "bias_ci_upper", "sd", "lower_limit", "lower_limit_ci_lower",
        "lower_limit_ci_upper", "upper_limit", "upper_limit_ci_lower", "upper_limit_ci_upper",
        "confidence",
      ] + Self.statementColumns)
    for comparison in comparisons {
      let agreement = comparison.agreement
      let figures = [
        agreement?.bias, agreement?.biasInterval.lower, agreement?.biasInterval.upper,
        agreement?.standardDeviation, agreement?.lowerLimit, agreement?.lowerLimitInterval.lower,
        agreement?.lowerLimitInterval.upper, agreement?.upperLimit,
        agreement?.upperLimitInterval.lower, agreement?.upperLimitInterval.upper,
        agreement?.biasInterval.confidence,
      ]
      data.append(
        groupFields(comparison.group) + comparisonFields(comparison)
          + figures.map(CSVField.figure) + statementFields(comparison.metric))
    }
    return data
  }

  /// `failures.csv`: a row per job that failed.
  public var failuresData: CSVWriter {
    var data = CSVWriter(columns: [
      "job", "scan", "slices", "method", "mask", "acceleration", "seed", "reason",
    ])
    for failure in failures {
      data.append([
        .text(failure.job), .text(failure.scan),
        .text(failure.slices.map(String.init).joined(separator: " ")), .text(failure.method),
        .text(failure.mask), .number(failure.acceleration), .text(failure.seed),
        .text(failure.reason),
      ])
    }
    return data
  }

  private static let groupColumns = ["region", "mask", "acceleration", "center_fraction"]
  private static let comparisonColumns = [
    "metric", "unit", "method", "baseline", "patients", "volumes",
  ]
  private static let statementColumns = ["data", "reference", "definition", "statement"]

  private func groupFields(_ group: ConditionGroup) -> [CSVField] {
    [
      .text(group.region), .text(group.mask), .number(group.acceleration),
      .number(group.centerFraction),
    ]
  }

  private func comparisonFields(_ comparison: MethodComparison) -> [CSVField] {
    [
      .text(comparison.metric.rawValue), .text(comparison.metric.unit), .text(comparison.method),
      .text(comparison.baseline), .integer(comparison.pairs.count), .integer(comparison.volumes),
    ]
  }

  /// What every line says of itself, so that no line is ever read without it.
  private func statementFields(_ metric: Metric) -> [CSVField] {
    [
      .text(TableStatements.dataKinds(record)), .text(record.evaluation.reference.rawValue),
      .text(record.definitions[metric.rawValue] ?? metric.definition),
      .text("\(record.program) \(record.version); research use only; not for diagnosis"),
    ]
  }
}
