import Arrays
import Foundation
import Generators
import Layers
import TestSupport
import Testing

@testable import Training

/// Training by the further objectives: neither an interruption nor the number of threads changes a byte, and
/// what is off leaves no trace.
@Suite(.serialized) struct ObjectiveTrainingTests {
  /// With all of them, the discriminator from the third step on.
  static var recipe: TrainingRecipe {
    var recipe = TrainerTests.recipe
    recipe.loss.outputScale = .batch
    recipe.loss.balancing = .nvae
    recipe.augmentation.resolution = 0.5...1
    var adversarial = AdversarialSettings()
    (adversarial.weight, adversarial.width, adversarial.start) = (0.2, 4, 2)
    recipe.adversarial = adversarial
    return recipe
  }

  private func bytes(_ trainer: Trainer) throws -> Data {
    let folder = try TemporaryFolder()
    try trainer.writeCheckpoint(to: folder.file("a"))
    return try Data(contentsOf: URL(fileURLWithPath: folder.file("a")))
  }

  @Test func aResumedRunGivesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.checkpoint")
    let whole = TrainerTests.advanced(try Trainer(recipe: Self.recipe), by: 9)
    for steps in [1, 5] {
      try TrainerTests.advanced(Trainer(recipe: Self.recipe), by: steps).writeCheckpoint(to: path)
      let resumed = TrainerTests.advanced(try Trainer(checkpoint: path), by: 9 - steps)
      #expect(try bytes(resumed) == bytes(whole))
    }
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    Parallelism.threads = 1
    let one = try bytes(TrainerTests.advanced(try Trainer(recipe: Self.recipe), by: 6))
    Parallelism.threads = 3
    #expect(try bytes(TrainerTests.advanced(try Trainer(recipe: Self.recipe), by: 6)) == one)
  }

  /// Each changes what is learned, and is told apart from the others.
  @Test func eachObjectiveIsOneOfItsOwn() throws {
    typealias Change = (inout TrainingRecipe) -> Void
    let changes: [Change] = [
      { _ in }, { $0.loss.outputScale = .batch }, { $0.loss.balancing = .nvae },
      { $0.augmentation.resolution = 0.4...0.6 }, { $0.adversarial = Self.recipe.adversarial },
    ]
    let found = try changes.map { change in
      var recipe = TrainerTests.recipe
      // Divergences that are free cost nothing, whatever their factors.
      recipe.loss.freeNats = []
      change(&recipe)
      return TrainerTests.advanced(try Trainer(recipe: recipe), by: 4).averaged.parameters
    }
    #expect(Set(found).count == changes.count)
    #expect(found.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func itLearnsWithAllOfThem() throws {
    var recipe = Self.recipe
    recipe.adversarial?.start = 10
    let start = try Trainer(recipe: recipe)
    var (end, reports) = (start, [AdversarialReport]())
    for _ in 0..<40 {
      let report = end.advance(on: TrainerTests.images, choice: Array(0..<6))
      #expect(!report.skipped && (report.adversarial != nil) == (report.step > 10))
      if let seen = report.adversarial { reports.append(seen) }
    }
    let before = start.validate(on: TrainerTests.images, choice: [6, 7])
    let after = end.validate(on: TrainerTests.images, choice: [6, 7])
    #expect(after.absoluteError < 0.8 * before.absoluteError)
    #expect(reports.allSatisfy { $0.penalty >= 0 && $0.penalty.isFinite })
  }

  @Test func theDiscriminatorLearnsToTellImagesApart() throws {
    var settings = AdversarialSettings()
    (settings.width, settings.start, settings.learningRate) = (4, 0, 5e-3)
    var adversary = Adversary(settings, channels: 1, seed: 1)
    let bright = Features(batch: 2, rows: 16, columns: 16, channels: 1, repeating: 1)
    let dark = Features(batch: 2, rows: 16, columns: 16, channels: 1, repeating: 0)
    var reports: [AdversarialReport] = []
    for step in 0..<60 {
      let discriminator = try #require(adversary.discriminator(step: step))
      reports.append(
        adversary.learn(
          discriminator, real: bright, drawn: discriminator.forward(dark), step: step, clip: 5))
    }
    let (first, last) = (try #require(reports.first), try #require(reports.last))
    #expect(last.loss < 0.5 * first.loss, "\(first.loss) to \(last.loss)")
    #expect(last.realScore > 0.5 && last.drawnScore < -0.5)
    #expect(adversary.moments.step == 60)
  }

  /// A checkpoint of an adversarial run without its discriminator is no whole one.
  @Test func aMissingDiscriminatorIsRefused() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.checkpoint")
    try Trainer(recipe: Self.recipe).writeCheckpoint(to: path)
    var file = try TensorFile(contentsOf: path)
    let names = file.tensors.keys.filter { !$0.hasPrefix("discriminator.") }.sorted()
    try file.write(to: path, names: names, precision: .single)
    #expect(throws: WeightsError.self) { try Trainer(checkpoint: path) }
    file.metadata["discriminator_adam_step"] = nil
    try file.write(to: path, names: file.tensors.keys.sorted(), precision: .single)
    #expect(throws: WeightsError.self) { try Trainer(checkpoint: path) }
  }

  /// The record of a run that has none of them is what it was before there were any.
  @Test func whatIsOffLeavesNoTrace() throws {
    let recipe = TrainingRecipe()
    let record = String(decoding: try JSONEncoder().encode(recipe), as: UTF8.self)
    for key in ["outputScale", "balancing", "resolution", "adversarial"] {
      #expect(!record.contains(key))
    }
    #expect(recipe.spelledOut != recipe && recipe.spelledOut.withoutWhatIsOff == recipe)
    #expect(Self.recipe.spelledOut == Self.recipe && Self.recipe.withoutWhatIsOff == Self.recipe)
    let read = try JSONDecoder().decode(
      TrainingRecipe.self, from: try JSONEncoder().encode(Self.recipe))
    #expect(read == Self.recipe)
    let metadata = try TensorFile(contentsOf: checkpoint(TrainerTests.recipe)).metadata
    #expect(metadata.keys.sorted() == ["adam_step", "format", "images", "recipe", "step"])
  }

  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func checkpoint(_ recipe: TrainingRecipe) throws -> String {
    try Trainer(recipe: recipe).writeCheckpoint(to: folder.file("b"))
    return folder.file("b")
  }
}

@Suite struct KSpaceCutTests {
  /// A wave of `cycles` along rows or columns, around 1.
  private func wave(_ cycles: Int, side: Int, alongRows: Bool) -> [Float] {
    (0..<side * side).map { pixel in
      let place = Double(alongRows ? pixel / side : pixel % side)
      let angle: Double = 2 * Double.pi * Double(cycles) * place / Double(side)
      return Float(1 + 0.5 * cos(angle + 0.3))
    }
  }

  /// What lies within the share stays; what lies beyond leaves the mean alone.
  @Test(arguments: [16, 15], [true, false]) func wavesStayOrGo(side: Int, alongRows: Bool) {
    let cut = KSpaceCut(share: 0.5)
    let kept = wave(3, side: side, alongRows: alongRows)
    #expect(largestDifference(cut.applied(to: kept, side: side), kept) < 1e-5)
    let gone = cut.applied(to: wave(4, side: side, alongRows: alongRows), side: side)
    #expect(largestDifference(gone, gone.map { _ in 1 }) < 1e-5)
  }

  @Test func theWholeOfKSpaceIsTheImage() {
    let image = (0..<64).map { Float($0 * $0 % 17) }
    #expect(KSpaceCut(share: 1).applied(to: image, side: 8) == image)
  }

  /// Views of one seed differ in resolution alone.
  @Test func viewsLoseTheirFinestDetail() {
    let image: [Float] = (0..<32 * 32).map { pixel in (pixel / 32 + pixel) % 2 == 0 ? 0 : 1 }
    func view(_ range: ClosedRange<Float>?) -> [Float] {
      var augmentation = Augmentation()
      (augmentation.zoom, augmentation.rotation, augmentation.quarterTurns) = (1...1, 0, 0)
      (augmentation.shift, augmentation.logGamma, augmentation.logBias) = (0, 0, 0)
      augmentation.resolution = range
      var random = RandomStream(seed: 4)
      return augmentation.view(of: image, rows: 32, columns: 32, crop: 32, random: &random)
    }
    func spread(_ values: [Float]) -> Float { (values.max() ?? 0) - (values.min() ?? 0) }
    let (whole, same, low) = (view(nil), view(1...1), view(0.5...0.6))
    #expect(whole == same)
    #expect(spread(whole) > 0.7)
    #expect(spread(low) < 0.01)
  }
}
