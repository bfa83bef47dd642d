import Foundation
import TestSupport
import Testing

/// The keys of a sweep that say how data become an image: `map_sets` and `partial_fourier`.
@Suite struct SweepAcquisitionTests {
  /// Another experiment, with other jobs, references and figures.
  @Test(arguments: ["map_sets: 2", "partial_fourier: pocs"]) func anotherKey(addition: String)
    throws
  {
    var scan = TinySweep.scan
    scan.acquired = 10..<40
    let sweep = try TinySweep(scans: ["disc": scan], masks: 1)
    let plain = try sweep.run("plain")
    #expect(plain.status == 0, "\(plain.errors)")
    sweep.text += addition + "\n"
    try sweep.writeProtocol()
    let outcome = try sweep.run("other")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(Set(sweep.done("plain")).isDisjoint(with: sweep.done("other")))
    #expect(sweep.done("other").count == 2)
    #expect(try sweep.tables("plain")["results.csv"] != sweep.tables("other")["results.csv"])
    let printed = try sweep.program.run("sweep", "protocol.yaml", "--print-protocol")
    #expect(printed.output.contains(addition))
  }

  /// The figures of a sweep are those of `recon` with the options of the same names.
  @Test func figuresAreThoseOfRecon() throws {
    var scan = TinySweep.scan
    scan.acquired = 10..<40
    let sweep = try TinySweep(scans: ["disc": scan], masks: 1)
    sweep.text += "map_sets: 2\npartial_fourier: pocs\n"
    try sweep.writeProtocol()
    #expect(try sweep.run("run").status == 0)
    let outcome = try sweep.program.run(
      "recon", "disc.h5", "--accel", "2", "--center-fraction", "0.3", "--seed", "0", "--method",
      "zero-filled,sense", "--maps", "2", "--partial-fourier", "pocs", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    func figures(_ path: String) throws -> [String: String] {
      let rows = try sweep.folder.text(path).split(separator: "\n").map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      let method = try #require(rows.first?.firstIndex(of: "method"))
      let psnr = try #require(rows.first?.firstIndex(of: "psnr"))
      return Dictionary(
        rows.dropFirst().map { ($0[method], $0[psnr]) }, uniquingKeysWith: { first, _ in first })
    }
    let (swept, reconstructed) = (try figures("run/results.csv"), try figures("out/metrics.csv"))
    #expect(swept.count == 2 && swept == reconstructed)
  }

  @Test func whatCannotBeIsRefused() throws {
    let sweep = try TinySweep(masks: 1)
    let plain = sweep.text
    for (addition, words) in [
      ("map_sets: 5", "must be"), ("partial_fourier: guess", "zero, homodyne, pocs"),
    ] {
      sweep.text = plain + addition + "\n"
      try sweep.writeProtocol()
      expectOneSentence(try sweep.run("bad"), words)
    }
  }
}
