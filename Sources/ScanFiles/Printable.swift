/// `text` on one line and without control characters, which names and headers of damaged or foreign
/// files may hold and a terminal would obey.
public func printable(_ text: String) -> String {
  String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          "\u{FFFD}"
        default: scalar
        }
      }))
}

/// The first few of many names.
func listing(_ names: [String]) -> String {
  let most = 12
  return names.prefix(most).joined(separator: ", ")
    + (names.count > most ? " and \(names.count - most) more" : "")
}
