import Evaluation
import Foundation
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct CaseTests {
  /// Seven slices of one scan whose SSIM is stated and whose PSNR runs the other way.
  private static func example(_ similarities: [Double]) -> SweepExample {
    var example = SweepExample()
    for method in example.methods {
      for (slice, similarity) in similarities.enumerated() {
        example.add(
          method, scan: "s", slice: slice, error: 1,
          metrics: ["ssim": similarity, "psnr": 40 - 10 * similarity, "nmse": 0.1])
      }
    }
    return example
  }

  @Test func worstMedianAndBestAreThoseSlices() {
    let cases = CaseChoice.cases(
      ReportContent(Self.example([0.5, 0.9, 0.7, 0.3, 0.8, 0.4, 0.6])))
    #expect(cases.map(\.row.slice) == [3, 6, 1])
    #expect(
      cases.map(\.reasons) == [
        ["worst SSIM", "best PSNR"], ["median SSIM", "median PSNR"], ["best SSIM", "worst PSNR"],
      ])
    #expect(cases.allSatisfy { $0.row.condition.method == "ilo" && $0.row.region == "image" })
  }

  @Test func slicesWithoutTheFigureTakeNoPart() {
    var example = Self.example([0.5, 0.9, 0.7])
    for index in example.rows.indices where example.rows[index].slice == 0 {
      example.rows[index].metrics["ssim"] = nil
    }
    let cases = CaseChoice.cases(ReportContent(example))
    #expect(cases.first { $0.reasons.contains("worst SSIM") }?.row.slice == 2)
  }

  @Test func whatMattersMostFindsRoomFirst() throws {
    let content = ReportContent(Self.example([0.5, 0.9, 0.7, 0.3, 0.8, 0.4, 0.6]))
    let section = try CaseSection(content, mostBytes: 1)
    #expect(section.cases.count == 1)
    #expect(section.cases[0].title.contains("worst SSIM"))
    #expect(section.notice == "Left out to keep the file small: 2 further cases.")
    #expect(try CaseSection(content).cases.count == 3)
  }

  @Test func aMethodWithoutAnImageIsNamed() throws {
    var example = Self.example([0.5])
    example.rows.removeAll { $0.condition.method == "zero-filled" }
    let section = try CaseSection(ReportContent(example))
    #expect(section.cases[0].missing == "No image of zero-filled.")
    #expect(section.cases[0].methods.map(\.label) == ["ilo"])
  }

  @Test func theMainMethodIsILOElseTheFirstThatIsNotTrivial() {
    var example = Self.example([0.5])
    #expect(ReportContent(example).mainMethod == "ilo")
    example.methods = ["zero-filled", "sense", "l1-wavelet"]
    example.baseline = "l1-wavelet"
    #expect(ReportContent(example).mainMethod == "sense")
    example.methods = ["zero-filled"]
    #expect(ReportContent(example).mainMethod == "zero-filled")
  }

  @Test func allPicturesShareTheWindowOfTheReference() throws {
    let rows = Self.example([0.5]).rows
    let pictures = try #require(try CasePictures(rows, images: ExampleImages()))
    let reference = try ExampleImages().reference(rows[0])
    let image = try #require(try ExampleImages().image(rows[0]))
    let window = SliceWindow(reference: reference)
    let expected = try window.grey(image).pngData().base64EncodedString()
    #expect(pictures.methods[0].image == "data:image/png;base64,\(expected)")
    #expect(pictures.methods.map(\.row.condition.method) == ["zero-filled", "ilo"])
    #expect(pictures.bytes > 4 * 60)
  }
}

@Suite struct StudyLimitsTests {
  @Test func onlyWhatAppliesIsSaid() {
    var example = SweepExample.study(patients: 12, slices: 12, methods: 2)
    example.data = "measured"
    let many = StudyLimits.statements(ReportContent(example)).joined(separator: "\n")
    #expect(!many.contains("few") && !many.contains("Simulated"))
    #expect(many.contains("p values are exploratory") && !many.contains("could become"))
    let few = StudyLimits.statements(
      ReportContent(SweepExample.study(patients: 4, slices: 2, methods: 2)))
    #expect(few.contains { $0.hasPrefix("4 patients are few") })
    #expect(few.contains { $0.hasPrefix("Simulated data") })
    // 2/2⁴ = 0.125, two accelerations in the family.
    #expect(few.contains { $0.contains("is 0.125, and 0.250 after Holm") })
  }

  @Test func everyMethodHasALine() {
    for choice in MethodChoice.all {
      #expect(MethodWords.line(choice.name) != nil, "\(choice.name)")
    }
  }
}
