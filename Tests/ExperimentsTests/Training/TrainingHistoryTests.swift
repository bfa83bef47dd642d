import Foundation
import Generators
import TestSupport
import Testing
import Training

@testable import Experiments

@Suite struct TrainingHistoryTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var history: TrainingHistory {
    var history = TrainingHistory(levels: 2, accelerations: [4])
    for step in [10.0, 20, 30] {
      history.append([
        "step": step, "val_psnr": step + 0.123456789, "learning_rate": 6.0000000284e-4,
      ])
    }
    history.append(["step": 40, "val_psnr": .nan, "ilo_psnr_4x": 31.5])
    return history
  }

  @Test func theLogReadsBackUpToAStep() throws {
    let path = folder.file("log.csv")
    try history.write(to: path)
    let text = try folder.text("log.csv")
    #expect(text.contains("\n20,,0.0006,,"), "\(text)")
    #expect(!text.contains("nan"))
    var read = TrainingHistory(levels: 2, accelerations: [4])
    try read.readLog(path, upTo: 40)
    #expect(read == history)
    var part = TrainingHistory(levels: 2, accelerations: [4])
    try part.readLog(path, upTo: 29)
    #expect(part.rows == Array(history.rows[..<2]))
    #expect(part.last("val_psnr") == 20.1235)
    #expect(history.curve("ilo_psnr_4x").map(\.step) == [40])
  }

  @Test func anotherTableIsRefused() throws {
    let path = folder.file("log.csv")
    try history.write(to: path)
    var other = TrainingHistory(levels: 3, accelerations: [4])
    #expect(throws: ExperimentError.self) { try other.readLog(path, upTo: 40) }
    try folder.write(Data((try folder.text("log.csv") + "50,words\n").utf8), "log.csv")
    var same = TrainingHistory(levels: 2, accelerations: [4])
    #expect(throws: ExperimentError.self) { try same.readLog(path, upTo: 90) }
    var fresh = TrainingHistory(levels: 2, accelerations: [4])
    try fresh.readLog(folder.file("none.csv"), upTo: 40)
    #expect(fresh.rows.isEmpty)
  }

  /// What `--print-recipe` prints is a recipe, and every default is a key of it.
  @Test func recipesReadBack() throws {
    var recipe = TrainingRecipe()
    (recipe.steps, recipe.size, recipe.validation.accelerations) = (7, 192, [3, 5.5])
    recipe.undersampling.share = 0.25
    try folder.write(Data(try recipe.text.utf8), "recipe.yaml")
    #expect(try TrainingRecipe(file: folder.file("recipe.yaml")) == recipe)
    let keys = [
      "size", "ilo_every", "accelerations", "free_nats", "zoom", "wavelet_weight", "output_scale",
      "balancing", "resolution", "penalty_step",
    ]
    for key in keys { #expect(try recipe.text.contains("\(key): ")) }
  }

  /// The objectives that are off in the default recipe, and their columns.
  @Test func objectivesReadFromRecipes() throws {
    #expect(TrainingHistory(TrainingRecipe()).columns.last == "wavelet_ssim_8x")
    let text = """
      version: 1
      recipe:
        loss: {output_scale: batch, balancing: nvae}
        adversarial: {weight: 0.5, start: 7}
        augmentation: {resolution: [0.5, 1]}

      """
    try folder.write(Data(text.utf8), "recipe.yaml")
    let recipe = try TrainingRecipe(file: folder.file("recipe.yaml"))
    #expect(recipe.loss.outputScale == .batch && recipe.loss.balancing == .nvae)
    #expect(recipe.adversarial?.weight == 0.5 && recipe.adversarial?.start == 7)
    #expect(recipe.augmentation.resolution == 0.5...1)
    #expect(
      TrainingHistory(recipe).columns.suffix(5) == [
        "output_scale", "discriminator_loss", "gradient_penalty", "real_score", "drawn_score",
      ])
    try folder.write(Data(try recipe.text.utf8), "again.yaml")
    #expect(try TrainingRecipe(file: folder.file("again.yaml")) == recipe)
    try folder.write(
      Data(text.replacingOccurrences(of: "nvae", with: "other").utf8), "recipe.yaml")
    #expect {
      _ = try TrainingRecipe(file: folder.file("recipe.yaml"))
    } throws: { "\($0)".contains("balancing") }
  }
}
