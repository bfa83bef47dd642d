import Arrays
import Evaluation
import Experiments
import ScanFiles
import TestSupport
import Testing

@testable import Reporting

/// The arrays of an export and the index that says where each lies.
struct ArrayExportTests {
  private func rows(_ run: RunExample) throws -> [[String]] {
    try SheetText(contentsOf: run.scratch.file("out/images.csv")).rows.map(\.cells)
  }

  @Test(arguments: [ExportedImages.all, .cases])
  func everyImageLiesWhereTheIndexSays(images: ExportedImages) throws {
    let run = try RunExample()
    run.scans = ["a/b", ".hidden", "100%"]
    try SweepExport(images, results: try run.results()).write(to: run.scratch.file("out"))
    let file = try HDF5File(reading: run.scratch.file("out/arrays.h5"))
    let index = try rows(run)
    // Every slice of 3 scans under 4 masks by 3 methods, or the middle slice under one seed.
    #expect(index.count == (images == .all ? 3 * 2 * 4 * 3 : 3 * 1 * 2 * 3))
    for row in index {
      let (scan, slice) = (row[1], try #require(Int(row[2])))
      func stored(_ name: String, _ position: String) throws -> [Float] {
        let position = try #require(Int(position))
        return try file.dataset(name).floats(start: [position, 0, 0], count: [1] + run.size)
      }
      let acceleration = try #require(Double(row[4]))
      let image = run.image(
        scan: scan, slice: slice, method: row[7], seed: "\(acceleration) \(row[6])")
      #expect(try stored(row[8], row[9]) == image.values)
      let reference = run.image(scan: scan, slice: slice, method: "reference", seed: "")
      #expect(try stored(row[10], row[11]) == reference.values)
    }
    let sampling = try file.dataset("sampling/a%2Fb/random-4x-centre0.08-seed1").integers()
    // a51 in hexadecimal digits, ten columns.
    #expect(sampling == [1, 0, 1, 0, 0, 1, 0, 1, 0, 0])
  }

  @Test func fewImagesKeepWithinTheLimitWhereTheyCan() throws {
    let run = try RunExample()
    let results = try run.results()
    let few = ExportSelection(.cases, results: results)
    #expect(few.cases.count == 6 && Set(few.cases.map(\.seed)) == ["1"])
    #expect(Set(few.cases.map(\.slice)) == [2])
    #expect(ExportSelection(.none, results: results).rows.isEmpty)
    #expect(few.rows.map { few.caseNumber(of: $0) } == (1...6).flatMap { [$0, $0, $0] })
  }

  @Test func namesAreStepsOfAPath() {
    #expect(ArrayExport.name("a/b") == "a%2Fb" && ArrayExport.name("..") == "%2E.")
    #expect(ArrayExport.name("5%") == "5%25" && ArrayExport.name("") == "%")
  }
}
