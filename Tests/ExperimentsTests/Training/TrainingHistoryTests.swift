import Foundation
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
    for key in ["size", "ilo_every", "accelerations", "free_nats", "zoom", "wavelet_weight"] {
      #expect(try recipe.text.contains("\(key): "))
    }
  }
}
