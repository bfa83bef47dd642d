extension YAMLValue {
  /// A name that can stand in a file name and a table.
  func word() throws(ExperimentError) -> String {
    let word = try text()
    guard word.isYAMLWord else {
      throw fault("must be a name of letters, digits, '-', '_', '.' and '+'")
    }
    return word
  }
}

extension String {
  /// Whether this is a name that can stand in a file name and a table.
  var isYAMLWord: Bool {
    !isEmpty && first != "."
      && allSatisfy { $0.isLetter || $0.isNumber || "-_.+".contains($0) }
  }
}
