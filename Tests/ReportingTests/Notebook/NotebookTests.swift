import Evaluation
import Experiments
import Foundation
import TestSupport
import Testing

@testable import Reporting

/// The exported notebook as a document: valid in form, equal in bytes, and safe whatever names say.
struct NotebookTests {
  private struct Document: Decodable {
    struct Cell: Decodable {
      struct Output: Decodable {
        let output_type: String
        let execution_count: Int?
        let data: [String: Lines]
      }
      let id: String
      let cell_type: String
      let source: [String]
      let execution_count: Int?
      let outputs: [Output]?
      var text: String { source.joined() }
    }
    /// A text in one piece or in lines.
    struct Lines: Decodable {
      let text: String
      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text =
          try (try? container.decode(String.self))
          ?? container.decode([String].self).joined()
      }
    }
    let nbformat: Int
    let nbformat_minor: Int
    let cells: [Cell]
  }

  private func export(
    _ images: ExportedImages = .cases, _ change: (RunExample) -> Void = { _ in }
  ) throws -> (run: RunExample, notebook: Document) {
    let run = try RunExample()
    change(run)
    try SweepExport(images, results: try run.results()).write(to: run.scratch.file("out"))
    let data = try Data(contentsOf: URL(fileURLWithPath: run.scratch.file("out/study.ipynb")))
    return (run, try JSONDecoder().decode(Document.self, from: data))
  }

  @Test func theFormIsThatOfNbformat() throws {
    let (_, notebook) = try export()
    #expect((notebook.nbformat, notebook.nbformat_minor) == (4, 5))
    let ids = notebook.cells.map(\.id)
    #expect(Set(ids).count == ids.count && ids.count > 10)
    #expect(ids.allSatisfy { $0.wholeMatch(of: /[a-zA-Z0-9_-]{1,64}/) != nil })
    let code = notebook.cells.filter { $0.cell_type == "code" }
    #expect(code.compactMap(\.execution_count) == Array(1...code.count))
    for cell in code {
      for output in cell.outputs ?? [] where output.output_type == "execute_result" {
        #expect(output.execution_count == cell.execution_count)
        #expect(Set(output.data.keys) == ["text/plain", "text/html"])
      }
    }
    let shown = code.flatMap { $0.outputs ?? [] }.flatMap { $0.data.keys }
    #expect(shown.contains("image/png") && shown.contains("image/svg+xml"))
    // Every line but the last of a cell ends with a newline, and none holds two.
    for cell in notebook.cells {
      #expect(cell.source.dropLast().allSatisfy { $0.hasSuffix("\n") })
      #expect(cell.source.allSatisfy { !$0.dropLast().contains("\n") && !$0.isEmpty })
    }
    let words = notebook.cells.map(\.text).joined()
    #expect(words.contains("Research use only; not for diagnosis"))
  }

  @Test func theTablesShowTheRunsFigures() throws {
    let (_, notebook) = try export()
    let cell = try #require(notebook.cells.first { $0.text == "quality(regions[0])" })
    let text = try #require(cell.outputs?.first?.data["text/plain"]?.text)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.count == 1 + 2 * 3)
    // NMSE of the volume: the errors of both slices, 4·1, 4·1.1 and 4·1.2 twice, over 200.
    let found = try #require(lines.first { $0.contains("zero-filled") })
    #expect(found.hasPrefix("random  4             0.08    zero-filled  3"))
    #expect(found.contains("0.04400 [0.04"))
    let comparison = try #require(notebook.cells.first { $0.text == "comparison(regions[0])" })
    let html = try #require(comparison.outputs?.first?.data["text/html"]?.text)
    // The squared error of ilo is two thirds of that of l1: −4.4/2 + 4.4/3 over 100.
    #expect(html.contains("<td>ilo − l1</td><td>3</td><td>-0.007333 ["))
  }

  @Test func equalRunsGiveEqualBytes() throws {
    let (first, _) = try export(.all)
    let (second, _) = try export(.all)
    let names = first.scratch.names(in: "out")
    #expect(
      names == [
        "agreement.csv", "arrays.h5", "comparisons.csv", "costs.csv", "images.csv", "results.csv",
        "study.ipynb", "summary-costs.csv", "summary.csv", "volumes.csv",
      ])
    for name in names {
      #expect(
        FileManager.default.contents(atPath: first.scratch.file("out/\(name)"))
          == FileManager.default.contents(atPath: second.scratch.file("out/\(name)")), "\(name)")
    }
  }

  @Test func hostileNamesStayText() throws {
    let hostile = "<script>alert('x')</script>`\"\"\"\\n$x$"
    let (_, notebook) = try export { run in
      run.title = hostile
      run.methods = ["zero-filled", "l1", hostile]
      run.scans = ["../a", "\"b'", "</svg>"]
    }
    for cell in notebook.cells {
      if cell.cell_type == "code" {
        // Code takes names from the files, never from its own text.
        #expect(!cell.text.contains("alert"))
      } else {
        let outside = cell.text.split(separator: "\n").filter { !$0.hasPrefix("    ") }.joined()
        #expect(!outside.contains("<script>") || outside.contains("\\<script"))
        #expect(outside.range(of: "(?<!\\\\)<script", options: .regularExpression) == nil)
      }
      for output in cell.outputs ?? [] {
        for form in ["text/html", "image/svg+xml"] {
          #expect(output.data[form]?.text.contains("<script") != true)
        }
      }
    }
  }

  @Test func anEarlierExportIsReplacedAndNothingElse() throws {
    let (run, _) = try export()
    let results = try run.results()
    try run.scratch.write(Data("old".utf8), "out/results.csv")
    try SweepExport(.none, results: results).write(to: run.scratch.file("out"))
    #expect(try run.scratch.text("out/results.csv") == results.table.csv.text)
    #expect(!run.scratch.names(in: "out").contains("arrays.h5"))
    try run.scratch.write(Data("mine".utf8), "out/thesis.tex")
    let error = #expect(throws: ExperimentError.self) {
      try SweepExport(.cases, results: results).write(to: run.scratch.file("out"))
    }
    #expect(error?.description.contains("thesis.tex") == true)
    #expect(try run.scratch.text("out/thesis.tex") == "mine")
    #expect(run.scratch.names == ["out", "run"])
  }

  @Test func aRunWithoutImagesIsExportedWithoutThem() throws {
    let (run, notebook) = try export(.none) { $0.keepsImages = false }
    #expect(!run.scratch.names(in: "out").contains("arrays.h5"))
    #expect(!notebook.cells.contains { $0.text.contains("panels(") })
    #expect(throws: ExperimentError.self) {
      try SweepExport(.cases, results: try run.results())
    }
  }

  @Test func tablesAreWrittenAsPythonWritesThem() {
    var table = NotebookTable(columns: ["a", "long name"])
    table.rows = [["<é&'\">", ""], ["wide", "x"]]
    #expect(table.plainText == "a       long name\n<é&'\">\nwide    x")
    #expect(
      table.html.contains("<tr><td>&lt;é&amp;&#x27;&quot;&gt;</td><td></td></tr>\n<tr><td>wide"))
    #expect(NotebookNumber.figure(0.5) == "0.5000" && NotebookNumber.figure(nil) == "–")
    #expect(NotebookNumber.figure(31.25, 30, .infinity) == "31.25 [30.00, inf]")
    #expect(NotebookNumber.p(0.0004) == "< 0.001" && NotebookNumber.p(0.0625) == "0.062")
    #expect(NotebookNumber.factor(4) == "4" && NotebookNumber.factor(0.08) == "0.08")
  }
}
