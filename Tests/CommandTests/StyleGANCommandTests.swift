import Evaluation
import Foundation
import Generators
import ScanFiles
import TestSupport
import Testing

/// A StyleGAN2 on its way: import, info, verify, samples, and images solved by the methods that use it.
@Suite struct StyleGANCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  private func imported() throws {
    let outcome = try program.run(
      "weights", "import", fixturePath("stylegan2-1.safetensors"), "-o", "own.safetensors",
      "--licence", "ours")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("a StyleGAN2 of 3 levels for images of 16 × 24 and 1 channel"))
    #expect(outcome.output.contains("NVlabs/stylegan2-ada-pytorch"))
  }

  @Test func itIsImportedShownAndVerified() throws {
    try imported()
    let info = try program.run("weights", "info", "own.safetensors", "--tensors")
    #expect(info.status == 0 && info.output.contains("StyleGAN2 weights"), "\(info.errors)")
    #expect(info.output.contains("level1.upsampling.style.weight") && info.output.contains("ours"))
    #expect(try program.run("inspect", "own.safetensors").status == 0)
    let verified = try program.run("weights", "verify", "own.safetensors")
    #expect(verified.status == 0, "\(verified.output)")
    #expect(verified.output.contains("draws and differentiates to finite values"))
    let other = try program.run(
      "weights", "import", fixturePath("stylegan2-3.safetensors"), "-o", "b.safetensors",
      "--calibrate", "stack.h5")
    #expect(other.status == 1 && other.errors.contains("--calibrate and --check are for ladder"))
    #expect(!folder.names.contains("b.safetensors"))
  }

  @Test func samplesWaysAndStylesAreDrawn() throws {
    try imported()
    for (arguments, shape) in [
      (["--count", "3"], [3, 16, 24]), (["--interpolate", "--count", "4"], [4, 16, 24]),
      (["--perturb", "--count", "2", "--temperature", "0.7"], [9, 16, 24]),
    ] {
      let outcome = try program.started(
        ["generate", "--weights", "own.safetensors", "-o", "a.png", "--values", "a.h5"] + arguments
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let images = try HDF5File(reading: folder.file("a.h5")).dataset("images")
      #expect(images.shape == shape)
      #expect(Set(try images.floats()).count > 100)
    }
    for (arguments, words) in [
      (["--rows", "32"], "draws 16 × 24 pixels and no other size"),
      (["--perturb", "--from", "a.png"], "a StyleGAN2 has no encoder"),
    ] {
      let outcome = try program.started(
        ["generate", "--weights", "own.safetensors", "-o", "b.png"] + arguments
      ).outcome()
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test func everyMethodSolvesAnImage() throws {
    try imported()
    var stack = SyntheticStack()
    (stack.rows, stack.columns, stack.images) = (14, 24, [("a", "T1", "test")])
    try stack.write(folder.file("stack.h5"))
    let methods = ["csgm", "projector", "wplus", "pulse", "ilo"].map { "stylegan2-" + $0 }
    let outcome = try program.started(
      [
        "solve", "inpaint", "stack.h5", "--keep", "0.6", "--method",
        methods.joined(separator: ","), "--stylegan2", "own.safetensors", "-o", "out",
      ]
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let table = try folder.text("out/metrics.csv").split(separator: "\n").dropFirst()
    #expect(table.map { $0.split(separator: ",")[1] }.map(String.init) == methods)
    #expect(try folder.text("out/record.json").contains("own.safetensors"))

    var elsewhere = program
    elsewhere.environment["MRI_ILO_STYLEGAN2"] = "absent.safetensors"
    let without = try elsewhere.run(
      "solve", "inpaint", "stack.h5", "--method", "stylegan2-ilo", "-o", "none")
    #expect(
      without.status == 1 && without.errors.contains("absent.safetensors: there is no such weights")
    )
    let unused = try program.run(
      "solve", "inpaint", "stack.h5", "--method", "tv", "--stylegan2", "own.safetensors", "-o",
      "none")
    #expect(unused.status == 1 && unused.errors.contains("--stylegan2 is given, but none"))
    (stack.rows, stack.columns) = (32, 24)
    try stack.write(folder.file("large.h5"))
    let large = try program.run(
      "solve", "inpaint", "large.h5", "--method", "stylegan2-ilo", "--stylegan2",
      "own.safetensors", "-o", "none")
    #expect(large.status == 1 && large.errors.contains("the generator draws 16 × 24"))
  }
}
