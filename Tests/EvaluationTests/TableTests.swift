import Evaluation
import Foundation
import TestSupport
import Testing

@Suite struct TableTests {
  @Test func statisticsOfKnownFigures() throws {
    let summary = try #require(SummaryStatistics([2, 4, 4, 4, 5, 5, 7, 9]))
    #expect(summary.mean == 5)
    #expect(abs((summary.standardDeviation ?? 0) - (32.0 / 7).squareRoot()) < 1e-15)
    #expect(summary.minimum == 2 && summary.maximum == 9 && summary.median == 4.5)
    #expect(summary.text(digits: 2) == "5.00 ± 2.14")
  }

  @Test func statisticsOfOddLists() throws {
    #expect(SummaryStatistics([]) == nil)
    let one = try #require(SummaryStatistics([3]))
    #expect(one.standardDeviation == nil && one.median == 3 && one.text(digits: 1) == "3.0")
    let infinite = try #require(SummaryStatistics([1, .infinity]))
    #expect(infinite.mean == .infinity && infinite.standardDeviation == nil)
    let broken = try #require(SummaryStatistics([1, .nan, 0]))
    #expect(broken.mean.isNaN && broken.minimum.isNaN && broken.maximum.isNaN)
  }

  @Test func aTableAlignsWhatAReaderSees() {
    var table = TextTable([("method", .left), ("PSNR ± SD", .right)])
    table.append(["ILO", "38.1 ± 0.2"])
    table.append(["ℓ1-wavelet", "7"])
    table.append(["脳 e\u{301}", "–"])
    #expect(
      table.text == """
        method       PSNR ± SD
        ──────────  ──────────
        ILO         38.1 ± 0.2
        ℓ1-wavelet           7
        脳 e\u{301}                 –
        """)
  }

  @Test func csvQuotesAndKeepsEveryDigit() {
    var csv = CSVWriter(columns: ["file", "nmse", "n, of all"])
    csv.append([.text("a\"b\".h5"), .number(0.1 + 0.2), .integer(3)])
    csv.append([.text("two\r\nlines"), .number(.infinity), .empty])
    #expect(
      csv.text
        == "file,nmse,\"n, of all\"\n\"a\"\"b\"\".h5\",0.30000000000000004,3\n"
        + "\"two\r\nlines\",inf,\n")
  }

  @Test func csvReplacesTheFileInOnePieceAndLeavesNothingBehind() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("metrics.csv")
    var csv = CSVWriter(columns: ["a"])
    try csv.write(to: path)
    csv.append([.number(1.5)])
    try csv.write(to: path)
    #expect(try folder.text("metrics.csv") == "a\n1.5\n")
    #expect(folder.names == ["metrics.csv"])
    let error = #expect(throws: OutputFileError.self) {
      try csv.write(to: folder.file("none/metrics.csv"))
    }
    #expect(error?.description.contains("none/metrics.csv: No such file") == true)
  }
}
