import Foundation

/// A table of words for readers, before it becomes Markdown or LaTeX.
struct PrintedTable {
  struct Column {
    let title: String
    /// Numbers stand to the right.
    let isNumber: Bool

    init(_ title: String, isNumber: Bool = true) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// What the tables of a section share, such as the region and the mask.
  let heading: String
  /// What sets the table apart in its section.
  let part: String
  let caption: String
  let columns: [Column]
  let rows: [[String]]
  let notes: [String]
}

/// How figures are shown to readers.
enum PrintedNumber {
  /// The decimals at which the least of `values` that is not zero keeps `significant` digits, at
  /// least `least` and at most 8.
  static func digits(for values: [Double], significant: Int = 2, least: Int) -> Int {
    let magnitudes = values.map(\.magnitude).filter { $0 > 0 && $0.isFinite }
    guard let smallest = magnitudes.min() else { return least }
    return min(max(significant - 1 - Int(log10(smallest).rounded(.down)), least), 8)
  }

  /// Text of numbers for a reader, with true minus signs for hyphens.
  static func typographic(_ text: String) -> String {
    String(text.map { $0 == "-" ? "−" : $0 })
  }

  /// A p value with three decimals, or the bound below which they would all be zero.
  static func p(_ value: Double) -> String {
    value < 0.001 ? "< 0.001" : String(format: "%.3f", value)
  }

  /// A factor such as an acceleration in the fewest digits.
  static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
  }
}
