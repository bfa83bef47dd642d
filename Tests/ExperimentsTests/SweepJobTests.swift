import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite struct SweepJobTests {
  /// Two scans of five and two slices, two masks each, two methods.
  private func record() -> SweepRecord {
    func scan(_ name: String, _ slices: Int) -> SweepRecord.Scan {
      SweepRecord.Scan(
        name: name, file: "/data/\(name).h5", sha256: "digest of \(name)", data: "measured",
        patient: name, anatomy: "brain", contrast: "T1w", slices: Array(0..<slices), coils: 2,
        image: [8, 8])
    }
    func mask(_ scan: String, _ seed: String) -> SweepRecord.Mask {
      SweepRecord.Mask(
        scan: scan, pattern: "random", acceleration: 4, achievedAcceleration: 3.9,
        centerFraction: 0.08, acsLines: 4, seed: seed, columnCount: 8, columns: "5a")
    }
    return SweepRecord(
      protocolDigest: "p",
      dataset: SweepRecord.Dataset(name: "d", title: "", licence: "", source: ""),
      scans: [scan("a", 5), scan("b", 2)],
      masks: [mask("a", "1"), mask("a", "2"), mask("b", "1"), mask("b", "2")],
      methods: [
        SweepRecord.Method(label: "sense", name: "sense", settings: .object([:])),
        SweepRecord.Method(label: "zf", name: "zero-filled", settings: .object([:])),
      ],
      evaluation: SweepRecord.Evaluation(
        reference: .mvue, metrics: [.psnr], regions: [.image], boxes: nil),
      definitions: [:], keepsImages: false, slicesPerJob: 3, jobs: 0)
  }

  private func ids(_ record: SweepRecord) throws -> [String] {
    try record.groups().flatMap(\.jobs).map(\.id)
  }

  @Test func jobsAreScansTimesBlocksTimesMasksTimesMethods() throws {
    let groups = try record().groups()
    #expect(groups.map { $0.jobs.count } == Array(repeating: 2, count: 6))
    #expect(
      groups.map { $0.jobs[0].slices } == [
        [0, 1, 2], [0, 1, 2], [3, 4], [3, 4], [0, 1], [0, 1],
      ])
    #expect(Set(try ids(record())).count == 12)
  }

  @Test func theIDHangsOnEverythingThatDeterminesTheResult() throws {
    let before = try ids(record())
    let changes: [(String, (inout SweepRecord) -> Void)] = [
      ("data", { $0.scans[0].sha256 = "other" }),
      ("columns", { $0.masks[0].columns = "a5" }),
      ("seed", { $0.masks[0].seed = "9" }),
      ("settings", { $0.methods[0].settings = .object(["iterations": .number(3)]) }),
      ("weights", { $0.methods[0].weights = "w" }),
      ("metrics", { $0.evaluation.metrics = [.ssim] }),
      ("reference", { $0.evaluation.reference = .rss }),
      ("version", { $0.version = "99" }),
      // The maximum over the scan's slices is the metrics' range.
      ("slices", { $0.scans[0].slices = [0, 1, 2, 3] }),
    ]
    for (name, change) in changes {
      var record = record()
      change(&record)
      #expect(try ids(record)[0] != before[0], "\(name)")
    }
    var renamed = record()
    renamed.methods[0].label = "other"
    renamed.scans[0].file = "/moved/a.h5"
    renamed.keepsImages = true
    #expect(try ids(renamed) == before)
  }

  @Test func twoJobsWithOneIDAreRefused() throws {
    var record = record()
    record.methods[1] = record.methods[0]
    record.methods[1].label = "again"
    #expect { try record.groups() } throws: {
      "\($0)".contains("'sense, random 4x seed 1, a' and 'again, random 4x seed 1, a' are the same")
    }
  }

  @Test func maskColumnsComeBack() {
    #expect(
      record().masks[0].samples == [false, true, false, true, true, false, true, false])
  }

  @Test func aRecordComesBackFromItsText() throws {
    let record = record()
    let again = try RecordJSON.value(SweepRecord.self, from: Data(try record.json.utf8))
    #expect(try again.json == record.json)
  }

  @Test func damagedResultsAreNoticed() throws {
    let folder = try TemporaryFolder()
    let result = JobResult(
      id: "x", scan: "a", mask: "m", method: "sense", dataRange: 0.1,
      measurements: [
        .init(
          slice: 3, region: "image", pixels: 64, squaredError: 1 / 3, referenceEnergy: 2,
          metrics: ["psnr": .infinity, "ssim": 0.1 + 0.2])
      ], images: nil, chosen: [["lambda": 0.1]], seconds: [1.5], peakMemory: 5, threads: 1)
    let path = folder.file("x.json")
    try result.write(to: path)
    guard case .found(let again) = JobResult.read(path, id: "x") else {
      Issue.record("the result was not read")
      return
    }
    #expect(again == result)
    if case .damaged = JobResult.read(path, id: "y") {} else { Issue.record("another job's") }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for position in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged[position] ^= 4
      try damaged.write(to: URL(fileURLWithPath: path))
      if case .damaged = JobResult.read(path, id: "x") {
      } else {
        Issue.record("a flipped bit at \(position) was not noticed")
      }
      try bytes.prefix(position).write(to: URL(fileURLWithPath: path))
      if case .damaged = JobResult.read(path, id: "x") {
      } else {
        Issue.record("an end after \(position) bytes was not noticed")
      }
    }
  }
}

@Suite struct ResultsTableTests {
  @Test func theTableReadsBackToTheLastBit() throws {
    let folder = try TemporaryFolder()
    let condition = SliceResult.Condition(
      dataset: "d", data: "simulated", scan: "a, \"b\"", patient: "p", anatomy: "brain",
      contrast: "T1w", mask: "random", acceleration: 4, achievedAcceleration: 216.0 / 55,
      centerFraction: 0.08, acsLines: 17, seed: "file name.h5", method: "ilo", job: "0123")
    let rows = [
      SliceResult(
        condition: condition, slice: 0, region: "image", pixels: 100, dataRange: 4.6e-8,
        squaredError: 1e-300, referenceEnergy: 1.0 / 3,
        metrics: ["psnr": .infinity, "ssim": 0.1 + 0.2]),
      SliceResult(
        condition: condition, slice: 1, region: "box: a,b", pixels: 0, dataRange: 4.6e-8,
        squaredError: 0, referenceEnergy: 0, metrics: [:]),
    ]
    let table = ResultsTable(metrics: ["psnr", "ssim"], rows: rows)
    let path = folder.file("results.csv")
    try table.csv.write(to: path)
    #expect(try ResultsTable(contentsOf: path) == table)
  }

  @Test func otherTablesAreRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("results.csv")
    try "a,b\n1,2\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect { try ResultsTable(contentsOf: path) } throws: { "\($0)".contains("other columns") }
    #expect(throws: ExperimentError.self) { try ResultsTable(contentsOf: folder.file("none.csv")) }
  }
}
