import Arrays
import Generators
import Numerics
import Reconstruction
import Testing

@testable import Training

/// The calibration of the score that tells heads from other images.
@Suite(.serialized) struct FamiliarityCalibrationTests {
  /// Discs of several sizes, with stripes.
  private static let images: StoredImages = {
    let (count, side) = (12, 48)
    var images = StoredImages(rows: side, columns: side)
    for n in 0..<count {
      var bytes: [UInt8] = []
      for y in 0..<side {
        for x in 0..<side {
          let (v, u) = (Float(y) - 23.5, Float(x) - 23.5)
          let inside = v * v + u * u < Float((13 + n) * (13 + n))
          bytes.append(inside ? UInt8(150 + 80 * Float.cos(0.3 * v + 0.1 * Float(n))) : 3)
        }
      }
      images.append(bytes)
    }
    return images
  }()

  private func calibration() throws -> FamiliarityCalibration {
    let network = LadderNetwork(
      architecture: TrainerTests.recipe.architecture,
      parameters: try Trainer(recipe: TrainerTests.recipe).averaged.parameters)
    var settings = FamiliarityCalibration.Settings()
    (settings.trainingViews, settings.heldOutViews, settings.unfamiliar) = (60, 6, 8)
    return FamiliarityCalibration(network: network, settings: settings)
  }

  @Test func itTellsNoiseFromWhatItSaw() throws {
    var shares: [Double] = []
    let (scale, checks) = try calibration().run(
      on: Self.images, training: Array(0..<8), heldOut: Array(8..<12)
    ) { shares.append($0) }
    #expect(shares == shares.sorted() && shares.last == 1)
    // Where a mask leaves too few lines for coil maps there is no view.
    #expect((12...24).contains(scale.heldOutImages) && (30...60).contains(scale.trainingImages))
    #expect(
      checks.map(\.kind)
        == ["training heads", "held-out heads"] + UnfamiliarImages.allCases.map(\.rawValue))
    #expect(checks[1].warned < 0.1)
    let noise = try #require(checks.first { $0.kind == "noise" })
    #expect((1...8).contains(noise.images))
    // An untrained network; a trained one tells all of it.
    #expect((noise.areaUnderCurve ?? 0) > 0.8)
  }

  @Test func threadsChangeNothing() throws {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    let scales = try [1, 3].map { threads in
      Parallelism.threads = threads
      return try calibration().run(on: Self.images, training: [0, 1, 2], heldOut: [9, 10, 11]) {
        _ in
      }.scale
    }
    #expect(scales[0] == scales[1])
  }

  @Test func theAreaIsTheShareOfPairs() {
    #expect(areaUnderCurve([1, 2], [3, 4]) == 1)
    #expect(areaUnderCurve([1, 4], [2, 2]) == 0.5)
    #expect(areaUnderCurve([1], [1]) == 0.5)
    #expect(areaUnderCurve([5], [1, 2, 6, 5]) == 0.375)
  }

  @Test(arguments: UnfamiliarImages.allCases)
  func imagesThatAreNoHeadsAreImages(kind: UnfamiliarImages) {
    let head = RealArray(shape: [48, 48], values: Self.images.image(3))
    var random = RandomStream(seed: 2)
    let image = kind.image(from: head, random: &random)
    #expect(image.shape == head.shape)
    #expect(image.values.allSatisfy { $0.isFinite && $0 >= 0 && $0 < 3 })
    #expect(Set(image.values).count > 1)
    #expect(image != head)
    var again = RandomStream(seed: 2)
    #expect(kind.image(from: head, random: &again) == image)
  }
}
