import Arrays
import Generators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

/// The best fit of a generator to a whole image.
@Suite struct RepresentationFitTests {
  /// Three levels of a few channels with random weights, for real or complex images.
  static func weights(channels: Int, radii: [Double] = [4, 4, 4]) -> WeightsFile {
    let architecture = LadderArchitecture(
      widths: [8, 6, 4], latents: [3, 2, 2], encoderWidths: [4, 6, 8], imageChannels: channels,
      encoderChannels: channels)
    var random = RandomStream(seed: 11)
    let parameters = (0..<LadderNetwork.parameterCount(architecture)).map { _ in
      0.15 * random.normal()
    }
    var file = WeightsFile(architecture: architecture, parameters: parameters, notes: [:])
    file.deviationRadii = radii
    return file
  }

  /// A magnitude image that the generator can draw, in units of its own.
  static func drawable(_ weights: WeightsFile, rows: Int, columns: Int) -> RealArray {
    let prior = PriorImages(network: weights.network, rows: rows, columns: columns)
    var image = prior.image(of: prior.sample(0, seed: 3, temperature: 1)).magnitudes
    image.values = image.values.map { 50 * $0 }
    return image
  }

  @Test(arguments: [1, 2]) func theGradientIsThatOfTheLoss(channels: Int) {
    let weights = Self.weights(channels: channels)
    // Sides that the frame must enlarge.
    let network = FramedNetwork(weights.network, shape: [13, 18])
    var random = RandomStream(seed: 5)
    let target = ComplexArray(
      shape: [13, 18],
      values: (0..<13 * 18).map { _ in Complex(random.normal(), random.normal()) })
    let objective = RepresentationObjective(
      network: network, target: target, radii: weights.deviationRadii, misfit: 0.5)
    let point = (0..<objective.ranges[1].upperBound).map { _ in random.normal() }
    let direction = point.map { _ in random.normal() }
    var gradient = point
    let value = objective.value(at: point, gradient: &gradient)
    #expect(abs(value - objective.loss(point)) < 1e-6 * value)
    let slope = zip(gradient, direction).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let step: Float = 1e-2
    func moved(_ factor: Float) -> Double {
      objective.loss(zip(point, direction).map { $0 + factor * $1 })
    }
    let difference = (moved(step) - moved(-step)) / Double(2 * step)
    #expect(abs(slope - difference) < 0.02 * abs(difference))
  }

  @Test(arguments: [1, 2]) func eachLevelComesNearer(channels: Int) throws {
    let weights = Self.weights(channels: channels)
    let image = Self.drawable(weights, rows: 24, columns: 20)
    var settings = RepresentationFit.Settings()
    settings.iterations = 25
    var seen: [Int] = []
    let result = try RepresentationFit(weights: weights, settings: settings).run(image) {
      level, _ in
      seen.append(level)
    }
    #expect(seen == seen.sorted() && Set(seen) == [0, 1, 2])
    #expect(result.levels.map(\.level) == [0, 1, 2])
    let losses = result.levels.map(\.loss)
    #expect(losses == losses.sorted(by: >))
    #expect(losses[2] < 0.5 * result.encodedLoss)
    func error(_ drawn: RealArray) -> Double {
      zip(drawn.values, image.values).reduce(0.0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) }
    }
    #expect(error(result.levels[2].image) < 0.5 * error(result.encoded))
  }

  @Test func threadsAndScaleChangeNothing() throws {
    let weights = Self.weights(channels: 2)
    let image = Self.drawable(weights, rows: 16, columns: 16)
    var settings = RepresentationFit.Settings()
    settings.iterations = 4
    let fit = try RepresentationFit(weights: weights, settings: settings)
    let images = try [1, 2].map { threads in
      try withThreads(threads) { try fit.run(image) { _, _ in }.levels[2].image }
    }
    #expect(images[0] == images[1])
    var bright = image
    bright.values = bright.values.map { 1024 * $0 }
    let other = try fit.run(bright) { _, _ in }.levels[2].image
    for (a, b) in zip(images[0].values, other.values) { #expect(abs(1024 * a - b) <= 1e-2 * b) }
  }

  @Test func whatCannotBeFittedIsRefused() throws {
    #expect(throws: ReconstructionError.self) {
      try RepresentationFit(weights: Self.weights(channels: 1, radii: []))
    }
    let fit = try RepresentationFit(weights: Self.weights(channels: 1))
    #expect(throws: ReconstructionError.noSignal) {
      try fit.run(RealArray(zeros: [16, 16])) { _, _ in }
    }
    #expect(throws: ReconstructionError.notFinite) {
      try fit.run(RealArray(shape: [16, 16], repeating: .nan)) { _, _ in }
    }
  }
}
