import Testing

@testable import ScanFiles

/// What foreign files say is repeated in sentences, but does not get to write them.
@Suite struct PrintableTests {
  @Test func controlCharactersAreReplaced() {
    #expect(printable("a\nb\u{1B}[31m\u{202E}c é") == "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}c é")
  }

  @Test func wordsOfNoPlausibleLengthAreCut() {
    let long = String(repeating: "x", count: 501)
    #expect(printable("a '\(long)' b") == "a '" + String(repeating: "x", count: 59) + "… b")
    #expect(printable(" a  \(long.dropLast())") == " a  \(long.dropLast())")
  }
}
