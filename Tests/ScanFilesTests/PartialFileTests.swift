import Foundation
import ScanFiles
import TestSupport
import Testing

@Suite struct PartialFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  @Test func namesAreNeverUsedAgain() {
    let names = (0..<100).map { _ in PartialFile.name(for: "/a/b.json") }
    #expect(Set(names).count == 100)
    #expect(names.allSatisfy { $0.hasPrefix("/a/b.json.partial-") })
    #expect(!names.contains { $0.dropFirst(3).contains("/") })
  }

  @Test func onlyFilesOfTheDeadAreRemoved() throws {
    let dead = Process()
    dead.executableURL = URL(fileURLWithPath: "/bin/true")
    try dead.run()
    dead.waitUntilExit()
    let mine = (PartialFile.name(for: folder.file("mine.h5")) as NSString).lastPathComponent
    let own = "-\(ProcessInfo.processInfo.processIdentifier)-"
    let theirs = mine.replacingOccurrences(of: own, with: "-\(dead.processIdentifier)-")
    let elsewhere = theirs.replacingOccurrences(of: ".partial-", with: ".partial-other")
    let old = "old" + elsewhere
    for name in [mine, theirs, elsewhere, old, "result.h5"] { try folder.write(Data([1]), name) }
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -90_000)], ofItemAtPath: folder.file(old))
    PartialFile.removeAbandoned(in: folder.path)
    #expect(folder.names == [elsewhere, mine, "result.h5"].sorted())
  }
}
