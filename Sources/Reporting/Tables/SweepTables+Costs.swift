public import Evaluation
import Experiments

extension SweepTables {
  /// `costs.csv`: a row per job; times in seconds, memory in bytes.
  public var costsData: CSVWriter {
    var data = CSVWriter(columns: [
      "job", "scan", "patient", "mask", "acceleration", "achieved_acceleration",
      "center_fraction", "seed", "method", "slices", "seconds", "seconds_per_slice",
      "peak_memory_bytes",
    ])
    for cost in costs {
      let condition = cost.condition
      data.append([
        .text(cost.job), .text(condition.scan), .text(condition.patient), .text(condition.mask),
        .number(condition.acceleration), .number(condition.achievedAcceleration),
        .number(condition.centerFraction), .text(condition.seed), .text(condition.method),
        .integer(cost.slices), .figure(cost.seconds), .figure(cost.secondsPerSlice),
        .integer(cost.peakMemory),
      ])
    }
    return data
  }

  /// `summary-costs.csv`: a row per method, over its jobs.
  public var costSummaryData: CSVWriter {
    var data = CSVWriter(columns: [
      "method", "jobs", "slices", "seconds_per_slice_median", "seconds_per_slice_q1",
      "seconds_per_slice_q3", "seconds_per_slice_min", "seconds_per_slice_max",
      "peak_memory_bytes",
    ])
    for summary in costSummaries {
      let seconds = summary.secondsPerSlice
      let figures = [
        seconds.median, seconds.lowerQuartile, seconds.upperQuartile, seconds.minimum,
        seconds.maximum,
      ]
      data.append(
        [.text(summary.method), .integer(summary.jobs), .integer(summary.slices)]
          + figures.map(CSVField.figure) + [.integer(summary.peakMemory)])
    }
    return data
  }

  /// `summary-costs.md`: the same for readers.
  public var costSummaryMarkdown: String {
    var rows: [[String]] = []
    for summary in costSummaries {
      let seconds = summary.secondsPerSlice
      // Three significant digits of the median serve milliseconds and hours alike.
      let digits = PrintedNumber.digits(for: [seconds.median], significant: 3, least: 0)
      rows.append([
        summary.method, "\(summary.jobs)", "\(summary.slices)",
        seconds.medianText(digits: digits),
        (Double(summary.peakMemory) / 1_048_576).text(digits: 0),
      ])
    }
    let table = PrintedTable(
      heading: title, part: "seconds and memory by method",
      caption: "Seconds a slice of the method alone: median [quartiles] over jobs. Peak memory: "
        + "the largest resident memory of a job's process while the method was at work, with what "
        + "the allocator still holds of earlier jobs. Both differ from run to run. "
        + "\(TableStatements(self).program). \(TableStatements(self).use).",
      columns: [
        .init("Method", isNumber: false), .init("Jobs"), .init("Slices"), .init("Seconds a slice"),
        .init("Peak memory (MiB)"),
      ], rows: rows, notes: [])
    return "# Costs: \(Markdown.escaped(title))\n\n" + Markdown.text(table)
  }
}
