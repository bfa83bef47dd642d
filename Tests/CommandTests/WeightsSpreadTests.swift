import Arrays
import Foundation
import Generators
import Reconstruction
import TestSupport
import Testing

/// `mri-ilo weights spread`, and `recon --spread` with what it leaves in the weights.
@Suite struct WeightsSpreadTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  /// Weights of as many levels as ILO's default settings have stages.
  private func writeWeights(_ name: String) throws {
    let architecture = LadderArchitecture(
      widths: [6, 6, 4, 4, 4], latents: [2, 2, 2, 2, 2], encoderWidths: [4, 4, 4, 6, 6])
    var random = RandomStream(seed: 3)
    var file = WeightsFile(
      architecture: architecture,
      parameters: (0..<LadderNetwork.parameterCount(architecture)).map { _ in
        0.1 * random.normal()
      }, notes: [:])
    file.deviationRadii = [1, 1, 1, 1, 1]
    try file.write(to: folder.file(name))
  }

  private func stack(subjects: [String]) -> SyntheticStack {
    SyntheticStack(
      rows: 56, columns: 64,
      images: subjects.flatMap { subject in
        (0..<5).map { _ in (subject: subject, contrast: "T1", split: "val") }
      })
  }

  @Test func theFactorIsWrittenAndUsed() throws {
    try writeWeights("own.safetensors")
    try stack(subjects: ["anna", "ben"]).write(folder.file("stack.h5"))
    let outcome = try program.run(
      "weights", "spread", "own.safetensors", "stack.h5", "--images", "2", "--checks", "2",
      "--draws", "3", "--level", "50", "-o", "new.safetensors")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("intervals of 50 % by 3 draws, from 2 slices; on 2 slices of"))
    let scale = try #require(
      try WeightsFile(contentsOf: folder.file("new.safetensors")).spread)
    #expect(scale.factor > 0 && scale.draws == 3 && scale.slices == 2 && scale.level == 0.5)
    #expect(scale.check?.slices == 2)
    #expect(try WeightsFile(contentsOf: folder.file("own.safetensors")).spread == nil)

    try SyntheticScan(slices: 1).write(folder.file("scan.h5"))
    let recon = try program.run(
      "recon", "scan.h5", "--accel", "3", "--trust", "--spread", "3", "--method", "ilo",
      "--weights", "new.safetensors")
    #expect(recon.status == 0, "\(recon.errors)")
    #expect(recon.output.contains("3 draws deviate by "))
    #expect(recon.output.contains("intervals of 50 % are ±"))
  }

  @Test func tooLittleToCalibrateOnIsRefused() throws {
    try writeWeights("own.safetensors")
    try stack(subjects: ["anna"]).write(folder.file("one.h5"))
    try stack(subjects: ["anna", "ben"]).write(folder.file("two.h5"))
    for (file, words) in [
      ("one.h5", "holds 1 subject"),
      ("two.h5", "1 slice is too few for intervals of 90 %; give at least 9"),
    ] {
      let outcome = try program.run(
        "weights", "spread", "own.safetensors", file, "--images", "1", "--checks",
        "0", "-o", "new.safetensors")
      #expect(outcome.status != 0 && outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!folder.names.contains("new.safetensors"))
  }
}
