import Acquisition
import Evaluation
import Foundation
import Reconstruction
import TestSupport
import Testing

@testable import Experiments

@Suite struct SweepProtocolTests {
  private let least = """
    version: 1
    name: least
    title: The least that a protocol says
    dataset: data/set.yaml
    masks:
      - {pattern: random, accelerations: [4, 8], seeds: [7, file_name]}
    methods:
      - name: sense
      - name: ilo
        label: short
        settings:
          rounds: 3
          stages: [{iterations: 3}, {iterations: 4, radius_factor: 0.5}]
    """

  private func read(_ text: String) throws -> SweepProtocol {
    try SweepProtocol(text: text, file: "/somewhere/p.yaml")
  }

  @Test func defaultsAndSettings() throws {
    let settings = try read(least)
    #expect(settings.dataset == "/somewhere/data/set.yaml")
    #expect(settings.scans == .init() && settings.slices == .all && settings.slicesPerJob == 8)
    #expect(settings.maskRequests.map(\.acceleration) == [4, 4, 8, 8])
    #expect(settings.maskRequests.map(\.seed) == [7, nil, 7, nil])
    #expect(settings.methods.map(\.label) == ["sense", "short"])
    #expect(settings.metrics == [.psnr, .ssim, .nmse] && settings.regions == [.image])
    #expect(settings.statistics == .init())
    let ilo = try settings.methods[1].settings.decoded(as: ILOSettings.self)
    var expected = ILOSettings()
    expected.rounds = 3
    expected.stages = [.init(iterations: 3), .init(iterations: 4, radiusFactor: 0.5)]
    #expect(ilo == expected)
    #expect(
      try settings.methods[0].settings.decoded(as: SENSE.self).regularisation
        == .fixed(SENSE.standardWeight))
  }

  @Test func aWeightMayBeChosenFromTheData() throws {
    let text = least.replacingOccurrences(
      of: "- name: sense", with: "- {name: sense, settings: {regularisation: auto}}")
    let settings = try read(text)
    let sense = try settings.methods[0].settings.decoded(as: SENSE.self)
    #expect(sense.regularisation == .heldOut)
    #expect(try settings.text.contains("regularisation: auto"))
    #expect(try read(settings.text).methods == settings.methods)
  }

  @Test(arguments: [
    "scans: [b, a]", "scans: {split: test, contrast: T1w}", "slices: {central: 3}",
    "slices: 0-3,7", "images: none", "metrics: [hfen, psnr]",
    "regions: [foreground, boxes]\nboxes: marks.csv",
    "statistics: {baseline: short, confidence: 0.9, resamples: 500, seed: 3}",
    "description: \"two\\nlines: 'quoted' #1\"", "reference: rss",
    "coils: 4", "coils: 99.5%\ncompression: geometric",
  ])
  func theEffectiveProtocolReadsBackAsItself(addition: String) throws {
    let settings = try read(least + "\n" + addition)
    let text = try settings.text
    var again = try read(text)
    again.file = settings.file
    #expect(again == settings)
    #expect(try again.text == text)
  }

  @Test(arguments: [
    ("version: 2", "p.yaml:1: 'version' is not 1"),
    ("version: 1\nname: a b", "p.yaml:2: 'name' must be a name"),
    ("version: 1\nname: a", "p.yaml:1: the file lacks the key 'title'"),
    ("version: 1\nname: a\nname: b", "the key 'name' stands here twice"),
    ("- 1", "must be a mapping"), ("a: [1", "is no YAML here"), ("", "the file is empty"),
  ])
  func badTops(text: String, words: String) {
    #expect { try read(text) } throws: { "\($0)".contains(words) }
  }

  @Test(arguments: [
    ("speed: 3", "p.yaml:14: unknown key 'speed'; known are boxes, coils"),
    ("slices: 3-1", "p.yaml:14: 'slices' names no slices"),
    ("slices_per_job: 0", "p.yaml:14: 'slices_per_job' must be a whole number of at least 1"),
    ("scans: [a, a]", "p.yaml:14: 'scans[2]' names the scan 'a' a second time"),
    ("scans: {colour: red}", "p.yaml:14: unknown key 'scans.colour'"),
    ("metrics: [psnr, fsim]", "'metrics[2]' is 'fsim'; choose from psnr, ssim"),
    ("metrics: []", "'metrics' must not be empty"),
    ("regions: [boxes]", "the region 'boxes' and the file 'boxes' need each other"),
    ("images: some", "'images' is 'some'; choose from all, none"),
    ("statistics: {baseline: bart}", "'statistics.baseline' is 'bart', which is no method"),
    ("statistics: {confidence: 95}", "must be at least 0.5 and below 1"),
  ])
  func badKeys(addition: String, words: String) {
    #expect { try read(least + "\n" + addition) } throws: { "\($0)".contains(words) }
  }

  @Test(arguments: [
    ("{name: bart}", "is 'bart'; there is no such method; choose from zero-filled, sense"),
    ("{name: sense}", "has the label 'sense' of the method in line 8"),
    ("{name: sense, label: b, settings: {lambda: 1}}", "unknown key 'methods[3].settings.lambda'"),
    ("{name: sense, label: b, settings: {iterations: many}}", "must be a number"),
    ("{name: sense, label: b, settings: {iterations: 1.5}}", "does not fit the method"),
    ("{name: l1-wavelet, label: b, settings: {filter: db9}}", "does not fit the method"),
    ("{name: sense, label: b, settings: {iterations: auto}}", "does not fit the method"),
    ("{name: sense, label: b, settings: {regularisation: best}}", "must be a number"),
    ("{name: zero-filled, settings: {a: 1}}", "there is nothing to set here"),
  ])
  func badMethods(entry: String, words: String) {
    #expect { try read(least + "\n  - \(entry)") } throws: { "\($0)".contains(words) }
  }

  @Test(arguments: [
    ("{pattern: spiral, accelerations: [4], seeds: [1]}", "is 'spiral'; choose from random"),
    ("{pattern: random, accelerations: [1], seeds: [1]}", "must be above 1"),
    ("{pattern: random, accelerations: [4], seeds: [-1]}", "must be a whole number from 0"),
    ("{pattern: random, accelerations: [4], seeds: []}", "must not be empty"),
    ("{pattern: random, accelerations: [4], seeds: [1], center_fraction: 1}", "between 0 and 1"),
    ("{pattern: random, accelerations: [4]}", "'masks[1]' lacks the key 'seeds'"),
  ])
  func badMasks(entry: String, words: String) {
    let text = least.replacingOccurrences(
      of: "{pattern: random, accelerations: [4, 8], seeds: [7, file_name]}", with: entry)
    #expect { try read(text) } throws: { "\($0)".contains(words) }
  }

  @Test func theDigestIsOfContentAndNotOfPaths() throws {
    let settings = try read(least)
    var moved = settings
    moved.dataset = "/elsewhere/set.yaml"
    #expect(try settings.digest(dataset: "x") == moved.digest(dataset: "x"))
    #expect(try settings.digest(dataset: "x") != settings.digest(dataset: "y"))
    moved.statistics.seed = 2
    #expect(try settings.digest(dataset: "x") != moved.digest(dataset: "x"))
  }

  @Test func anUnknownNameIsToldWhichThereAre() {
    let location = ProtocolLocation(executable: "/nowhere/bin/mri-ilo")
    #expect { try location.file("smok") } throws: {
      "\($0)".contains("smok: there is no such file, and no protocol of this name")
    }
  }

  @Test(arguments: [
    "smoke", "acceleration", "mask-robustness", "clinical", "weights", "weights-whole", "methods",
    "regularisation", "generative", "shift",
  ])
  func shippedProtocolsAreRead(name: String) throws {
    let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let location = ProtocolLocation(
      executable: package.appendingPathComponent(".build/platform/debug/mri-ilo").path)
    #expect(location.names.contains(name))
    let settings = try SweepProtocol(contentsOf: try location.file(name))
    #expect(settings.name == name)
    let manifest = package.appendingPathComponent("datasets/\(settings.dataset).yaml").path
    #expect(FileManager.default.fileExists(atPath: manifest))
  }
}
