import Experiments
import Foundation
import Reconstruction
import ScanFiles
import TestSupport
import Testing

/// The settings of every method stand in the record of a run, under the method's name.
@Suite struct RecordedSettingsTests {
  @Test func theRecordHoldsTheSettingsThatWereUsed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("scan.h5")
    try SyntheticScan().write(path)
    let scan = try FastMRIScan(path: path)
    let run = try ReconstructionRun(
      scan: scan, plan: try SamplingPlan(scan: scan, source: .scan), slices: nil,
      methods: [ZeroFilled(), SENSE(regularisation: 0.25), L1Wavelet(iterations: 3)],
      reference: .mvue, seed: 0, weights: nil)
    let output = try OutputFolder(folder.file("out"))
    defer { output.discard() }
    let record = try run.perform(into: output)
    #expect(record.settings["zero-filled"] == .object([:]))
    #expect(
      record.settings["sense"]
        == .object([
          "iterations": .number(30), "regularisation": .number(0.25), "tolerance": .number(3e-5),
        ]))
    guard case .object(let wavelet) = record.settings["l1-wavelet"] else {
      Issue.record("no settings of l1-wavelet")
      return
    }
    #expect(wavelet["iterations"] == .number(3))
    #expect(wavelet["filter"] == .text("haar"))
    // The text has them under the same names.
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(try record.json.utf8)) as? [String: Any])
    let settings = try #require(json["settings"] as? [String: [String: Any]])
    #expect(settings["sense"]?["regularisation"] as? Double == 0.25)
    #expect(settings["l1-wavelet"]?["seed"] as? Int == 1)
  }
}
