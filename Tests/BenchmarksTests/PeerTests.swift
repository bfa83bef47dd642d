import Foundation
import TestSupport
import Testing

@testable import Benchmarks

/// Peers by scripts that only talk: no Python module and no BART is needed but Python itself.
@Suite(.serialized) struct PeerTests {
  /// A script that reads questions and sets `answer` in `body`.
  private func script(_ body: String) -> String {
    """
    import json, sys
    for line in sys.stdin:
        message = json.loads(line)
        command = message["command"]
    \(body.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        print(json.dumps(answer), flush=True)
    """
  }

  private static let talk = """
    if command == "hello": answer = {"versions": {"fake": "1"}}
    elif command == "prepare": answer = {"results": {"result": message["inputs"]["RESULT"]}, "form": "fake"}
    else: answer = {"seconds": [0.5] * message["repeats"], "gross": [0.75] * message["repeats"]}
    """

  /// Runs the normal operator of SENSE against a fake SigPy.
  private func events(script: String, filter: String = "SENSE normal 4×64") throws -> [ComparisonRun
    .Event]
  {
    let folder = try TemporaryFolder()
    try script.write(toFile: folder.file("sigpy_peer.py"), atomically: true, encoding: .utf8)
    let data = try BenchmarkData(sizes: .quick, weightsPath: shippedWeights)
    defer { data.removeFiles() }
    let run = ComparisonRun(
      data: data, scripts: folder.path, peers: [.sigpy], filter: filter, processor: "test",
      isQuick: true, turns: nil)
    var events: [ComparisonRun.Event] = []
    run.run(threads: 1) { events.append($0) }
    return events
  }

  @Test func aPeerThatDisagreesIsMarked() throws {
    let events = try events(
      script: script(Self.talk.replacingOccurrences(of: "RESULT", with: "image")))
    guard case .result(let result) = try #require(events.first) else {
      Issue.record("no result: \(events)")
      return
    }
    #expect(!result.agrees)
    #expect(result.peerMs == 500 && result.peerGrossMs == 750 && result.turns == 2)
    #expect(result.ratioLow <= result.ratio && result.ratio <= result.ratioHigh)
    #expect(BenchmarkText.line(result).contains("MISMATCH"))

    let text = String(decoding: try BenchmarkFile.text([result]), as: UTF8.self)
    for key in ["piece", "threads", "ours_ms", "peer", "peer_ms", "peer_gross_ms", "ratio"] {
      #expect(text.contains("\"\(key)\" :"))
    }
  }

  @Test func ratiosAreTakenTurnByTurn() {
    func result(_ turns: [(Double, Double)], difference: Double = 0) -> PeerRatio {
      PeerRatio(
        piece: "p", threads: 1, peer: .bart, versions: [:], form: "",
        turns: turns.map { PeerRatio.Turn(ours: $0.0, peer: $0.1, gross: nil) },
        agreement: [.init(name: "image", difference: difference, tolerance: 0.1)], note: nil,
        processor: "")
    }
    let few = result([(1, 2), (1, 3), (2, 8)])
    #expect(few.oursMs == 1000 && few.peerMs == 3000)
    #expect(few.ratio == 3 && few.ratioLow == 2 && few.ratioHigh == 4)
    let many = result([(1, 1), (1, 2), (1, 3), (1, 4), (1, 5)])
    #expect(many.ratio == 3 && many.ratioLow == 2 && many.ratioHigh == 4)
    #expect(result([(1, 1)], difference: 0.1).agrees)
    #expect(!result([(1, 1)], difference: 0.11).agrees)
    let broken = result([(1, 1)], difference: .nan)
    #expect(!broken.agrees && broken.differences["image"] == -1)
  }

  /// Computes the normal operator by its definition, in plain Python.
  @Test func aPeerThatAgreesIsNotMarked() throws {
    let body = """
      if command == "hello": answer = {"versions": {"fake": "1"}}
      elif command == "prepare": answer = {"results": {"result": normal(message)}, "form": "fake"}
      else: answer = {"seconds": [0.5] * message["repeats"]}
      """
    let definition = """
      import cmath, struct
      def read(path, kind):
          data = open(path, "rb").read()
          start = 10 + data[8] + 256 * data[9]
          return list(struct.unpack("<%df" % ((len(data) - start) // 4), data[start:])), data[:start]
      def normal(message):
          paths = message["inputs"]
          maps, image, mask = (read(paths[n], n)[0] for n in ("maps", "image", "mask"))
          header = read(paths["image"], "image")[1]
          n = len(mask); pixels = len(image) // 2; coils = len(maps) // 2 // pixels
          pair = lambda v, i: complex(v[2 * i], v[2 * i + 1])
          turn = [cmath.exp(-2j * cmath.pi * k / n) for k in range(n)]
          # The kernel of transform, mask and inverse depends on the distance of two columns alone.
          kernel = [sum(turn[(-(k - n // 2) * d) % n] for k in range(n) if mask[k]) / n for d in range(n)]
          out = [0j] * pixels
          for c in range(coils):
              for row in range(0, pixels, n):
                  line = [pair(maps, c * pixels + row + j) * pair(image, row + j) for j in range(n)]
                  for i in range(n):
                      v = sum(kernel[(i - j) % n] * line[j] for j in range(n))
                      out[row + i] += pair(maps, c * pixels + row + i).conjugate() * v
          path = message["folder"] + "/fake.npy"
          with open(path, "wb") as file:
              file.write(header)
              for v in out: file.write(struct.pack("<2f", v.real, v.imag))
          return path

      """
    let events = try events(script: definition + script(body))
    guard case .result(let result) = try #require(events.first) else {
      Issue.record("no result: \(events)")
      return
    }
    #expect(result.agrees)
    #expect(result.differences["result"].map { $0 > 0 && $0 < 1e-5 } == true)
    #expect(result.peerVersions == ["fake": "1"] && result.peerGrossMs == nil)
  }

  @Test func aPeerThatIsNotThereIsSaidInOneSentence() throws {
    let events = try events(
      script: """
        import json, sys
        sys.stdin.readline()
        print(json.dumps({"error": "the Python module sigpy is missing"}))
        """)
    #expect(events.count == 1)
    guard case .failure(let text) = try #require(events.first) else {
      Issue.record("not a failure: \(events)")
      return
    }
    #expect(text == "sigpy: the Python module sigpy is missing")
  }

  @Test func aPeerThatDiesIsAFailure() throws {
    let events = try events(script: "import sys; sys.exit('a library is broken')")
    guard case .failure(let text) = try #require(events.first) else {
      Issue.record("not a failure: \(events)")
      return
    }
    #expect(text == "sigpy: the peer has ended (a library is broken)")
  }

  @Test func scriptsAreFoundFromTheProgramOrByName() throws {
    let package = try TemporaryFolder()
    let scripts = package.path + "/Tests/PeerChecks/benchmark"
    try FileManager.default.createDirectory(atPath: scripts, withIntermediateDirectories: true)
    try "".write(toFile: scripts + "/peer.py", atomically: true, encoding: .utf8)
    let program = package.path + "/.build/release/mri-ilo"
    let found = try PeerScripts.folder(option: nil, executable: program)
    #expect(
      URL(fileURLWithPath: found).resolvingSymlinksInPath().path
        == URL(fileURLWithPath: scripts).resolvingSymlinksInPath().path)
    #expect(try PeerScripts.folder(option: scripts, executable: "") == scripts)
    #expect(throws: BenchmarkError.self) {
      try PeerScripts.folder(option: package.path, executable: program)
    }
  }
}
