import Foundation
import TestSupport
import Testing

/// Every wrong input of a sweep ends with one sentence that says where the fault is.
@Suite struct SweepBadInputTests {
  /// A change of the protocol and what is said of it.
  struct Fault: CustomTestStringConvertible {
    let old: String
    let new: String
    let words: String
    var testDescription: String { words }

    init(_ old: String, _ new: String, _ words: String) {
      (self.old, self.new, self.words) = (old, new, words)
    }
  }

  @Test(arguments: [
    Fault("masks:", "scans: [disc, nobody]\nmasks:", "protocol.yaml:5: names the scan 'nobody'"),
    Fault("data.yaml", "other.yaml", "other.yaml: there is no data set's manifest"),
    Fault("name: sense", "name: guess", "protocol.yaml:12: 'methods[2].name' is 'guess'"),
    Fault("pattern: random", "pattern: spiral", "protocol.yaml:6: 'masks[1].pattern'"),
    Fault("images:", "pictures: all\nimages:", "protocol.yaml:13: unknown key 'pictures'"),
    Fault("title: A tiny sweep\n", "", "protocol.yaml:1: the file lacks the key 'title'"),
    Fault("images:", "title: Another\nimages:", "the key 'title' stands here twice"),
    Fault("seeds: [0, 1]", "seeds: [0, 0]", "protocol.yaml: the protocol asks for one piece"),
    Fault("accelerations: [2]", "accelerations: [1]", "protocol.yaml:7: 'masks[1]"),
    Fault("version: 1", "version: 9", "protocol.yaml:1: 'version' is not 1"),
    Fault("[0, 1]", "[0, 1", "is no YAML here"),
    Fault("center_fraction: 0.3", "center_fraction: 0.9", "disc: no mask 'random' of 2x"),
  ])
  func protocols(fault: Fault) throws {
    let sweep = try TinySweep(masks: 2)
    try #require(sweep.text.contains(fault.old))
    sweep.text = sweep.text.replacingOccurrences(of: fault.old, with: fault.new)
    try sweep.writeProtocol()
    expectOneSentence(try sweep.run("run"), fault.words)
    #expect(sweep.folder.names == ["data.yaml", "disc.h5", "protocol.yaml"])
  }

  @Test func missingFiles() throws {
    let sweep = try TinySweep(masks: 2)
    expectOneSentence(
      try sweep.program.run("sweep", "none.yaml", "-o", "run"),
      "none.yaml: there is no such file, and no protocol of this name")
    unlink(sweep.folder.file("disc.h5"))
    expectOneSentence(try sweep.run("run"), "disc.h5")
    #expect(sweep.folder.names == ["data.yaml", "protocol.yaml"])
  }

  @Test func dataOfAnotherChecksum() throws {
    let sweep = try TinySweep(masks: 2)
    let manifest = try sweep.folder.text("data.yaml")
    let digest = String(repeating: "0", count: 64)
    try sweep.folder.write(
      Data(
        manifest.replacingOccurrences(of: "{name: disc,", with: "{name: disc, sha256: '\(digest)',")
          .utf8), "data.yaml")
    expectOneSentence(try sweep.run("run"), "disc.h5: is not the file that")
  }

  @Test func undersampledScan() throws {
    var scan = TinySweep.scan
    scan.mask = (0..<40).map { $0 % 2 == 0 || (12..<28).contains($0) }
    let sweep = try TinySweep(scans: ["disc": scan], masks: 2)
    expectOneSentence(try sweep.run("run"), "the scan 'disc' is already undersampled")
  }

  @Test func foldersOfOtherRuns() throws {
    let sweep = try TinySweep(masks: 2)
    #expect(try sweep.run("run").status == 0)
    let record = try sweep.folder.text("run/run.json")
    let original = sweep.text
    sweep.text = original.replacingOccurrences(of: "accelerations: [2]", with: "accelerations: [3]")
    try sweep.writeProtocol()
    expectOneSentence(try sweep.run("run"), "run: holds the results of another protocol")
    #expect(try sweep.folder.text("run/run.json") == record)

    sweep.text = original
    try sweep.writeProtocol()
    let other = record.replacingOccurrences(
      of: "\"version\"", with: "\"weights\" : {\"file\" : \"w\", \"sha256\" : \"00\"}, \"version\"")
    try sweep.folder.write(Data(other.utf8), "run/run.json")
    expectOneSentence(try sweep.run("run"), "run: holds the results of other generator weights")
    try sweep.folder.write(Data("{".utf8), "run/run.json")
    expectOneSentence(try sweep.run("run"), "run.json: cannot be read")
  }

  @Test(arguments: ["disc.h5", "disc.h5/below", "/proc/run"])
  func unwritableFolder(path: String) throws {
    let sweep = try TinySweep(masks: 2)
    expectOneSentence(try sweep.run(path), "the folder cannot be made")
  }

  @Test func tooLittleMemory() throws {
    let sweep = try TinySweep(masks: 2)
    expectOneSentence(try sweep.run("run", "--memory", "10M"), "raise --memory")
    expectOneSentence(
      try sweep.run("run", "--memory", "100M", "--workers", "2"),
      "raise --memory or lower --workers")
  }

  @Test(arguments: [
    ["--shard", "3/2"], ["--shard", "0/2"], ["--shard", "1"], ["--workers", "0"], ["--tasks", "2"],
    ["--engine", "slurm", "--shard", "1/2"], ["--engine", "slurm", "--tasks", "0"],
    ["--engine", "cloud"], ["--memory", "much"],
  ])
  func usage(arguments: [String]) throws {
    let sweep = try TinySweep(masks: 2)
    let outcome = try sweep.started("run", arguments).outcome()
    #expect(outcome.status == 64 && outcome.errors.contains("Usage: mri-ilo sweep"))
    #expect(sweep.folder.names == ["data.yaml", "disc.h5", "protocol.yaml"])
  }
}
