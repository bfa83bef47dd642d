import Foundation
import TestSupport
import Testing

@testable import ScanFiles

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

  /// Both files or none: where the second cannot get its name, the first has its old content again.
  @Test(arguments: [true, false]) func filesThatBelongTogetherAppearTogether(fails: Bool) throws {
    let (values, header) = (folder.file("a.cfl"), folder.file("a.hdr"))
    try folder.write(Data([1]), "a.cfl")
    // Nothing can be renamed to a folder.
    if fails {
      try FileManager.default.createDirectory(atPath: header, withIntermediateDirectories: true)
    } else {
      try folder.write(Data([2]), "a.hdr")
    }
    try folder.write(Data([3]), "new.cfl")
    try folder.write(Data([4]), "new.hdr")
    let files = [
      (partial: folder.file("new.cfl"), path: values), (folder.file("new.hdr"), header),
    ]
    if fails {
      #expect(throws: ScanFileError.self) { try PartialFile.publish(files) }
      #expect(FileManager.default.contents(atPath: values) == Data([1]))
    } else {
      try PartialFile.publish(files)
      #expect(FileManager.default.contents(atPath: values) == Data([3]))
      #expect(FileManager.default.contents(atPath: header) == Data([4]))
      #expect(folder.names == ["a.cfl", "a.hdr"])
    }
    #expect(!folder.names.contains { $0.contains(".partial-") })
  }

  /// Where the first cannot, the second comes back too.
  @Test func whatStoodThereComesBack() throws {
    try folder.write(Data([2]), "a.hdr")
    try FileManager.default.createDirectory(
      atPath: folder.file("a.cfl"), withIntermediateDirectories: true)
    try folder.write(Data([3]), "new.cfl")
    try folder.write(Data([4]), "new.hdr")
    #expect(throws: ScanFileError.self) {
      try PartialFile.publish([
        (folder.file("new.cfl"), folder.file("a.cfl")),
        (folder.file("new.hdr"), folder.file("a.hdr")),
      ])
    }
    #expect(FileManager.default.contents(atPath: folder.file("a.hdr")) == Data([2]))
  }
}
