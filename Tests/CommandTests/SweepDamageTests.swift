import Foundation
import TestSupport
import Testing

/// What a disk has damaged is found by its checksum, said and made anew.
@Suite struct SweepDamageTests {
  @Test func resultsAndImages() throws {
    let sweep = try TinySweep(masks: 3, images: "all")
    #expect(try sweep.run("whole").status == 0)
    #expect(try sweep.run("run").status == 0)
    let ids = sweep.done("run")
    try #require(ids.count == 6)
    try sweep.flipByte("run/jobs/\(ids[0]).json")
    let path = sweep.folder.file("run/jobs/\(ids[1]).json")
    try #require(truncate(path, 100) == 0)
    try sweep.folder.write(Data(), "run/jobs/\(ids[2]).json")
    try sweep.flipByte("run/images/\(ids[3]).h5")
    unlink(sweep.folder.file("run/images/\(ids[4]).h5"))

    let outcome = try sweep.run("run")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("6 jobs, 1 done before"))
    #expect(outcome.output.contains("5 result files damaged, done again"))
    try sweep.expectSameTables("run", "whole")
    for id in ids {
      let name = "images/\(id).h5"
      #expect(
        FileManager.default.contentsEqual(
          atPath: sweep.folder.file("run/\(name)"), andPath: sweep.folder.file("whole/\(name)")))
    }
    let again = try sweep.run("run")
    #expect(again.output.contains("6 done before") && !again.output.contains("damaged"))
  }

  @Test(arguments: ["flipped", "cut", "gone", "unsealed"]) func reference(damage: String) throws {
    let sweep = try TinySweep(masks: 2)
    #expect(try sweep.run("whole").status == 0)
    #expect(try sweep.run("run").status == 0)
    let name = try #require(
      sweep.folder.names(in: "run/references").first { $0.hasSuffix(".h5") })
    let path = sweep.folder.file("run/references/\(name)")
    switch damage {
    case "flipped": try sweep.flipByte("run/references/\(name)")
    case "cut": try #require(truncate(path, 3000) == 0)
    case "gone": unlink(path)
    default: unlink(path + ".sha256")
    }
    // Some jobs still to do, which need it.
    unlink(sweep.folder.file("run/jobs/\(sweep.done("run")[0]).json"))
    let outcome = try sweep.run("run")
    #expect(outcome.status == 0)
    #expect(
      outcome.output.contains("1 file of reference images damaged, made again: disc")
        == (damage != "gone"))
    #expect(
      FileManager.default.contentsEqual(
        atPath: path, andPath: sweep.folder.file("whole/references/\(name)")))
    try sweep.expectSameTables("run", "whole")
    #expect(!(try sweep.run("run").output.contains("damaged")))
  }

  @Test func referenceOfAFinishedSweep() throws {
    let sweep = try TinySweep(masks: 2)
    #expect(try sweep.run("run").status == 0)
    let name = try #require(
      sweep.folder.names(in: "run/references").first { $0.hasSuffix(".h5") })
    try sweep.flipByte("run/references/\(name)")
    let outcome = try sweep.run("run")
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("reference images damaged, made again"))
    #expect(!(try sweep.run("run").output.contains("damaged")))
  }
}
