import Foundation
import Generators
import TestSupport
import Testing

/// `mri-ilo weights import`, on networks as PyTorch exports them.
@Suite struct WeightsImportTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func run(_ channels: Int, _ arguments: String...) throws -> Program.Outcome {
    let file = fixturePath("ladder-\(channels).safetensors")
    return try program.started(["weights", "import", file, "-o", "own.safetensors"] + arguments)
      .outcome()
  }

  private func expectRefusal(_ outcome: Program.Outcome, _ words: String) {
    #expect(outcome.status != 0 && outcome.status < 128)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(!folder.names.contains("own.safetensors"))
  }

  @Test func aWholeExportBecomesAWeightsFile() throws {
    let values = fixturePath("ladder-2-values.safetensors")
    let outcome = try run(2, "--check", values)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("a ladder of 3 levels for complex images"))
    #expect(outcome.output.contains("as its metadata state"))
    #expect(outcome.output.contains("radii: 0.7500, 0.5000, 0.2500 (by its metadata)"))
    #expect(outcome.output.contains("decoder.level1.upsampling"))
    let file = try WeightsFile(contentsOf: folder.file("own.safetensors"))
    #expect(file.deviationRadii == [0.75, 0.5, 0.25])
    #expect(file.notes["licence"] == "CC0")
    #expect(file.notes["imported_from"]?.hasPrefix("ladder-2.safetensors, sha256 ") == true)
    #expect(try program.run("inspect", "own.safetensors").status == 0)
  }

  @Test func withoutRadiiItSaysHowToGetThem() throws {
    let outcome = try run(1, "--licence", "ours")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("by the shapes of its tensors"))
    #expect(outcome.output.contains("import again with --calibrate STACK"))
    let file = try WeightsFile(contentsOf: folder.file("own.safetensors"))
    #expect(file.deviationRadii.isEmpty)
    #expect(file.notes["licence"] == "ours")
  }

  @Test func heldOutImagesCalibrateTheRadii() throws {
    var stack = SyntheticStack()
    stack.images = (0..<6).map { ("a", "T1", $0 < 3 ? "train" : "val") }
    try stack.write(folder.file("slices.h5"))
    let outcome = try run(1, "--calibrate", "slices.h5")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("(by 3 held-out images of slices.h5)"))
    let file = try WeightsFile(contentsOf: folder.file("own.safetensors"))
    #expect(file.deviationRadii.count == 3)
    #expect(file.deviationRadii.allSatisfy { $0 > 0 && $0 < 10 })
  }

  @Test func stacksThatCalibrateNothingAreRefused() throws {
    try SyntheticStack().write(folder.file("slices.h5"))
    expectRefusal(try run(1, "--calibrate", "slices.h5"), "state 'split'")
    expectRefusal(try run(1, "--calibrate", "none.h5"), "none.h5")
  }

  @Test func whatIsNoNetworkOrAnotherOneIsRefused() throws {
    let values = fixturePath("ladder-1-values.safetensors")
    expectRefusal(
      try run(2, "--check", values), "images should be [2, 2, 8, 12], and are [2, 1, 8, 12]")
    expectRefusal(
      try program.run("weights", "import", values, "-o", "own.safetensors"),
      "it holds no tensor decoder.root")
    expectRefusal(
      try program.run("weights", "import", "none.safetensors", "-o", "own.safetensors"),
      "the file cannot be read")
    // Half precision moves the weights by more than single precision's rounding explains.
    #expect(try run(1).status == 0)
    let half = try program.run(
      "weights", "import", "own.safetensors", "-o", "again.safetensors", "--check", values)
    #expect(half.status != 0 && half.errors.contains("nothing was written"))
    #expect(!folder.names.contains("again.safetensors"))
  }
}
