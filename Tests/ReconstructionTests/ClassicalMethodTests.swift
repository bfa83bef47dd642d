import Arrays
import LinearOperators
import Numerics
import Reconstruction
import TestSupport
import Testing

@Suite("SENSE, L1-wavelet and total variation")
struct ClassicalMethodTests {
  static let methods: [any ReconstructionMethod] = [SENSE(), L1Wavelet(), TotalVariation()]

  @Test("SENSE without a weight returns a fully sampled image")
  func fullySampled() throws {
    let phantom = try UndersampledPhantom(acceleration: 1)
    let image = try run(SENSE(regularisation: 0), phantom.problem).image
    #expect(phantom.error(image) < 1e-10)
  }

  @Test("the images get better from zero-filled to SENSE to L1-wavelet to TV")
  func order() throws {
    let phantom = try UndersampledPhantom(acceleration: 4, noise: 0.02)
    let errors = try ([ZeroFilled()] + Self.methods).map {
      phantom.error(try run($0, phantom.problem).image)
    }
    #expect(errors[1] < 0.8 * errors[0])
    #expect(errors[2] < 0.5 * errors[1])
    // The phantom is piecewise constant.
    #expect(errors[3] < errors[2])
  }

  @Test("the weight of SENSE holds the noise down where iterations alone amplify it")
  func noise() throws {
    let phantom = try UndersampledPhantom(acceleration: 8, noise: 0.1)
    let plain = phantom.error(try run(SENSE(regularisation: 0), phantom.problem).image)
    let weighted = phantom.error(try run(SENSE(), phantom.problem).image)
    #expect(weighted < 0.8 * plain)
  }

  @Test("the number of threads changes no bit", arguments: [0, 1, 2])
  func threads(method: Int) throws {
    let problem = try UndersampledPhantom(acceleration: 4, noise: 0.02).problem
    let images = try [1, 2, 2].map { threads in
      try withThreads(threads) { try run(Self.methods[method], problem).image }
    }
    #expect(images[0] == images[1])
    #expect(images[1] == images[2])
  }

  @Test("the seed of L1-wavelet sets the shifts")
  func seeds() throws {
    let problem = try UndersampledPhantom(acceleration: 4, noise: 0.02).problem
    let images = try [1, 2].map { try run(L1Wavelet(iterations: 5, seed: $0), problem).image }
    #expect(images[0] != images[1])
  }

  @Test("progress grows to 1 and the misfit is the image's", arguments: [0, 1, 2])
  func progress(method: Int) throws {
    let phantom = try UndersampledPhantom(acceleration: 4, noise: 0.02)
    let problem = phantom.problem
    let (image, progress) = try run(Self.methods[method], problem)
    let fractions = progress.map(\.fraction)
    #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $0 < $1 })
    #expect(fractions.count > 10 && fractions.allSatisfy { $0 > 0 && $0 <= 1 })
    var residual = problem.system.forward(image)
    residual.add(-1, times: problem.measurements)
    let misfit = (residual.squaredNorm / problem.measurements.squaredNorm).squareRoot()
    let reported = try #require(progress.last).misfit
    #expect(abs(reported - misfit) < 0.02 * misfit)
  }

  @Test("what the callback throws ends the work", arguments: [0, 1, 2])
  func stops(method: Int) throws {
    struct Enough: Error {}
    let problem = try UndersampledPhantom(acceleration: 4).problem
    #expect(throws: Enough.self) {
      _ = try Self.methods[method].reconstruct(problem) { _ in throw Enough() }
    }
  }

  @Test("bad settings are refused by name")
  func settings() throws {
    let problem = try UndersampledPhantom(acceleration: 4).problem
    #expect(
      throws: ReconstructionError.setting(
        method: "sense", setting: "regularisation", value: -1)
    ) { try run(SENSE(regularisation: -1), problem) }
    #expect(throws: ReconstructionError.self) {
      try run(L1Wavelet(regularisation: .fixed(.nan)), problem)
    }
    #expect(throws: ReconstructionError.self) {
      try run(TotalVariation(regularisation: .fixed(-.infinity)), problem)
    }
  }

  @Test("images that are not finite are refused")
  func diverged() throws {
    let problem = try UndersampledPhantom(acceleration: 4).problem
    // The largest weight overflows in the normal equations.
    #expect(throws: ReconstructionError.diverged(method: "sense")) {
      try run(SENSE(regularisation: .fixed(.greatestFiniteMagnitude)), problem)
    }
  }
}
