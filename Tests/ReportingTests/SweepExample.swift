import Arrays
import Evaluation

@testable import Experiments
@testable import Reporting

/// Results made up for tests: rows one by one, or a whole study.
struct SweepExample {
  var metrics = ["psnr", "ssim", "nmse"]
  var methods = ["zero-filled", "ilo"]
  var baseline: String? = "zero-filled"
  var rows: [SliceResult] = []
  var costs: [SweepResults.Cost] = []
  var failures: [SweepResults.Failure] = []
  var title = "A study"
  var data = "simulated"

  /// Adds a slice of 4 pixels with a data range of 2.
  mutating func add(
    _ method: String, scan: String, patient: String? = nil, slice: Int = 0, seed: String = "1",
    mask: String = "random", acceleration: Double = 4, achieved: Double = 3.5,
    fraction: Double = 0.08, region: String = "image", error: Double, energy: Double = 10,
    metrics: [String: Double] = [:]
  ) {
    let condition = SliceResult.Condition(
      dataset: "heads", data: data, scan: scan, patient: patient ?? scan, anatomy: "brain",
      contrast: "T1", mask: mask, acceleration: acceleration, achievedAcceleration: achieved,
      centerFraction: fraction, acsLines: 17, seed: seed, method: method,
      job: "\(scan)-\(method)-\(acceleration)-\(seed)-\(slice / 8)")
    rows.append(
      SliceResult(
        condition: condition, slice: slice, region: region, pixels: 4, dataRange: 2,
        squaredError: error, referenceEnergy: energy, metrics: metrics))
  }

  var table: ResultsTable { ResultsTable(metrics: metrics, rows: rows) }

  var record: SweepRecord {
    let masks = rows.map(\.condition).map { condition in
      SweepRecord.Mask(
        scan: condition.scan, pattern: condition.mask, acceleration: condition.acceleration,
        achievedAcceleration: condition.achievedAcceleration,
        centerFraction: condition.centerFraction, acsLines: condition.acsLines,
        seed: condition.seed, columnCount: 4, columns: "f")
    }
    return SweepRecord(
      protocolDigest: "0123abcd",
      dataset: SweepRecord.Dataset(
        name: "heads", title: "Heads", licence: "CC0-1.0", source: "made up", note: "noise added"),
      scans: [
        SweepRecord.Scan(
          name: "a", file: "a.h5", sha256: "00", data: data, patient: "a", anatomy: "brain",
          contrast: "T1", slices: [0], coils: 4, image: [2, 2])
      ],
      masks: masks,
      methods: methods.map {
        SweepRecord.Method(label: $0, name: $0, settings: .object([:]), weights: nil)
      },
      weights: nil,
      evaluation: SweepRecord.Evaluation(
        reference: .mvue, metrics: metrics.compactMap(Metric.init), regions: [.image], boxes: nil),
      definitions: Dictionary(
        uniqueKeysWithValues: metrics.map { ($0, Metric(rawValue: $0)?.definition ?? "") }),
      boxesFile: nil, keepsImages: false, slicesPerJob: 8,
      jobs: Set(rows.map(\.condition.job)).count + failures.count)
  }

  var statistics: SweepProtocol.Statistics {
    SweepProtocol.Statistics(baseline: baseline, resamples: 2000)
  }

  func tables() throws -> SweepTables { try tables(of: table) }

  func tables(of table: ResultsTable) throws -> SweepTables {
    try SweepTables(
      title: title, table: table, record: record, statistics: statistics, costs: costs,
      failures: failures)
  }

  /// A study of made-up figures that no two rows share.
  static func study(
    patients: Int, scans: Int = 1, slices: Int, seeds: Int = 2, methods: Int,
    accelerations: [Double] = [4, 8], regions: [String] = ["image", "foreground"],
    metrics: [String] = ["psnr", "ssim", "nmse"]
  ) -> SweepExample {
    var example = SweepExample()
    example.metrics = metrics
    example.methods = (0..<methods).map { "method \($0)" }
    example.baseline = "method 0"
    var stream = RandomStream(seed: 7)
    for patient in 0..<patients {
      let skill = (0..<methods).map { 1 + 0.1 * Double($0) + 0.3 * Double(stream.uniform()) }
      for scan in 0..<scans {
        for acceleration in accelerations {
          for seed in 0..<seeds {
            for (method, label) in example.methods.enumerated() {
              for slice in 0..<slices {
                for region in regions {
                  let error =
                    acceleration * (0.5 + Double(stream.uniform())) / (10 * skill[method])
                  var figures: [String: Double] = [:]
                  for name in metrics { figures[name] = skill[method] * Double(stream.uniform()) }
                  example.add(
                    label, scan: "p\(patient)s\(scan)", patient: "p\(patient)", slice: slice,
                    seed: "\(seed)", acceleration: acceleration,
                    achieved: acceleration * 0.9 + 0.01 * Double(seed),
                    fraction: 0.32 / acceleration, region: region, error: error,
                    energy: 9 + Double(stream.uniform()), metrics: figures)
                }
              }
            }
          }
        }
      }
    }
    return example
  }
}
