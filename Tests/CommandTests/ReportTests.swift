import Foundation
import TestSupport
import Testing

/// `mri-ilo report` on the folder of a small sweep, as a user runs it.
@Suite struct ReportTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func sweep() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    let dataset = """
      version: 1
      name: discs
      title: Discs & stripes
      licence: CC0-1.0
      source: made up
      origin: measured
      scans:
        - {name: disc, path: scan.h5, patient: p1, anatomy: none, contrast: none}
      """
    let settings = """
      version: 1
      name: small
      title: A <small> sweep
      dataset: data.yaml
      masks:
        - {pattern: random, accelerations: [2, 3], center_fraction: 0.2, seeds: [1]}
      methods:
        - {name: zero-filled}
        - {name: sense}
      statistics: {baseline: zero-filled, resamples: 100}
      """
    try folder.write(Data(dataset.utf8), "data.yaml")
    try folder.write(Data(settings.utf8), "small.yaml")
    let outcome = try program.run("sweep", "small.yaml", "-o", "run")
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  @Test func theSameFolderGivesTheSameFile() throws {
    try sweep()
    let outcome = try program.run("report", "run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("run/report.html ("))
    #expect(try program.run("report", "run", "-o", "again.html").status == 0)
    let html = try folder.text("run/report.html")
    let isSame = try folder.text("again.html") == html
    #expect(isSame)
    for words in [
      "<title>A &lt;small&gt; sweep</title>", "Discs &amp; stripes", "4 of 4 jobs done",
      "One patient: no confidence interval", "src=\"data:image/png;base64,", "class=\"strip\"",
    ] {
      let isThere = html.contains(words)
      #expect(isThere, "\(words)")
    }
  }

  @Test func withoutImagesTheRestIsTold() throws {
    try sweep()
    try FileManager.default.removeItem(atPath: folder.file("run/images"))
    #expect(try program.run("report", "run").status == 0)
    let html = try folder.text("run/report.html")
    let isTold = html.contains("no longer in its folder") && html.contains("4 of 4 jobs done")
    let hasPictures = html.contains("data:image/png;base64,")
    #expect(isTold && !hasPictures)
  }

  @Test func anotherFolderIsRefusedInOneSentence() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("empty"), withIntermediateDirectories: false)
    let outcome = try program.run("report", "empty")
    #expect(outcome.status != 0 && outcome.errors.contains("is no folder of a sweep"))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(folder.names(in: "empty").isEmpty)
  }

  @Test func aFileThatCannotBeWrittenIsNamed() throws {
    try sweep()
    let outcome = try program.run("report", "run", "-o", "none/report.html")
    #expect(outcome.status != 0 && outcome.errors.contains("none/report.html"))
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    #expect(!folder.names.contains("none"))
  }
}
