import Evaluation
import Experiments
import Foundation
import Reporting

/// What a sweep tells on the standard output.
enum SweepSummary {
  /// What is odd about the scans and which were left out, a line each.
  static func oddities(_ record: SweepRecord) -> [String] {
    record.scans.flatMap { scan in
      (scan.warnings ?? []).map { "Warning: \(scan.name): \($0)." }
    } + (record.leftOut ?? []).map { "Left out: \($0.name): \($0.reason)" }
  }

  /// Before the work begins; with the workers, if they are on this machine.
  static func heading(_ sweep: Sweep, _ settings: Sweep.LocalSettings?) throws -> String {
    let record = sweep.plan.record
    var lines = [
      "\(sweep.plan.settings.title)",
      "  \(count(record.scans.count, "scan")), "
        + "\(count(record.scans.reduce(0) { $0 + $1.slices.count }, "slice")), "
        + "\(count(record.masks.count / max(1, record.scans.count), "mask")) each, "
        + "\(count(record.methods.count, "method")): \(count(record.jobs, "job")), "
        + "\(sweep.doneBefore) done before",
    ]
    if !sweep.damaged.isEmpty {
      lines.append(
        "  \(count(sweep.damaged.count, "result file")) damaged, done again: "
          + sweep.damaged.prefix(3).joined(separator: ", ")
          + (sweep.damaged.count > 3 ? ", …" : ""))
    }
    if !sweep.damagedReferences.isEmpty {
      lines.append(
        "  \(count(sweep.damagedReferences.count, "file")) of reference images damaged, made again: "
          + sweep.damagedReferences.joined(separator: ", "))
    }
    if sweep.jobsLeft > 0, let settings {
      let (workers, threads) = try sweep.workers(settings)
      lines.append(
        "  \(count(workers, "worker")) of \(count(threads, "thread")), about "
          + "\(sweep.plan.estimate.memory >> 20) MiB each of \(settings.memory >> 20) MiB")
    }
    return lines.joined(separator: "\n")
  }

  /// Instead of the work.
  static func dryRun(_ plan: SweepPlan, _ settings: Sweep.LocalSettings) throws -> String {
    let record = plan.record
    var table = TextTable([
      ("scan", .left), ("patient", .left), ("slices", .right), ("coils", .right),
      ("image", .left), ("jobs", .right),
    ])
    let perScan = Dictionary(grouping: plan.jobs) { $0.scan }
    for (index, scan) in record.scans.enumerated() {
      table.append([
        scan.name, scan.patient, String(scan.slices.count), String(scan.coils),
        scan.image.map(String.init).joined(separator: "×"), String(perScan[index]?.count ?? 0),
      ])
    }
    var methods = TextTable([("method", .left), ("jobs", .right), ("core time", .right)])
    for (index, method) in record.methods.enumerated() {
      methods.append([
        method.label, String(plan.jobs.count { $0.method == index }),
        TrainingLog.clock(plan.estimate.secondsByMethod[index]),
      ])
    }
    var masks = TextTable([
      ("mask", .left), ("asked", .right), ("achieved", .right), ("ACS lines", .right),
      ("seeds", .right),
    ])
    var seen: [String] = []
    for mask in record.masks {
      let key = "\(mask.pattern) \(mask.acceleration) \(mask.centerFraction)"
      if seen.contains(key) { continue }
      seen.append(key)
      let same = record.masks.filter {
        "\($0.pattern) \($0.acceleration) \($0.centerFraction)" == key
      }
      func range(_ values: [Double], _ digits: Int) -> String {
        let (low, high) = (values.min() ?? 0, values.max() ?? 0)
        return low == high
          ? low.text(digits: digits) : "\(low.text(digits: digits))–\(high.text(digits: digits))"
      }
      masks.append([
        mask.pattern, mask.acceleration.text(digits: 1),
        range(same.map(\.achievedAcceleration), 2), range(same.map { Double($0.acsLines) }, 0),
        String(Set(same.map(\.seed)).count),
      ])
    }
    let workers = max(
      1, min(settings.workers ?? settings.cores, settings.memory / max(1, plan.estimate.memory)))
    return [
      plan.settings.title, "", table.text, "", masks.text, "", methods.text, "",
      "\(count(record.jobs, "job")); about \(TrainingLog.clock(plan.estimate.seconds)) on one core, "
        + "\(TrainingLog.clock(plan.estimate.seconds / Double(min(workers, settings.cores)))) by "
        + "\(count(workers, "worker")) of about \(plan.estimate.memory >> 20) MiB. Nothing was run.",
    ].joined(separator: "\n")
  }

  /// After the work: writes all tables and says what they hold.
  static func finish(_ folder: SweepFolder) throws -> String {
    let results = try SweepResults(folder: folder)
    try results.table.csv.write(to: folder.file("results.csv"))
    let tables = try SweepTables(results: results)
    let files = ["results.csv"] + (try tables.write(to: folder))
    var lines = [
      "\(results.jobsDone) of \(results.record.jobs) jobs done, \(results.failures.count) failed."
    ]
    for failure in results.failures.prefix(3) {
      lines.append("  failed: \(failure.reason)")
    }
    if results.failures.count > 3 { lines.append("  and more, see failures.csv") }
    if let table = table(of: tables) { lines += ["", table] }
    lines += ["", "Tables in \(folder.path): \(files.joined(separator: ", "))"]
    return lines.joined(separator: "\n")
  }

  /// The first region's means, a row per condition and method.
  private static func table(of tables: SweepTables) -> String? {
    let shown = Array(tables.metrics.prefix(3))
    guard let region = tables.summaries.first?.group.region else { return nil }
    let columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("mask", .left), ("asked", .right), ("method", .left), ("patients", .right),
      ("scans", .right),
    ]
    var text = TextTable(
      columns
        + shown.map {
          ($0.unit.isEmpty ? $0.title : "\($0.title) \($0.unit)", TextTable.Alignment.right)
        })
    for summary in tables.summaries where summary.group.region == region {
      let group = summary.group
      var cells = [
        group.mask, group.acceleration.text(digits: 1), summary.method, String(summary.patients),
        String(summary.volumes),
      ]
      for metric in shown {
        let found = summary.metrics.first { $0.metric == metric }
        cells.append(found?.volumes.text(digits: metric.digits) ?? "–")
      }
      text.append(cells)
    }
    return text.text + "\n\nMean ± SD over scans, \(region); intervals and tests in summary.md"
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
