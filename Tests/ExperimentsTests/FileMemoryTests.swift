import Foundation
import TestSupport
import Testing

@testable import Experiments

@Suite("What is remembered of files")
struct FileMemoryTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  /// Finds `found` unless something else is remembered, and says whether it looked.
  private func look(
    _ memory: inout FileMemory<String>, finding found: String,
    where isValid: (String) -> Bool = { _ in true }
  ) -> (value: String, looked: Bool) {
    var looked = false
    let value = memory.value(of: folder.file("scan"), where: isValid) { () -> String in
      looked = true
      return found
    }
    return (value, looked)
  }

  @Test("A file is looked at once, then again when it has changed or the finding is stale")
  func looks() throws {
    try folder.write(Data("abc".utf8), "scan")
    var memory = FileMemory<String>(path: folder.file("memory.json"))
    #expect(look(&memory, finding: "first") == ("first", true))
    #expect(look(&memory, finding: "second") == ("first", false))
    #expect(look(&memory, finding: "second", where: { $0 == "second" }) == ("second", true))
    try folder.write(Data("abcd".utf8), "scan")
    #expect(look(&memory, finding: "third") == ("third", true))
    // The same size, another time.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: folder.file("scan"))
    #expect(look(&memory, finding: "fourth") == ("fourth", true))
  }

  @Test("It lasts, and what is no memory is none")
  func lasts() throws {
    try folder.write(Data("abc".utf8), "scan")
    let path = folder.file("memory.json")
    var memory = FileMemory<String>(path: path)
    _ = look(&memory, finding: "first")
    memory.save()
    var again = FileMemory<String>(path: path)
    #expect(look(&again, finding: "second") == ("first", false))
    try folder.write(Data("{".utf8), "memory.json")
    var damaged = FileMemory<String>(path: path)
    #expect(look(&damaged, finding: "third") == ("third", true))
  }

  @Test("A file that is not there is asked for each time")
  func missing() {
    var memory = FileMemory<String>(path: folder.file("memory.json"))
    #expect(look(&memory, finding: "first") == ("first", true))
    #expect(look(&memory, finding: "second") == ("second", true))
  }
}
