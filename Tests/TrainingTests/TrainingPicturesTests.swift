import Arrays
import Generators
import Testing

@testable import Training

@Suite struct TrainingPicturesTests {
  /// Complex pairs for networks of one and of two channels; the real ones show the image itself.
  @Test(arguments: [(1, Float(0)), (2, 1)]) func picturesAreOfTheImages(
    channels: Int, share: Float
  ) throws {
    var recipe = TrainerTests.recipe
    recipe.architecture.imageChannels = channels
    recipe.architecture.encoderChannels = channels
    recipe.undersampling.share = share
    (recipe.undersampling.whole, recipe.undersampling.partial) = (0, 0)
    recipe.undersampling.acceleration = 2...3
    let trainer = try Trainer(recipe: recipe)
    let pictures = trainer.pictures(of: TrainerTests.images, choice: [6, 7])
    #expect(pictures.pairs.count == 2 && pictures.samples.count == 2)
    for (pair, index) in zip(pictures.pairs, [6, 7]) {
      #expect(
        pair.drawn.shape == [40, 40] && pair.drawn.values.allSatisfy { $0.isFinite && $0 >= 0 })
      let image = TrainerTests.images.image(index)
      if share == 0 {
        #expect(pair.input.values == image && pair.target.values == image)
      }
    }
    if share > 0 { #expect(pictures.pairs.contains { $0.input != $0.target }) }
    #expect(pictures.samples.allSatisfy { $0.shape == [16, 16] })
    #expect(pictures.samples[0] != pictures.samples[1])
    let again = trainer.pictures(of: TrainerTests.images, choice: [6, 7])
    #expect(again.pairs.map(\.input) == pictures.pairs.map(\.input))
    #expect(again.samples == pictures.samples)
  }

  @Test func sixteenBitsHoldBrightPixels() {
    var images = StoredImages(rows: 1, columns: 4)
    images.append([0, 50, 100, 200], white: 100)
    images.append([0, 128, 255, 1])
    let white = LadderNetwork.brightest
    for (value, expected) in zip(images.image(0), [0, 0.5, 1, 2]) {
      #expect(abs(value - Float(expected) * white) < 1e-4)
    }
    #expect(images.image(1)[2] == white)
    #expect(images.bytes(1) == [0, 128, 255, 1])
    #expect(images.bytes(0).count == 8)
  }
}
