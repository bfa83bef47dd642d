import Foundation
import Testing

@testable import Reporting

@Suite struct PrintedTableTests {
  @Test(arguments: [
    ("a|b", "a\\|b"), ("x_1 * y", "x\\_1 \\* y"), ("<b>&amp;", "\\<b\\>&amp;amp;"),
    ("two\nlines", "two lines"), ("λ = 0.1", "λ = 0.1"),
  ])
  func markdownEscapes(text: String, escaped: String) {
    #expect(Markdown.escaped(text) == escaped)
  }

  @Test(arguments: [
    ("100 %", "100 \\%"), ("a_b & c#1", "a\\_b \\& c\\#1"), ("\\{$}", "\\textbackslash{}\\{\\$\\}"),
    ("1 ± 2 × 3", "1 $\\pm$ 2 $\\times$ 3"), ("log₁₀ M²", "log$_{1}$$_{0}$ M$^{2}$"),
    ("p < 0.1 | q", "p $<$ 0.1 \\textbar{} q"), ("1–2", "1--2"),
    ("~^", "\\textasciitilde{}\\textasciicircum{}"),
    ("[1]", "{[}1{]}"), ("Müller", "Müller"),
  ])
  func latexEscapes(text: String, escaped: String) {
    #expect(LaTeX.escaped(text) == escaped)
  }

  @Test func decimalsShowTwoDigitsOfTheLeast() {
    #expect(PrintedNumber.digits(for: [0.5, 12], least: 2) == 2)
    #expect(PrintedNumber.digits(for: [0.00123], least: 4) == 4)
    #expect(PrintedNumber.digits(for: [0.000123, 0.5], least: 4) == 5)
    #expect(PrintedNumber.digits(for: [0, .infinity], least: 4) == 4)
    #expect(PrintedNumber.digits(for: [1e-30], least: 4) == 8)
  }

  @Test func smallProbabilitiesAreBounds() {
    #expect(PrintedNumber.p(0.0004) == "< 0.001")
    #expect(PrintedNumber.p(0.0314) == "0.031")
  }

  @Test func everySectionSaysWhatItIs() throws {
    let tables = try SweepExample.study(patients: 3, slices: 1, methods: 2).tables()
    let sections = SummaryLayout(tables).sections
    #expect(
      sections.map(\.heading) == [
        "Whole image, random mask, 4×", "Whole image, random mask, 8×",
        "Foreground, random mask, 4×", "Foreground, random mask, 8×",
      ])
    let markdown = tables.summaryMarkdown
    let reminder = "Research use only; not for diagnosis. mri-ilo"
    // Two overviews, of the image and of the foreground, and the four conditions.
    #expect(markdown.components(separatedBy: reminder).count - 1 == 2 + 4)
    #expect(markdown.contains("\n## At a glance: foreground, random mask\n"))
    #expect(markdown.contains("\n**Against method 0**\n"))
    let latex = tables.summaryLaTeX
    #expect(latex.components(separatedBy: "\\sweepstatement}\n").count - 1 == 4 * 3)
    for words in [
      "MVUE", "uniform 7", "simulated", "noise added", "not for diagnosis", "n = 3 patients",
      "over patients",
    ] {
      #expect(markdown.contains(words))
      #expect(latex.contains(words))
    }
  }

  @Test func centreFractionsAreNamedWhereTheyTellGroupsApart() throws {
    var example = SweepExample(metrics: ["nmse"], methods: ["ilo"], baseline: nil)
    example.add("ilo", scan: "a", fraction: 0.08, error: 1)
    example.add("ilo", scan: "a", fraction: 0.04, error: 1)
    example.add("ilo", scan: "a", acceleration: 8, fraction: 0.04, error: 1)
    #expect(
      SummaryLayout(try example.tables()).sections.map(\.heading) == [
        "Whole image, random mask, 4×, centre fraction 0.04",
        "Whole image, random mask, 4×, centre fraction 0.08", "Whole image, random mask, 8×",
      ])
  }
}
