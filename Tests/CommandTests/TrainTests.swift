import Foundation
import Generators
import TestSupport
import Testing

/// `mri-ilo train`, run as a user runs it.
@Suite struct TrainTests {
  private let folder: TemporaryFolder
  private let program: Program

  private static let recipe = """
    version: 1
    recipe:
      architecture: {widths: [8, 8], latents: [2, 1], encoder_widths: [8, 8]}
      steps: 8
      batch: 1
      crop: 16
      warm_up: 2
      validation: {every: 4, images: 2, ilo_every: 8, ilo_images: 1, ilo_rounds: 1, pictures: 1}

    """

  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path, environment: ["MRI_ILO_DATA": ""])
    try folder.write(Data(Self.recipe.utf8), "recipe.yaml")
    try Self.stack.write(folder.file("stack.h5"))
  }

  /// Six images to train on, two to validate on, two to test on.
  private static var stack: SyntheticStack {
    var stack = SyntheticStack()
    let splits = Array(repeating: "train", count: 6) + ["val", "val", "test", "test"]
    stack.images = splits.enumerated().map { ("s\($0)", "T1", $1) }
    return stack
  }

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func itLeavesWeightsLogAndPage() throws {
    let run = try program.run(
      "train", "stack.h5", "-o", "w.safetensors", "--recipe", "recipe.yaml", "--licence", "CC0")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("6 images of 6 subjects to train on, 2 of 2 held out, 48 × 48"))
    #expect(
      folder.names == [
        "recipe.yaml", "stack.h5", "w.safetensors", "w.safetensors.checkpoint",
        "w.safetensors.html", "w.safetensors.log.csv",
      ])
    let weights = try WeightsFile(contentsOf: folder.file("w.safetensors"))
    #expect(weights.notes["licence"] == "CC0" && weights.notes["step"] == "8")
    #expect(weights.notes["training_data"] == "6 images of 6 subjects of stack.h5")
    #expect(weights.notes["training_subjects_sha256"]?.count == 64)
    #expect(weights.deviationRadii.count == 2)
    let lines = try folder.text("w.safetensors.log.csv").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(lines.map { $0[0] } == ["step", "4", "8"])
    let ilo = try #require(lines[0].firstIndex(of: "ilo_psnr_8x"))
    let wavelet = try #require(lines[0].firstIndex(of: "wavelet_psnr_8x"))
    #expect(lines[1][ilo].isEmpty)
    for column in [ilo, wavelet] {
      let psnr = try #require(Double(lines[2][column]))
      #expect((5...60).contains(psnr))
    }
    let page = try folder.text("w.safetensors.html")
    #expect(page.contains("ILO 8×") && page.contains("data:image/png;base64,"))
    #expect(try program.run("inspect", "w.safetensors").status == 0)
  }

  /// Stopped by Ctrl-C in its course, and with another number of threads afterwards.
  @Test func aResumedRunGivesTheSameBytes() throws {
    let long = Self.recipe.replacingOccurrences(of: "steps: 8", with: "steps: 400")
      .replacingOccurrences(of: "every: 4", with: "every: 100")
      .replacingOccurrences(of: "ilo_every: 8", with: "ilo_every: 0")
    try folder.write(Data(long.utf8), "recipe.yaml")
    let whole = try program.run(
      "train", "stack.h5", "-o", "a.safetensors", "--recipe", "recipe.yaml")
    #expect(whole.status == 0, "\(whole.errors)")
    let running = try program.started(
      ["train", "stack.h5", "-o", "b.safetensors", "--recipe", "recipe.yaml", "--threads", "1"])
    let deadline = Date().addingTimeInterval(60)
    while !folder.names.contains("b.safetensors.log.csv") && Date() < deadline { usleep(2000) }
    running.process.interrupt()
    let stopped = running.outcome()
    #expect(stopped.status == 130, "\(stopped.errors)")
    #expect(stopped.output.contains("Stopped at step"))
    #expect(try bytes("a.safetensors") != bytes("b.safetensors"))
    let resumed = try program.run(
      "train", "stack.h5", "-o", "b.safetensors", "--resume", "--threads", "2")
    #expect(resumed.status == 0, "\(resumed.errors)")
    for ending in ["", ".checkpoint"] {
      #expect(try bytes("a.safetensors\(ending)") == bytes("b.safetensors\(ending)"))
    }
    let steps = try folder.text("b.safetensors.log.csv").split(separator: "\n").compactMap {
      $0.split(separator: ",").first
    }
    #expect(steps == ["step", "100", "200", "300", "400"])
  }

  @Test func otherImagesAreNoResumedRun() throws {
    #expect(
      try program.run("train", "stack.h5", "-o", "w", "--recipe", "recipe.yaml").status == 0)
    var other = Self.stack
    other.rows = 40
    try other.write(folder.file("other.h5"))
    let run = try program.run("train", "other.h5", "-o", "w", "--resume")
    #expect(run.status == 1 && run.errors.contains("began with other images"), "\(run.errors)")
    let both = try program.run("train", "stack.h5", "-o", "w", "--resume", "--steps", "9")
    #expect(both.status == 64 && both.errors.contains("checkpoint's recipe"), "\(both.errors)")
  }

  @Test func brokenImagesAreNamedAndLeftOut() throws {
    try folder.write(Data("no picture".utf8), "broken.png")
    let run = try program.run(
      "train", "broken.png", "stack.h5", "-o", "w", "--recipe", "recipe.yaml")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("left out: broken.png: is no PNG file"), "\(run.errors)")
    #expect(try folder.text("w.html").contains("left out: broken.png"))
  }

  @Test(arguments: [
    (["none.h5"], "no such file", Int32(1)), ([], "no images", 64),
    (["broken.png"], "holds no file of images that can be used", 1),
    (["stack.h5", "--validation-share", "2"], "validation.share", 64),
    (["stack.h5", "--seed", "18446744073709551615"], "seed", 64),
  ])
  func whatCannotBeTrainedOn(arguments: [String], words: String, status: Int32) throws {
    try folder.write(Data("no picture".utf8), "broken.png")
    let before = folder.names
    let run = try program.started(["train"] + arguments + ["-o", "w"]).outcome()
    #expect(run.status == status && run.errors.contains(words), "\(run.errors)")
    #expect(folder.names == before)
  }

  @Test func thePrintedRecipeIsTheEffectiveOne() throws {
    let run = try program.run(
      "train", "--print-recipe", "--recipe", "recipe.yaml", "--steps", "77")
    #expect(run.status == 0 && run.output.contains("steps: 77") && run.output.contains("crop: 16"))
    try folder.write(Data(run.output.utf8), "printed.yaml")
    let again = try program.run("train", "--print-recipe", "--recipe", "printed.yaml")
    #expect(again.output == run.output)
    try folder.write(Data("version: 1\nrecipe: {crops: 16}\n".utf8), "bad.yaml")
    let bad = try program.run("train", "--print-recipe", "--recipe", "bad.yaml")
    #expect(bad.status == 1 && bad.errors.contains("'recipe.crops'"), "\(bad.errors)")
  }
}
