/// `text` on one line and without control characters, which names and headers of damaged or foreign
/// files may hold and a terminal would obey; words of no plausible length are cut.
public func printable(_ text: String) -> String {
  let (longest, kept) = (500, 60)
  let line = String(
    String.UnicodeScalarView(
      text.unicodeScalars.map { scalar in
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
          "\u{FFFD}"
        default: scalar
        }
      }))
  return line.split(separator: " ", omittingEmptySubsequences: false)
    .map { $0.count > longest ? $0.prefix(kept) + "…" : $0 }.joined(separator: " ")
}

/// The first few of many names.
func listing(_ names: [String]) -> String {
  let most = 12
  return names.prefix(most).joined(separator: ", ")
    + (names.count > most ? " and \(names.count - most) more" : "")
}
