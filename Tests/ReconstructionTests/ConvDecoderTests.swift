import Arrays
import Foundation
import Layers
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite struct ConvDecoderTests {
  struct Fixture: Decodable {
    struct Decoder: Decodable {
      let sizes: [[Int]]
      let image: [Float]
      let gradient: [Float]
    }
    let convDecoder: Decoder
  }

  private func settings() -> ConvDecoderSettings {
    var settings = ConvDecoderSettings()
    (settings.channels, settings.layers, settings.iterations) = (8, 4, 60)
    settings.heldOutOneOf = 10
    (settings.inputRows, settings.inputColumns) = (4, 5)
    return settings
  }

  /// The decoder of `Tests/PeerChecks/baseline_fixtures.py`, which is the authors' module.
  @Test func imageAndGradientArePyTorchs() throws {
    let expected = try JSONDecoder().decode(
      Fixture.self, from: Data(contentsOf: URL(fileURLWithPath: fixturePath("baselines.json")))
    ).convDecoder
    var settings = settings()
    (settings.channels, settings.inputRows, settings.inputColumns) = (16, 2, 3)
    let (rows, columns) = (13, 11)
    let sizes = settings.sizes(rows: rows, columns: columns).map { [$0.rows, $0.columns] }
    #expect(sizes == expected.sizes)
    let network = ConvDecoderNetwork(
      rows: rows, columns: columns, settings: settings,
      input: features(
        channelsFirst: wave(16 * 6, seed: 40).map { 0.5 + 0.5 * $0 }, channels: 16, rows: 2,
        columns: 3))
    var parameters: [Float] = []
    for seed in 0..<12 {
      let count = seed % 3 == 0 ? 16 * 16 * 9 : 16
      parameters += wave(count, seed: seed).map { (seed % 3 == 1 ? 1 : 0) + 0.15 * $0 }
    }
    parameters += wave(32, seed: 12).map { 0.15 * $0 }
    let pass = network.forward(parameters)
    let image = features(channelsFirst: expected.image, channels: 2, rows: rows, columns: columns)
    #expect(largestDifference(pass.output.values, image.values) < 2e-5)
    let gradient = network.backward(
      features(
        channelsFirst: wave(2 * rows * columns, seed: 41), channels: 2, rows: rows,
        columns: columns), pass: pass)
    #expect(gradient.count == network.count)
    let largest = expected.gradient.map(abs).max() ?? 0
    #expect(largestDifference(gradient, expected.gradient) < 1e-4 * largest)
  }

  @Test(arguments: [(256, 216, 6), (64, 48, 8), (37, 45, 4), (5, 3, 3)])
  func sizesEndAtTheImage(rows: Int, columns: Int, layers: Int) {
    var settings = ConvDecoderSettings()
    settings.layers = layers
    let sizes = settings.sizes(rows: rows, columns: columns)
    #expect(sizes.count == layers - 1)
    #expect(sizes.last.map { [$0.rows, $0.columns] } == [rows, columns])
    #expect(sizes.allSatisfy { $0.rows > 0 && $0.columns > 0 })
    if rows == 256 { #expect(sizes.map(\.rows) == [16, 32, 64, 128, 256]) }
  }

  @Test func theImageDependsOnNoThreadCountButOnTheSeed() throws {
    let problem = try UndersampledPhantom(acceleration: 3).problem
    var settings = settings()
    settings.iterations = 15
    let images = try [1, 2].map { threads in
      try withThreads(threads) {
        try ConvDecoder(settings: settings).reconstruct(problem) { _ in }.image
      }
    }
    #expect(images[0] == images[1])
    settings.seed = 2
    #expect(try ConvDecoder(settings: settings).reconstruct(problem) { _ in }.image != images[0])
  }

  @Test func itComesNearerThanZeros() throws {
    let phantom = try UndersampledPhantom(acceleration: 3)
    var settings = settings()
    (settings.channels, settings.iterations) = (16, 250)
    var fractions: [Double] = []
    let result = try ConvDecoder(settings: settings).reconstruct(phantom.problem) {
      fractions.append($0.fraction)
    }
    #expect(fractions == fractions.sorted())
    #expect(fractions.last == 1)
    #expect(
      result.stages.map(\.name) == [
        "after 50", "after 100", "after 200", "decoder", "data consistency",
      ])
    let zeros = phantom.error(try ZeroFilled().reconstruct(phantom.problem) { _ in }.image)
    #expect(phantom.error(result.image) < 0.5 * zeros)
    // The measurements have the last word.
    #expect((result.stages.last?.misfit ?? 1) < result.stages[3].misfit)
    #expect(result.chosen["held-out misfit"].map { $0 < 1 } == true)
  }

  @Test func itEndsOnceColumnsPutAsideAreNoBetterPredicted() throws {
    let problem = try UndersampledPhantom(acceleration: 3, noise: 0.3).problem
    var settings = settings()
    (settings.patience, settings.iterations) = (5, 2000)
    var count = 0
    let result = try ConvDecoder(settings: settings).reconstruct(problem) { _ in count += 1 }
    #expect(count < 2000)
    // The last report is that of the end.
    #expect(result.chosen["iterations"] == Double(count - 1 - 5))
  }

  @Test func withFullDataTheMeasurementsAreTheImage() throws {
    let phantom = try UndersampledPhantom(acceleration: 1)
    var settings = settings()
    settings.iterations = 3
    let result = try ConvDecoder(settings: settings).reconstruct(phantom.problem) { _ in }
    #expect(phantom.error(result.image) < 1e-8)
  }

  @Test func settingsOutOfRangeAreRefused() {
    for change: (inout ConvDecoderSettings) -> Void in [
      { $0.channels = 0 }, { $0.layers = 1 }, { $0.iterations = 0 }, { $0.rate = .nan },
      { $0.averageShare = 0 }, { $0.heldOutOneOf = 1 }, { $0.patience = 0 },
    ] {
      var wrong = ConvDecoderSettings()
      change(&wrong)
      #expect(throws: ReconstructionError.self) { try ConvDecoder(settings: wrong) }
    }
  }
}
