import Evaluation

/// The tables of a notebook, as the code in it computes them from the files beside it.
struct NotebookTables {
  let summary: DataFrame
  let comparisons: DataFrame
  let costs: DataFrame
  /// In the order of the tables.
  let regions: [String]
  let metrics: [String]

  init(_ tables: SweepTables) {
    summary = DataFrame(tables.summaryData)
    comparisons = DataFrame(tables.comparisonsData)
    costs = DataFrame(tables.costSummaryData)
    regions = summary.values("region")
    metrics = summary.values("metric")
  }

  /// `quality(region)` of the notebook's code.
  func quality(_ region: String) -> NotebookTable {
    struct Key: Hashable {
      let mask: String
      let acceleration, fraction: Double?
      let method: String
    }
    var table = NotebookTable(
      columns: ["mask", "acceleration", "centre", "method", "patients"] + metrics)
    let part = summary.rows.filter { $0.text("region") == region }
    func key(_ row: DataFrame.Row) -> Key {
      Key(
        mask: row.text("mask"), acceleration: row.number("acceleration"),
        fraction: row.number("center_fraction"), method: row.text("method"))
    }
    let groups = Dictionary(grouping: part, by: key)
    for key in DataFrame.unique(part.map(key)) {
      let group = groups[key] ?? []
      let patients = group.compactMap { $0.number("patients") }.max() ?? 0
      table.rows.append(
        [
          key.mask, NotebookNumber.factor(key.acceleration), NotebookNumber.factor(key.fraction),
          key.method, "\(Int(patients))",
        ]
          + metrics.map { metric in
            let row = group.last { $0.text("metric") == metric }
            return NotebookNumber.figure(
              row?.number("patient_mean"), row?.number("ci_lower"), row?.number("ci_upper"))
          })
    }
    return table
  }

  /// `comparison(region)` of the notebook's code.
  func comparison(_ region: String) -> NotebookTable {
    var table = NotebookTable(columns: [
      "metric", "mask", "acceleration", "centre", "methods", "patients", "mean difference",
      "p (Holm)", "better", "worse",
    ])
    for row in comparisons.rows where row.text("region") == region {
      table.rows.append([
        row.text("metric"), row.text("mask"), NotebookNumber.factor(row.number("acceleration")),
        NotebookNumber.factor(row.number("center_fraction")),
        "\(row.text("method")) − \(row.text("baseline"))", row.text("patients"),
        NotebookNumber.figure(
          row.number("mean_difference"), row.number("ci_lower"), row.number("ci_upper")),
        NotebookNumber.p(row.number("p_holm")), row.text("better"), row.text("worse"),
      ])
    }
    return table
  }

  /// `costs()` of the notebook's code.
  var costTable: NotebookTable {
    var table = NotebookTable(columns: [
      "method", "jobs", "slices", "seconds a slice, median [quartiles]", "peak memory in MiB",
    ])
    for row in costs.rows {
      table.rows.append([
        row.text("method"), row.text("jobs"), row.text("slices"),
        NotebookNumber.figure(
          row.number("seconds_per_slice_median"), row.number("seconds_per_slice_q1"),
          row.number("seconds_per_slice_q3")),
        ((row.number("peak_memory_bytes") ?? 0) / 1_048_576).text(digits: 0),
      ])
    }
    return table
  }
}
