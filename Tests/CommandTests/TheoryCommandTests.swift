import Foundation
import Generators
import TestSupport
import Testing

@Suite struct TheoryCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
  }

  private let small = [
    "--cut", "1", "--rows", "16", "--columns", "20", "--images", "1", "--measurements", "0.3,0.6",
    "--radii",
    "0,1", "--pairs", "4", "--iterations", "6",
  ]

  @Test func trainedAndRandomGeneratorsAreChecked() throws {
    for (name, network) in [
      ("tiny", ["--weights", "tiny.safetensors"]), ("random", ["--random-network"]),
    ] {
      let outcome = try program.started(["theory", "-o", name] + network + small).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("holds: The l1 projection gives the nearest point"))
      #expect(outcome.output.contains("holds: A stage begins where the one before ended"))
      #expect(
        folder.names(in: name) == [
          "bounds.svg", "continuity.csv", "continuity.svg", "isometry.csv", "isometry.svg",
          "maurey.csv", "maurey.svg", "projection.csv", "projection.svg", "radius.csv",
          "recovery.svg", "theory.html", "theory.json",
        ])
    }
    #expect(try folder.text("tiny/theory.html").contains("tiny.safetensors, 2 levels"))
    #expect(try folder.text("random/radius.csv") != folder.text("tiny/radius.csv"))
  }

  @Test func whatCannotBeDoneIsRefusedAndLeavesNothing() throws {
    try TinyWeights.write(folder.file("denoiser.safetensors"), channels: 2) {
      $0 = WeightsFile(
        architecture: $0.architecture, parameters: $0.parameters, notes: ["role": "denoiser"])
    }
    for (arguments, words) in [
      (["--weights", "tiny.safetensors", "--random-network"], "exclude each other"),
      (["--weights", "tiny.safetensors", "--cut", "2"], "--cut 2"),
      (["--weights", "missing"], "there is no such weights file"),
      (["--weights", "denoiser.safetensors"], "denoiser"),
      (["--random-network", "--radii", "0,x"], "--radii 0,x: give numbers"),
      (["--random-network", "--measurements", "0.2,0.1"], "ascending"),
      (["--random-network", "--rows", "1"], "give sides from 4"),
    ] {
      let outcome = try program.started(["theory", "-o", "out"] + arguments).outcome()
      #expect(outcome.status != 0, "\(arguments)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
    #expect(!folder.names.contains("out"))
  }
}
