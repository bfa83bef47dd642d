import Foundation

/// A Jupyter notebook in the format nbformat 4.5, with the outputs of its cells.
struct NotebookDocument {
  /// What a code cell has given.
  enum Output {
    /// The value of the cell's last line, in the forms by their MIME types.
    case result([(type: String, content: String)])
    /// A picture that the cell shows.
    case display([(type: String, content: String)])
  }

  enum Cell {
    case markdown(String)
    case code(String, outputs: [Output])
  }

  private(set) var cells: [Cell] = []

  mutating func append(markdown: String) { cells.append(.markdown(markdown)) }

  mutating func append(code: String, outputs: [Output] = []) {
    cells.append(.code(code, outputs: outputs))
  }

  /// The file's content; equal notebooks give equal bytes.
  func json() throws -> Data {
    var number = 0
    let encoded = cells.enumerated().map { index, cell -> [String: Any] in
      var object: [String: Any] = ["id": String(format: "cell-%03d", index + 1), "metadata": [:]]
      switch cell {
      case .markdown(let text):
        object["cell_type"] = "markdown"
        object["source"] = Self.lines(text)
      case .code(let text, let outputs):
        number += 1
        object["cell_type"] = "code"
        object["source"] = Self.lines(text)
        object["execution_count"] = number
        object["outputs"] = outputs.map { Self.object($0, number: number) }
      }
      return object
    }
    let document: [String: Any] = [
      "cells": encoded,
      "metadata": [
        "kernelspec": ["display_name": "Python 3", "language": "python", "name": "python3"],
        "language_info": ["name": "python"],
      ],
      "nbformat": 4, "nbformat_minor": 5,
    ]
    return try JSONSerialization.data(
      withJSONObject: document, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
      + Data("\n".utf8)
  }

  private static func object(_ output: Output, number: Int) -> [String: Any] {
    func bundle(_ forms: [(type: String, content: String)]) -> [String: Any] {
      Dictionary(
        uniqueKeysWithValues: forms.map { type, content in
          // Pictures in base 64 are one string; texts are lists of lines.
          (type, type == "image/png" ? content as Any : lines(content) as Any)
        })
    }
    switch output {
    case .result(let forms):
      return [
        "output_type": "execute_result", "execution_count": number, "metadata": [:],
        "data": bundle(forms),
      ]
    case .display(let forms):
      return ["output_type": "display_data", "metadata": [:], "data": bundle(forms)]
    }
  }

  /// The lines of a text, each but the last with its newline.
  private static func lines(_ text: String) -> [String] {
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let lines = parts.dropLast().map { $0 + "\n" } + parts.suffix(1)
    return lines.filter { !$0.isEmpty }
  }
}
