import Arrays
import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Reporting

@Suite struct TrainingReportTests {
  private static func snapshot(
    rows: Int, remark: String = "nothing", value: Double = 30
  ) -> TrainingSnapshot {
    var history = TrainingHistory(levels: 2, accelerations: [4, 8])
    for row in 0..<rows {
      var figures = ["step": Double(250 * (row + 1)), "val_psnr": value + Double(row)]
      figures["train_loss"] = 3 / Double(row + 1)
      (figures["val_kl_0"], figures["val_kl_1"]) = (0, 0.02)
      (figures["learning_rate"], figures["gradient_norm"]) = (6e-4, 12)
      if row % 4 == 3 {
        for name in ["ilo", "wavelet"] {
          for times in ["4x", "8x"] {
            figures["\(name)_psnr_\(times)"] = 31.25
            figures["\(name)_ssim_\(times)"] = 0.875
          }
        }
      }
      history.append(figures)
    }
    let image = RealArray(shape: [4, 6], values: (0..<24).map { Float($0) / 20 })
    return TrainingSnapshot(
      history: history, facts: [("State", remark)], remarks: [remark],
      recipe: "version: 1 # \(remark)\n",
      pairs: [(image, image, image)], samples: [image], white: 1.2)
  }

  private func count(_ part: String, in html: String) -> Int {
    html.components(separatedBy: part).count - 1
  }

  @Test func itHoldsCurvesFiguresAndPictures() throws {
    let html = try TrainingReport(Self.snapshot(rows: 8), title: "w.safetensors").html
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.hasSuffix("</html>\n"))
    #expect(!html.contains("{{"))
    #expect(count("data:image/png;base64,", in: html) == 4)
    for words in [
      "Training of w.safetensors", "Learning rate", "Norm of the gradient", "Divergence per level",
      "ILO 8×", "PSNR 31.25 dB, SSIM 0.8750", "version: 1",
    ] { #expect(html.contains(words), "\(words)") }
    #expect(try TrainingReport(Self.snapshot(rows: 8), title: "w.safetensors").html == html)
    let sources = html.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.1) }
    #expect(sources.count == 5 && sources.allSatisfy { $0.hasPrefix("data:") })
  }

  @Test(arguments: [0, 1, 100]) func anyNumberOfRowsIsDrawn(rows: Int) throws {
    let html = try TrainingReport(Self.snapshot(rows: rows), title: "w").html
    #expect(!html.contains("nan") && !html.contains("inf "))
    // A short curve has marks.
    #expect(html.contains("held-out images, step 250") == (rows == 1))
  }

  @Test func hostileWordsStayWords() throws {
    let words = "</title><script>alert(1)</script>"
    let html = try TrainingReport(Self.snapshot(rows: 2, remark: words), title: words).html
    #expect(count("<script", in: html) == 0 && count("</title>", in: html) > 0)
    #expect(count("&lt;script&gt;", in: html) >= 4)
  }

  @Test func itReplacesTheOldPageWhole() throws {
    let folder = try TemporaryFolder()
    let report = try TrainingReport(Self.snapshot(rows: 2), title: "w")
    try folder.write(Data("old".utf8), "a.html")
    try report.write(to: folder.file("a.html"))
    #expect(try folder.text("a.html") == report.html && folder.names == ["a.html"])
    #expect(throws: (any Error).self) { try report.write(to: folder.file("no/a.html")) }
  }
}
