import Evaluation
import Experiments
import Foundation

/// What a sweep tells on the standard output.
enum SweepSummary {
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

  /// After the work: what the tables say.
  static func finish(_ folder: SweepFolder) throws -> String {
    let results = try SweepResults(folder: folder)
    try results.table.csv.write(to: folder.file("results.csv"))
    return
      "\(results.jobsDone) of \(results.record.jobs) jobs done, \(results.failures.count) failed."
  }

  static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }
}
