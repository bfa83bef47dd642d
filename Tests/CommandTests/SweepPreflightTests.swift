import Arrays
import Foundation
import Numerics
import TestSupport
import Testing

/// Every scan of a sweep is read before any work begins.
@Suite struct SweepPreflightTests {
  /// A scan whose last slice holds NaN.
  private static var spoiltScan: SyntheticScan {
    var scan = TinySweep.scan
    scan.slices = 2
    scan.spoil = { $0.values[$0.count - 3] = Complex(.nan, 0) }
    return scan
  }

  /// A scan of which coil 2 has noise and no signal.
  private static var deafScan: SyntheticScan {
    var scan = TinySweep.scan
    var random = RandomNumbers()
    let noise = (0..<1280).map { _ in Complex(random.next(), random.next()) }
    scan.spoil = { kspace in
      for index in 0..<1280 { kspace.values[2 * 1280 + index] = noise[index] }
    }
    return scan
  }

  /// Numbers about 0 of the deviation of the scan's own noise.
  private struct RandomNumbers {
    private var state: UInt64 = 1
    mutating func next() -> Float {
      var sum: Float = 0
      for _ in 0..<12 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        sum += Float(state >> 40) / Float(1 << 24)
      }
      return (sum - 6) * 1e-8
    }
  }

  @Test func oneSentenceForEachBadScan() throws {
    let sweep = try TinySweep(
      scans: [
        "disc": TinySweep.scan, "empty": TinySweep.emptyScan, "spoilt": Self.spoiltScan,
        "short": TinySweep.scan, "missing": TinySweep.scan,
      ], masks: 1)
    let whole = try Data(contentsOf: URL(fileURLWithPath: sweep.folder.file("short.h5")))
    try sweep.folder.write(whole.prefix(whole.count / 2), "short.h5")
    unlink(sweep.folder.file("missing.h5"))
    let before = sweep.folder.names
    let refused = try sweep.run("run")
    #expect(refused.status == 1)
    let lines = refused.complaints.map(String.init)
    #expect(lines.count == 4, "\(lines)")
    for (name, words) in [
      ("empty", "coil 1 of slice 0 holds only zeros"), ("missing", "is not there"),
      ("short", "truncated"), ("spoilt", "slice 1, coil 3 is not a finite number"),
    ] {
      #expect(
        lines.contains { $0.contains("\(name): ") && $0.contains(words) }, "\(name): \(lines)")
    }
    #expect(lines.last?.contains("--leave-out-bad") == true)
    #expect(sweep.folder.names == before)

    let outcome = try sweep.run("run", "--leave-out-bad")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.complaints.count { $0.hasPrefix("Left out: ") } == 4)
    #expect(outcome.output.contains("2 of 2 jobs done"))
    let record = try sweep.folder.text("run/run.json")
    for name in ["empty", "missing", "short", "spoilt"] {
      #expect(record.contains("\"name\" : \"\(name)\""))
    }
    // The same command finds all done; what was left out is another sweep once it is mended.
    let again = try sweep.run("run", "--leave-out-bad")
    #expect(again.status == 0 && again.output.contains("2 done before"))
  }

  @Test func nothingIsLeftToDo() throws {
    let sweep = try TinySweep(scans: ["empty": TinySweep.emptyScan], masks: 1)
    expectOneSentence(try sweep.run("run", "--leave-out-bad"), "coil 1 of slice 0 holds only zeros")
    #expect(!sweep.folder.names.contains("run"))
  }

  /// A dead coil is warned of, by `sweep` and by `recon`, and both go on.
  @Test func aDeadCoilIsWarnedOf() throws {
    let sweep = try TinySweep(
      scans: ["disc": TinySweep.scan, "deaf": Self.deafScan], masks: 1, methods: ["zero-filled"])
    let outcome = try sweep.run("run")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.complaints.count == 1, "\(outcome.errors)")
    #expect(outcome.complaints[0].contains("Warning: deaf: coil 2 may be dead: the middle of its"))
    #expect(try sweep.folder.text("run/run.json").contains("coil 2 may be dead"))
    let recon = try sweep.program.run(
      "recon", "deaf.h5", "--accel", "2", "--center-fraction", "0.3", "--method", "zero-filled")
    #expect(recon.status == 0)
    #expect(recon.errors.contains("Warning: deaf.h5: coil 2 may be dead"))
    #expect(try sweep.folder.text("recon-deaf/record.json").contains("coil 2 may be dead"))
    let inspect = try sweep.program.run("inspect", "deaf.h5")
    #expect(inspect.output.contains("coil 2 may be dead"))
    #expect(inspect.output.contains("(without signal)"))
  }

  /// A scan that was looked through is not read again.
  @Test func whatWasReadIsRemembered() throws {
    let sweep = try TinySweep(masks: 1)
    #expect(try sweep.run("run").status == 0)
    let checks = try sweep.folder.text("run/checks.json")
    #expect(checks.contains("disc.h5"))
    // The look itself would now say otherwise; the memory is believed as long as the file is the same.
    try sweep.folder.write(
      Data(
        checks.replacing(/"warnings" : \[\s*\]/, with: "\"warnings\" : [\"odd\"]").utf8),
      "run/checks.json")
    let again = try sweep.run("run")
    #expect(again.status == 0)
    #expect(again.errors.contains("Warning: disc: odd."), "\(again.errors) \(checks)")
  }
}
