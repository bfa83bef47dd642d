import Foundation
import Phantoms
import TestSupport
import Testing

@testable import Experiments

@Suite struct DatasetManifestTests {
  private static let good = """
    version: 1
    name: small
    title: Two scans
    licence: none
    source: here
    origin: measured
    anatomy: knee
    scans:
      - name: a
        patient: p1
        contrast: T1
      - name: b
        path: more/b.h5
        sha256: \(String(repeating: "0", count: 64))
        bytes: 12
        patient: p2
        anatomy: brain
        contrast: T2
        split: test
        simulate: {seed: 3, snr: 12.5}
    """

  @Test func allKeysAreRead() throws {
    let manifest = try DatasetManifest(text: Self.good, file: "m.yaml")
    #expect(manifest.kind == .scans && manifest.origin == .measured && manifest.note == nil)
    let (a, b) = (manifest.entries[0], manifest.entries[1])
    #expect((a.path, a.sha256, a.bytes, a.split) == ("a.h5", nil, nil, nil))
    #expect((a.anatomy, b.anatomy) == ("knee", "brain"))
    #expect((b.path, b.bytes, b.patient, b.split) == ("more/b.h5", 12, "p2", "test"))
    #expect(b.simulate?.seed == 3 && b.simulate?.signalToNoise == 12.5)
  }

  @Test(arguments: [
    ("version: 1", "version: 2", "m.yaml:1: 'version' is not 1"),
    ("title: Two scans", "titel: Two scans", "m.yaml:1: the file lacks the key 'title'"),
    ("licence: none", "licence: none\nweight: 3", "m.yaml:5: unknown key 'weight'; known are"),
    ("licence: none", "licence: none\nname: again", "m.yaml:2: the key 'name' stands here twice"),
    ("origin: measured", "origin: guessed", "m.yaml:6: 'origin' is 'guessed'; choose from"),
    ("origin: measured", "origin: measured\nkind: films", "m.yaml:7: 'kind' is 'films'"),
    ("name: b", "name: a", "m.yaml:12: 'scans[2]' has the name 'a' of the entry in line 9"),
    ("name: b", "name: a/b", "m.yaml:12: 'scans[2].name' must be a name of letters"),
    ("path: more/b.h5", "path: ../b.h5", "m.yaml:13: 'scans[2].path' must be a path within"),
    ("path: more/b.h5", "path: /b.h5", "m.yaml:13: 'scans[2].path' must be a path within"),
    ("sha256: 0", "sha256: x", "m.yaml:14: 'scans[2].sha256' must be 64 hexadecimal digits"),
    ("bytes: 12", "bytes: -1", "m.yaml:15: 'scans[2].bytes' must be a whole number"),
    ("    patient: p1\n", "", "m.yaml:9: 'scans[1]' lacks the key 'patient'"),
    ("anatomy: knee\n", "", "m.yaml:8: 'scans[1]' lacks the key 'anatomy'"),
    ("seed: 3", "sead: 3", "m.yaml:20: unknown key 'scans[2].simulate.sead'"),
    ("snr: 12.5", "snr: 0", "m.yaml:20: 'scans[2].simulate' the signal-to-noise ratio is 0.0"),
    ("origin: measured", "\torigin: measured", "m.yaml:6: is no YAML here"),
    ("source: here", "source: [here", "is no YAML here"),
    ("  - name: a\n", "  name: a\n", "is no YAML here"),
  ])
  func whatIsWrongIsNamedWithItsLine(old: String, new: String, words: String) {
    let text = Self.good.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.good)
    #expect {
      try DatasetManifest(text: text, file: "m.yaml")
    } throws: {
      let error = "\($0)"
      return error.contains(words) && !error.contains("\n")
    }
  }

  @Test(arguments: ["", "- a", "just words"]) func whatIsNoMapping(text: String) {
    #expect(throws: ExperimentError.self) { try DatasetManifest(text: text, file: "m.yaml") }
  }

  @Test func stacksOfImagesAreNoScans() throws {
    let top = "version: 1\nname: s\ntitle: t\nlicence: l\nsource: s\norigin: measured\n"
    let list = "  - {name: a, images: 7, bytes: 3}\n"
    let manifest = try DatasetManifest(text: top + "kind: images\nstacks:\n" + list, file: "m")
    #expect(manifest.entries.isEmpty && manifest.stacks.map(\.images) == [7])
    #expect(manifest.files.map(\.path) == ["a.h5"])
    #expect(try DatasetManifest(text: manifest.text, file: "m") == manifest)
    for text in ["kind: images\nscans:\n", "kind: scans\nstacks:\n", "stacks:\n"] {
      #expect(throws: ExperimentError.self) {
        try DatasetManifest(text: top + text + list, file: "m")
      }
    }
  }

  @Test func writingAndReadingGivesTheSame() throws {
    var head = HeadScanSettings()
    (head.seed, head.fieldOfView, head.thickness) = (17, 241.3, 0.1)
    let long = String(repeating: "words: and – more, ", count: 20)
    let manifest = DatasetManifest(
      name: "1e3", title: "true", licence: "'quoted' \"twice\" # no comment",
      source: "two\nlines: and\n\n- more", origin: .simulated, anatomy: "null", note: long,
      entries: [
        .init(
          name: "0x10", path: "a b/ç.h5", sha256: String(repeating: "12e4", count: 16), bytes: 0,
          patient: "007", anatomy: "~", contrast: "1.50", split: "no"),
        .init(
          name: "b", path: "b.h5", patient: "*p", anatomy: "&a", contrast: "- x", simulate: head),
      ], file: "m.yaml")
    let text = try manifest.text
    #expect(try DatasetManifest(text: text, file: "m.yaml") == manifest, "\(text)")
    #expect(text.contains("–") && text.contains("ç"))
  }

  @Test func theManifestsThatComeWithTheProgramAreGood() throws {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let folder = root.appendingPathComponent("datasets").path
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasSuffix(".yaml") }
    #expect(names.count >= 7)
    for name in names {
      let manifest = try DatasetManifest(contentsOf: "\(folder)/\(name)")
      #expect(manifest.name + ".yaml" == name)
      #expect(try DatasetManifest(text: manifest.text, file: manifest.file) == manifest)
    }
    let heads = try DatasetManifest(contentsOf: "\(folder)/simulated-heads.yaml")
    #expect(heads.entries.map { $0.simulate?.seed } == [1, 2, 3, 4, 5, 6])
    #expect(Set(heads.entries.map(\.patient)).count == 6)
    for entry in heads.entries {
      #expect(entry.contrast == entry.simulate?.contrast.acquisition)
    }
  }
}

@Suite struct DataFolderTests {
  private func manifest(_ file: String) throws -> DatasetManifest {
    let text = "version: 1\nname: s\ntitle: t\nlicence: l\nsource: s\norigin: measured\n"
    return try DatasetManifest(
      text: text + "scans: [{name: a, path: in/a.h5, patient: p, anatomy: x, contrast: c}]",
      file: file)
  }

  @Test func theOptionGoesBeforeTheEnvironmentAndThatBeforeTheManifest() throws {
    let (one, two, three) = (
      try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder()
    )
    let manifest = try manifest(three.file("m.yaml"))
    func path(_ option: String?, _ environment: [String: String]) throws -> String {
      try DataFolder(option: option, manifest: manifest, environment: environment)
        .path(of: manifest.entries[0])
    }
    let environment = [DataFolder.variable: two.path]
    #expect(try path(one.path, environment) == one.file("in/a.h5"))
    #expect(try path(nil, environment) == two.file("in/a.h5"))
    #expect(try path(nil, [:]) == three.file("in/a.h5"))
    #expect(try path(nil, [DataFolder.variable: ""]) == three.file("in/a.h5"))
  }

  @Test func aFolderThatIsNotThereIsNamedWithWhoNamedIt() throws {
    let manifest = try manifest("m.yaml")
    #expect {
      try DataFolder(option: "/nowhere/at/all", manifest: manifest, environment: [:])
    } throws: {
      "\($0)".contains("/nowhere/at/all: there is no such data folder (named by --data)")
    }
    #expect {
      try DataFolder(
        option: nil, manifest: manifest, environment: [DataFolder.variable: "/nowhere"])
    } throws: {
      "\($0)".contains("named by the environment variable MRI_ILO_DATA")
    }
    #expect(try DataFolder(option: nil, manifest: manifest, environment: [:]).path == ".")
  }
}

@Suite struct StackSelectionTests {
  @Test(arguments: [
    (42, [17, 10, 13, 8], [12, 10, 12, 8]), (4, [9, 9, 9], [2, 1, 1]), (2, [5, 5, 5], [1, 1, 0]),
    (10, [1, 20, 2], [1, 7, 2]), (3, [1, 1, 1], [1, 1, 1]),
  ])
  func sharesAreAsEqualAsTheRoomLetsThemBe(total: Int, room: [Int], shares: [Int]) {
    #expect(StackSelection.shares(of: total, room: room) == shares)
  }
}
