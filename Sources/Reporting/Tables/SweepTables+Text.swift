extension SweepTables {
  /// `summary.md`: the summaries and comparisons for readers, first at a glance, then in full by
  /// region, mask and acceleration.
  public var summaryMarkdown: String {
    let statements = TableStatements(self)
    var text = "# \(Markdown.escaped(title))\n\n"
    text += "**\(Markdown.escaped(statements.use)).**\n\n"
    let facts = statements.facts.map { "- \(Markdown.escaped($0)).\n" }.joined()
    text += facts
    let reminder = Markdown.escaped(
      "Reference: \(statements.reference). Data: \(statements.shortData). \(statements.use). "
        + "\(statements.program).")
    for section in OverviewLayout(self).sections + SummaryLayout(self).sections {
      text += "\n## \(Markdown.escaped(section.heading))\n"
      for table in section.tables { text += "\n" + Markdown.text(table) }
      text += "\n" + reminder + "\n"
    }
    return text
  }

  /// `summary.tex`: the tables of each condition for a paper, narrow enough for a page, to be read by `\input` after `booktabs`.
  public var summaryLaTeX: String {
    let statements = TableStatements(self)
    let facts =
      statements.facts.map { LaTeX.escaped($0) + "." } + [LaTeX.escaped(statements.use) + "."]
    var text = """
      % \\usepackage{booktabs} in the preamble, then \\input this file. Labels in other scripts than
      % Latin need LuaLaTeX or XeLaTeX and a font that has them.
      \\providecommand{\\sweepstatement}{}
      \\renewcommand{\\sweepstatement}{%
        \(facts.joined(separator: "\n  "))}

      """
    for table in SummaryLayout(self, metricsPerTable: 3).sections.flatMap(\.tables) {
      text += "\n" + LaTeX.text(table, statement: "\\sweepstatement")
    }
    return text
  }
}

extension TableStatements {
  /// All but the use, a sentence each without its full stop.
  var facts: [String] {
    ["Reference: \(reference)", "Data: \(data)"] + definitions + [analysis]
      + [comparison].compactMap { $0 } + ["Jobs: \(coverage)", "Made by \(program)"]
  }
}
