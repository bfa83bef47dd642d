import Evaluation
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

@Suite struct GenerateTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try TinyWeights.write(folder.file("real.safetensors"))
    try TinyWeights.write(folder.file("complex.safetensors"), channels: 2)
  }

  @Test func samplesAreTheSameForASeed() throws {
    func run(_ name: String, _ weights: String, _ arguments: String...) throws {
      let all =
        [
          "generate", "--weights", weights, "--count", "3", "--rows", "16", "--columns", "24", "-o",
          "\(name).png", "--values", "\(name).h5",
        ] + arguments
      let outcome = try program.started(all).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("Wrote 3 images to \(name).png"))
    }
    try run("a", "complex.safetensors", "--seed", "4")
    try run("b", "complex.safetensors", "--seed", "4", "--threads", "1")
    try run("c", "complex.safetensors", "--seed", "5")
    try run("d", "real.safetensors", "--seed", "4")
    func values(_ name: String) throws -> [Float] {
      let images = try HDF5File(reading: folder.file(name)).dataset("images")
      #expect(images.shape == [3, 16, 24])
      return try images.complexValues().flatMap { [$0.real, $0.imaginary] }
    }
    #expect(try values("a.h5") == values("b.h5"))
    #expect(try values("a.h5") != values("c.h5"))
    let real = try HDF5File(reading: folder.file("d.h5"))
    #expect(try real.dataset("images").floats().count == 3 * 16 * 24)
    #expect(try real.dataset("titles").strings() == ["sample 0", "sample 1", "sample 2"])
    #expect(real.attribute("seed")?.string == "4")
    let picture = try GreyImage(contentsOfPNG: folder.file("a.png"))
    #expect(picture.rows > 256 && picture.columns > 512)
  }

  @Test func waysAndChangesAreDrawn() throws {
    try SyntheticStack().write(folder.file("stack.h5"))
    let way = try program.run(
      "generate", "--weights", "real.safetensors", "--interpolate", "--from", "stack.h5:1", "--to",
      "stack.h5:4", "--count", "5", "-o", "way.png", "--values", "way.h5")
    #expect(way.status == 0, "\(way.errors)")
    let file = try HDF5File(reading: folder.file("way.h5"))
    #expect(try file.dataset("images").shape == [5, 48, 40])
    #expect(
      try file.dataset("titles").strings() == ["stack.h5:1", "25 %", "50 %", "75 %", "stack.h5:4"])
    let changes = try program.run(
      "generate", "--weights", "complex.safetensors", "--perturb", "--count", "2", "--rows", "16",
      "--columns", "16", "-o", "levels.png")
    #expect(changes.status == 0, "\(changes.errors)")
    // Two levels, each with the image itself and two others.
    #expect(changes.output.contains("Wrote 6 images"))
  }

  @Test func whatCannotBeDrawnGetsASentence() throws {
    for (arguments, words) in [
      (["--rows", "17"], "give multiples of 2"),
      (["--interpolate", "--perturb"], "not both"),
      (["--from", "stack.h5"], "--from needs"),
      (["--perturb", "--from", "none.png"], "none.png"),
      (["--temperature", "nan"], "give a number of 0 or more"),
      (["-o", "nowhere/a.png"], "cannot write nowhere/a.png"),
    ] {
      let outcome = try program.started(
        ["generate", "--weights", "real.safetensors", "--columns", "16"] + arguments
      ).outcome()
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!folder.names.contains { $0.hasSuffix(".png") })
  }
}
