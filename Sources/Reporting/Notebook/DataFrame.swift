import Evaluation

/// A CSV table as the notebook's code sees it: cells by the names of their columns.
struct DataFrame {
  struct Row {
    fileprivate let places: [String: Int]
    fileprivate let fields: [CSVField]

    /// The text of a cell; empty for none.
    func text(_ column: String) -> String {
      switch field(column) {
      case .text(let text): text
      case .number(let number): "\(number)"
      case .integer(let integer): "\(integer)"
      case .empty: ""
      }
    }

    /// The number of a cell, or nil.
    func number(_ column: String) -> Double? {
      switch field(column) {
      case .number(let number): number.isNaN ? nil : number
      case .integer(let integer): Double(integer)
      case .text, .empty: nil
      }
    }

    private func field(_ column: String) -> CSVField {
      guard let place = places[column] else {
        fatalError("a table has no column '\(column)'")
      }
      return fields[place]
    }
  }

  let rows: [Row]

  init(_ table: CSVWriter) {
    let places = Dictionary(
      uniqueKeysWithValues: table.columns.enumerated().map { ($1, $0) })
    rows = table.rows.map { Row(places: places, fields: $0) }
  }

  /// The different texts of a column in order of appearance.
  func values(_ column: String) -> [String] { Self.unique(rows.map { $0.text(column) }) }

  static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen = Set<Value>()
    return values.filter { seen.insert($0).inserted }
  }
}
