/// Tables in LaTeX with the package booktabs.
enum LaTeX {
  /// `statement` is LaTeX that ends every caption.
  static func text(_ table: PrintedTable, statement: String) -> String {
    func line(_ cells: [String]) -> String { "    " + cells.joined(separator: " & ") + " \\\\\n" }
    let alignment = table.columns.map { $0.isNumber ? "r" : "l" }.joined()
    let words = (["\(table.heading): \(table.part)."] + [table.caption] + table.notes).map(escaped)
    return """
      \\begin{table}[htbp]
        \\centering\\footnotesize\\setlength{\\tabcolsep}{3pt}
        \\caption{\(words.joined(separator: " ")) \(statement)}
        \\begin{tabular}{@{}\(alignment)@{}}
          \\toprule

      """ + line(table.columns.map { escaped($0.title) }) + "    \\midrule\n"
        + table.rows.map { line($0.map(escaped)) }.joined() + """
              \\bottomrule
            \\end{tabular}
          \\end{table}

          """
  }

  /// `text` as LaTeX typesets it: its special characters escaped, signs of mathematics in math mode.
  ///
  /// Letters of other scripts stay as they are; they need a Unicode engine and a font that has them.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      if let replacement = replacements[scalar] {
        result += replacement
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  private static let replacements: [Unicode.Scalar: String] = {
    var table: [Unicode.Scalar: String] = [
      "\\": "\\textbackslash{}", "{": "\\{", "}": "\\}", "$": "\\$", "&": "\\&", "#": "\\#",
      "%": "\\%", "_": "\\_", "^": "\\textasciicircum{}", "~": "\\textasciitilde{}",
      "<": "$<$", ">": "$>$", "|": "\\textbar{}", "\"": "''", "[": "{[}",
      "]": "{]}", "\n": " ", "\r": " ", "\t": " ",
    ]
    let mathematics: [Unicode.Scalar: String] = [
      "±": "\\pm", "×": "\\times", "−": "-", "∞": "\\infty", "↑": "\\uparrow", "↓": "\\downarrow",
      "≤": "\\le", "≥": "\\ge", "‖": "\\Vert", "·": "\\cdot", "√": "\\surd", "Σ": "\\Sigma",
      "α": "\\alpha", "β": "\\beta", "γ": "\\gamma", "δ": "\\delta", "ε": "\\varepsilon",
      "η": "\\eta", "θ": "\\theta", "κ": "\\kappa", "λ": "\\lambda", "µ": "\\mu", "μ": "\\mu",
      "ν": "\\nu", "π": "\\pi", "ρ": "\\rho", "σ": "\\sigma", "τ": "\\tau", "φ": "\\varphi",
      "χ": "\\chi", "ψ": "\\psi", "ω": "\\omega", "Δ": "\\Delta", "Ω": "\\Omega", "≈": "\\approx",
    ]
    for (scalar, command) in mathematics { table[scalar] = "$\(command)$" }
    for (digit, scalar) in "⁰¹²³⁴⁵⁶⁷⁸⁹".unicodeScalars.enumerated() {
      table[scalar] = "$^{\(digit)}$"
    }
    for (digit, scalar) in "₀₁₂₃₄₅₆₇₈₉".unicodeScalars.enumerated() {
      table[scalar] = "$_{\(digit)}$"
    }
    table["–"] = "--"
    table["—"] = "---"
    table["…"] = "\\ldots{}"
    table["’"] = "'"
    table["“"] = "``"
    table["”"] = "''"
    table["\u{a0}"] = "~"
    return table
  }()
}
