import Foundation
import Generators
import TestSupport
import Testing

@Suite struct EncodeTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
    try SyntheticStack().write(folder.file("stack.h5"))
  }

  /// The cells of the table without the times, which differ from run to run.
  private func rows(_ name: String) throws -> [[String]] {
    try folder.text("\(name)/encode.csv").split(separator: "\n").map {
      $0.split(separator: ",").prefix(4).map(String.init)
    }
  }

  @Test func stackScanAndPictureAreFitted() throws {
    try SyntheticScan().write(folder.file("scan.h5"))
    // Any picture will do; this one is drawn by the generator itself.
    let drawn = try program.run(
      "generate", "--weights", "tiny.safetensors", "--count", "1", "--rows", "16", "--columns",
      "16", "-o", "head.png")
    #expect(drawn.status == 0, "\(drawn.errors)")
    func run(_ output: String, threads: String) throws {
      let outcome = try program.run(
        "encode", "stack.h5", "scan.h5", "--split", "test", "--images", "2", "--iterations", "5",
        "--weights", "tiny.safetensors", "-o", output, "--threads", threads)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(outcome.output.contains("fit of levels 0 to 1"))
    }
    try run("one", threads: "1")
    try run("two", threads: "2")
    let table = try rows("one")
    #expect(try rows("two") == table)
    #expect(table[0] == ["image", "level", "psnr", "ssim"])
    // An encoder's answer and two levels for two images and two slices, and their means.
    #expect(table.count == 1 + 3 * 5)
    #expect(
      table.dropFirst().map { $0[0] }
        == ["stack.h5:5", "stack.h5:10", "scan.h5:0", "scan.h5:1", "mean"].flatMap { [$0, $0, $0] })
    #expect(table.dropFirst().prefix(3).map { $0[1] } == ["encoder", "0", "1"])
    let figures = table.dropFirst().compactMap { Double($0[2]) }
    let mean = (0..<4).reduce(0.0) { $0 + figures[3 * $1 + 2] / 4 }
    #expect(abs(figures[14] - mean) < 1e-9)
    for image in 0..<4 { #expect(figures[3 * image + 2] > figures[3 * image]) }
    #expect(
      folder.names(in: "one") == [
        "encode.csv", "image-000.png", "image-001.png", "image-002.png", "image-003.png",
        "record.json",
      ])
    let picture = try program.run(
      "encode", "head.png", "--iterations", "2", "--weights", "tiny.safetensors", "-o", "picture")
    #expect(picture.status == 0, "\(picture.errors)")
    #expect(try rows("picture")[1][0] == "head.png")
  }

  @Test func whatCannotBeFittedGetsASentence() throws {
    var scan = SyntheticScan()
    scan.mask = (0..<40).map { $0 % 2 == 0 || (15..<26).contains($0) }
    try scan.write(folder.file("under.h5"))
    try TinyWeights.write(folder.file("bare.safetensors")) { $0.deviationRadii = [] }
    for (arguments, words) in [
      (["under.h5"], "under.h5: is undersampled; give a fully sampled scan"),
      (["stack.h5", "--split", "holdout"], "has no split 'holdout'; choose from test, train"),
      (["stack.h5", "--weights", "bare.safetensors"], "no l1 radius"),
      (["none.h5"], "none.h5"),
    ] {
      let outcome = try program.started(
        ["encode", "-o", "out", "--iterations", "1"] + arguments
          + (arguments.contains("--weights") ? [] : ["--weights", "tiny.safetensors"])
      ).outcome()
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(!folder.names.contains("out"))
  }
}
