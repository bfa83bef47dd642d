import Evaluation
import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct TableFilesTests {
  private static let costFiles = ["costs.csv", "summary-costs.csv", "summary-costs.md"]

  private func files(of tables: SweepTables) throws -> [String: Data] {
    let folder = try TemporaryFolder()
    let names = try tables.write(to: SweepFolder(folder.path))
    #expect(folder.names == names.sorted())
    return Dictionary(
      uniqueKeysWithValues: try names.map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: folder.file($0))))
      })
  }

  @Test func totalsReproduceFromThePerSliceFile() throws {
    var example = SweepExample.study(
      patients: 5, scans: 2, slices: 3, methods: 3,
      metrics: ["psnr", "ssim", "nmse", "nrmse", "hfen"])
    // Cells that need care on the way through a file.
    example.add("method 1", scan: "a, \"b\"", patient: "=p", error: 0, metrics: ["ssim": 1])
    let folder = try TemporaryFolder()
    try example.table.csv.write(to: folder.file("results.csv"))
    let again = try ResultsTable(contentsOf: folder.file("results.csv"))
    let first = try files(of: example.tables())
    #expect(first.count == 11)
    #expect(try files(of: example.tables(of: again)) == first)
  }

  @Test func theClockIsNotInTheWorkbook() throws {
    let folder = try TemporaryFolder()
    let tables = try SweepExample.study(patients: 2, slices: 1, methods: 2).tables()
    try tables.workbook.write(to: folder.file("first.xlsx"))
    // Files state their time in whole seconds, archives in steps of two.
    Thread.sleep(forTimeInterval: 2.1)
    try tables.workbook.write(to: folder.file("second.xlsx"))
    let (first, second) = (folder.file("first.xlsx"), folder.file("second.xlsx"))
    #expect(FileManager.default.contentsEqual(atPath: first, andPath: second))
  }

  @Test func oneThreadGivesTheSameBytes() throws {
    let example = SweepExample.study(patients: 4, slices: 2, methods: 4)
    let several = try withThreads(3) { try files(of: example.tables()) }
    let one = try withThreads(1) { try files(of: example.tables()) }
    #expect(one == several)
  }

  @Test func costsChangeTheirOwnFilesOnly() throws {
    var example = SweepExample.study(patients: 2, slices: 2, methods: 2)
    func costs(_ seconds: Double) -> [SweepResults.Cost] {
      example.rows.map {
        .init(
          job: $0.condition.job, condition: $0.condition, slices: 1, seconds: seconds,
          peakMemory: 1 << 20)
      }
    }
    example.costs = costs(1)
    let first = try files(of: example.tables())
    example.costs = costs(2)
    let second = try files(of: example.tables())
    let changed = first.keys.filter { first[$0] != second[$0] }.sorted()
    #expect(changed == Self.costFiles)
  }

  @Test func costsOfThreeJobsByHand() throws {
    var example = SweepExample(metrics: ["nmse"])
    example.add("ilo", scan: "a", error: 1)
    for (seconds, memory) in [(2.0, 3 << 20), (4, 2 << 20), (12, 1 << 20)] {
      example.costs.append(
        .init(
          job: "j", condition: example.rows[0].condition, slices: 2, seconds: seconds,
          peakMemory: memory))
    }
    let tables = try example.tables()
    #expect(
      tables.costSummaryData.rows == [
        [
          .text("ilo"), .integer(3), .integer(6), .number(2), .number(1.5), .number(4), .number(1),
          .number(6), .integer(3 << 20),
        ]
      ])
    #expect(tables.costSummaryMarkdown.contains("| ilo | 3 | 6 | 2.00 \\[1.50, 4.00\\] | 3 |"))
    #expect(tables.costsData.rows.map { $0[11] } == [.number(1), .number(2), .number(6)])
  }

  @Test func failuresAreListed() throws {
    var example = SweepExample(metrics: ["nmse"])
    example.add("ilo", scan: "a", error: 1)
    example.failures = [
      .init(
        job: "j", scan: "b", slices: [0, 1], method: "ilo", mask: "random", acceleration: 4,
        seed: "1", reason: "the scan ended, too early")
    ]
    let tables = try example.tables()
    #expect(
      tables.failuresData.text.hasSuffix(
        "j,b,0 1,ilo,random,4.0,1,\"the scan ended, too early\"\n"))
    #expect(tables.summaryMarkdown.contains("1 of 2 jobs are in the tables, 1 failed"))
  }

  @Test func cellsWithoutAValueAreEmpty() {
    #expect(CSVField.figure(.nan) == .empty)
    #expect(CSVField.figure(nil) == .empty)
    #expect(CSVField.figure(-.infinity) == .number(-.infinity))
  }

  @Test func aRunWithoutResultsHasEmptyTables() throws {
    let tables = try SweepExample().tables()
    #expect(tables.summaryData.rows.isEmpty)
    #expect(tables.groups.isEmpty)
    #expect(try files(of: tables).count == 11)
  }

  @Test func aFolderThatIsMissingIsNamed() throws {
    let folder = try TemporaryFolder()
    let tables = try SweepExample.study(patients: 2, slices: 1, methods: 2).tables()
    #expect(throws: OutputFileError.self) {
      try tables.write(to: SweepFolder(folder.file("missing")))
    }
    #expect(throws: OutputFileError.self) {
      try tables.workbook.write(to: folder.file("missing/summary.xlsx"))
    }
  }

  @Test func aWorkbookThatCannotBeWrittenLeavesNothing() throws {
    let folder = try TemporaryFolder()
    var table = CSVWriter(columns: ["a"])
    table.append([.number(1)])
    let sheets = ["x", "x"].map { Workbook.Sheet(name: $0, table: table, format: { _ in nil }) }
    #expect(throws: OutputFileError.self) {
      try Workbook(title: "", comments: "", sheets: sheets).write(to: folder.file("a.xlsx"))
    }
    #expect(folder.names == [])
  }
}
