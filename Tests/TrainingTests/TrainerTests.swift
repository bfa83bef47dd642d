import Arrays
import Foundation
import Generators
import TestSupport
import Testing

@testable import Training

/// Training: it learns, and neither an interruption nor the number of threads changes a byte.
@Suite(.serialized) struct TrainerTests {
  /// Eight images of blurred squares.
  static let images: StoredImages = {
    let (count, side) = (8, 40)
    var images = StoredImages(rows: side, columns: side)
    for n in 0..<count {
      var bytes: [UInt8] = []
      for y in 0..<side {
        for x in 0..<side {
          let inside = abs(y - 20) < 8 + n && abs(x - 20) < 15 - n
          bytes.append(inside ? UInt8(200 - 10 * n) : 10)
        }
      }
      images.append(bytes)
    }
    return images
  }()

  static var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.architecture = LadderArchitecture(
      widths: [8, 8], latents: [2, 1], encoderWidths: [8, 8])
    (recipe.steps, recipe.batch, recipe.crop, recipe.warmUp) = (40, 2, 16, 4)
    recipe.learningRate = 3e-3
    recipe.undersampling.share = 0
    return recipe
  }

  static func advanced(_ trainer: Trainer, by steps: Int) -> Trainer {
    var trainer = trainer
    for _ in 0..<steps { _ = trainer.advance(on: images, choice: Array(0..<6)) }
    return trainer
  }

  @Test func aResumedRunGivesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.checkpoint")
    let whole = Self.advanced(try Trainer(recipe: Self.recipe), by: 9)
    try Self.advanced(Trainer(recipe: Self.recipe), by: 4).writeCheckpoint(to: path)
    let resumed = try Self.advanced(Trainer(checkpoint: path), by: 5)
    #expect(resumed.step == 9)
    #expect(resumed.averaged.parameters == whole.averaged.parameters)
    try whole.writeCheckpoint(to: path)
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    try resumed.writeCheckpoint(to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    Parallelism.threads = 1
    let one = Self.advanced(try Trainer(recipe: Self.recipe), by: 3)
    Parallelism.threads = 3
    let three = Self.advanced(try Trainer(recipe: Self.recipe), by: 3)
    #expect(one.averaged.parameters == three.averaged.parameters)
  }

  @Test func itLearns() throws {
    let start = try Trainer(recipe: Self.recipe)
    let end = Self.advanced(start, by: 40)
    let before = start.validate(on: Self.images, choice: [6, 7])
    let after = end.validate(on: Self.images, choice: [6, 7])
    #expect(after.absoluteError < 0.7 * before.absoluteError)
    let radii = end.deviationRadii(on: Self.images, choice: [6, 7])
    #expect(radii.count == 2)
    #expect(radii.allSatisfy { $0 > 0 && $0 < 10 })
  }

  @Test func aDamagedCheckpointIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.checkpoint")
    let network = try Trainer(recipe: Self.recipe).averaged
    try WeightsFile(
      architecture: network.architecture, parameters: network.parameters, notes: [:]
    ).write(to: path)
    #expect(throws: WeightsError.self) { try Trainer(checkpoint: path) }
  }
}
