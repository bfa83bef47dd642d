import Foundation
import Generators
import Testing

@testable import Training

@Suite struct TrainingRecipeTests {
  @Test func theDefaultsFit() {
    #expect(TrainingRecipe().fault == nil)
  }

  /// A change that makes no sense, and a word of the sentence that says so.
  private typealias Fault = (word: String, change: @Sendable (inout TrainingRecipe) -> Void)

  /// One for each range, for one that no test leaves is one that nobody checks.
  private static let faults: [Fault] = [
    ("steps", { $0.steps = 0 }), ("crop", { $0.crop = 100 }), ("size", { $0.size = 100 }),
    ("crop", { ($0.crop, $0.size) = (128, 96) }), ("seed", { $0.seed = 1 << 60 }),
    ("learning_rate", { $0.learningRate = .nan }), ("learning_rate", { $0.learningRate = 0 }),
    ("warm_up", { $0.warmUp = -1 }), ("decay", { $0.decay = 1.5 }), ("clip", { $0.clip = 0 }),
    ("average_decay", { $0.averageDecay = 1 }), ("image_scale", { $0.loss.imageScale = 0 }),
    ("free_nats", { $0.loss.freeNats = [-1] }), ("zoom", { $0.augmentation.zoom = 0...1 }),
    ("rotation", { $0.augmentation.rotation = 4 }), ("shift", { $0.augmentation.shift = -1 }),
    ("quarter_turns", { $0.augmentation.quarterTurns = 2 }),
    ("log_gamma", { $0.augmentation.logGamma = .nan }),
    ("scale", { $0.augmentation.scale = 0...2 }),
    ("resolution", { $0.augmentation.resolution = 0...1 }),
    ("resolution", { $0.augmentation.resolution = 0.5...1.5 }),
    ("adversarial.weight", { $0.change { $0.weight = -1 } }),
    ("penalty", { $0.change { $0.penalty = .nan } }),
    ("adversarial.width", { $0.change { $0.width = 0 } }),
    ("adversarial.start", { $0.change { $0.start = -1 } }),
    ("adversarial.learning_rate", { $0.change { $0.learningRate = 0 } }),
    ("penalty_step", { $0.change { $0.penaltyStep = 0 } }),
    (
      "multiple of 8",
      {
        $0.architecture.widths = [8]
        ($0.architecture.latents, $0.architecture.encoderWidths) = ([1], [8])
        $0.crop = 12
        $0.change { $0.weight = 1 }
      }
    ),
    ("share", { $0.undersampling.share = 2 }), ("share", { $0.validation.share = 1 }),
    ("validation.seed", { $0.validation.seed = 1 << 60 }), ("every", { $0.validation.every = 0 }),
    ("images", { $0.validation.images = 0 }), ("ilo_every", { $0.validation.iloEvery = 300 }),
    ("ilo_images", { $0.validation.iloImages = 0 }),
    ("ilo_rounds", { $0.validation.iloRounds = 0 }),
    ("accelerations", { $0.validation.accelerations = [] }),
    ("accelerations", { $0.validation.accelerations = [4, 4] }),
    ("accelerations", { $0.validation.accelerations = [1] }),
    ("pictures", { $0.validation.pictures = 17 }),
  ]

  @Test func whatMakesNoSenseIsNamed() {
    for (word, change) in Self.faults {
      var recipe = TrainingRecipe()
      change(&recipe)
      #expect(recipe.fault?.contains(word) == true, "\(word): \(recipe.fault ?? "no fault")")
    }
  }

  /// A checkpoint of before a key came holds a recipe without it.
  @Test func keysThatAreMissingHaveTheirDefault() throws {
    var recipe = TrainingRecipe()
    (recipe.steps, recipe.clip) = (77, 2)
    let whole = try JSONEncoder().encode(recipe)
    var keys = try #require(try JSONSerialization.jsonObject(with: whole) as? [String: Any])
    keys["validation"] = nil
    keys["size"] = nil
    let old = try JSONSerialization.data(withJSONObject: keys)
    #expect(try JSONDecoder().decode(TrainingRecipe.self, from: old) == recipe)
    #expect(try JSONDecoder().decode(TrainingRecipe.self, from: whole) == recipe)
  }
}

extension TrainingRecipe {
  fileprivate mutating func change(_ body: (inout AdversarialSettings) -> Void) {
    var settings = AdversarialSettings()
    body(&settings)
    adversarial = settings
  }
}
