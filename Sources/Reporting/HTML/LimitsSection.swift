import Evaluation
import Experiments

/// What failed, what is missing, what it cost and what the study cannot say.
struct LimitsSection {
  struct Failure {
    let scan, slices, method, mask, seed, reason: String
  }

  struct Cost {
    let method, jobs, seconds, memory, threads: String
  }

  let failures: [Failure]
  let hasFailures: Bool
  let coverage: String
  let damaged: [String]
  let hasDamaged: Bool
  let statements: [String]
  let costs: [Cost]
  let hasCosts: Bool

  init(_ content: ReportContent) {
    let tables = content.tables
    failures = tables.failures.map { failure in
      Failure(
        scan: failure.scan, slices: failure.slices.map(String.init).joined(separator: ", "),
        method: failure.method,
        mask: "\(failure.mask), \(PrintedNumber.short(failure.acceleration))×",
        seed: failure.seed, reason: failure.reason)
    }
    hasFailures = !failures.isEmpty
    let missing = content.record.jobs - content.jobsDone - failures.count
    var coverage =
      "\(content.jobsDone) of \(FigureText.count(content.record.jobs, "job")) done, "
      + "\(failures.count) failed, \(missing) missing."
    if missing > 0 { coverage += " The same 'mri-ilo sweep' command goes on with what is missing." }
    if content.jobsDone < content.record.jobs {
      coverage +=
        " Means are over what is there; the notes of the summary say what each method lacks."
    }
    self.coverage = coverage
    damaged = content.damaged
    hasDamaged = !damaged.isEmpty
    statements = StudyLimits.statements(content)
    costs = tables.costSummaries.map { summary in
      let seconds = summary.secondsPerSlice
      let threads = Set(
        tables.costs.filter { $0.condition.method == summary.method }.compactMap(\.threads))
      return Cost(
        method: summary.method, jobs: "\(summary.jobs)",
        seconds: seconds.medianText(
          digits: PrintedNumber.digits(for: [seconds.median], significant: 3, least: 0)),
        memory: (Double(summary.peakMemory) / 1_048_576).text(digits: 0),
        threads: FigureText.range(threads.map(Double.init), digits: 0))
    }
    hasCosts = !costs.isEmpty
  }
}
