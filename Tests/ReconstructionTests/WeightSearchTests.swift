import Acquisition
import Arrays
import Foundation
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

@Suite("Weights that are chosen from the data")
struct WeightSearchTests {
  /// A textured object under a random mask of 3x, with its true maps and noise of deviation `noise`.
  private func scan(noise: Float) throws -> (problem: ReconstructionProblem, image: ComplexArray) {
    let coils = SyntheticCoils(coils: 6, rows: 48, columns: 121, noise: noise)
    let mask = try SamplingMask(
      pattern: .random, columns: 121, acceleration: 3, centerFraction: 0.1, seed: .integer(3))
    let problem = try ReconstructionProblem(
      kspace: coils.kspace, mask: mask,
      maps: CoilMaps(
        sensitivities: coils.maps, eigenvalues: RealArray(shape: [48, 121], repeating: 1)))
    var image = coils.image
    image.scale(by: 1 / problem.intensityScale)
    return (problem, image)
  }

  /// The error of the image that a search chooses over the least one of the whole ladder.
  private func loss<Method: WeightedMethod>(_ method: Method, noise: Float) throws -> Double {
    let (problem, truth) = try scan(noise: noise)
    func error(_ image: ComplexArray) -> Double {
      var difference = image
      difference.add(-1, times: truth)
      return difference.squaredNorm
    }
    let errors = try Method.weights.values.map {
      error(try method.image(of: problem, weight: $0, from: nil) { _ in })
    }
    let best = try #require(errors.min())
    // Something is at stake.
    #expect(try #require(errors.max()) > 1.3 * best)
    return error(try method.reconstruct(problem) { _ in }.image) / best
  }

  @Test("the image is nearly that of the best weight", arguments: [0.02, 0.1] as [Float])
  func nearlyBest(noise: Float) throws {
    let losses = [
      try loss(SENSE(regularisation: .heldOut), noise: noise),
      try loss(L1Wavelet(regularisation: .heldOut, iterations: 30), noise: noise),
      try loss(
        TotalVariation(regularisation: .heldOut, iterations: 20, dualSteps: 5), noise: noise),
    ]
    // Measured: 1.00, 1.00 and 1.11 at the lower noise.
    #expect(losses.allSatisfy { $0 < 1.2 }, "\(losses)")
  }

  @Test("what was chosen is the best of what was tried, and the same for every number of threads")
  func chosen() throws {
    let problem = try scan(noise: 0.05).problem
    let method = L1Wavelet(regularisation: .heldOut, iterations: 20)
    let results = try [1, 2].map { threads in
      try withThreads(threads) { try method.reconstruct(problem) { _ in } }
    }
    #expect(results[0].image == results[1].image)
    #expect(results[0].choices == results[1].choices)
    let choice = try #require(results[0].choices.first)
    #expect(results[0].chosen == ["regularisation": choice.weight])
    let best = try #require(choice.candidates.min { $0.error < $1.error })
    #expect(best.weight == choice.weight)
    #expect(choice.candidates.count >= 3)
    #expect(
      zip(choice.candidates, choice.candidates.dropFirst()).allSatisfy { $0.weight > $1.weight })
    // The image is that of all data.
    let fixed = try L1Wavelet(regularisation: .fixed(Float(choice.weight)), iterations: 20)
      .reconstruct(problem) { _ in }
    #expect(fixed.image == results[0].image)
    #expect(fixed.choices.first?.candidates == [])
  }

  @Test("more noise, more weight", arguments: [RegularisationWeight.heldOut, .discrepancy])
  func noise(weight: RegularisationWeight) throws {
    let weights = try [0.02, 0.2].map { noise in
      try #require(
        TotalVariation(regularisation: weight, iterations: 20).reconstruct(
          scan(noise: Float(noise)).problem
        ) { _ in }.chosen["regularisation"])
    }
    #expect(weights[1] > 2 * weights[0])
  }

  @Test("with true maps the image of the discrepancy principle misses as much as the noise")
  func discrepancy() throws {
    let (deviation, (problem, _)) = (Float(0.1), try scan(noise: 0.1))
    let image = try TotalVariation(regularisation: .discrepancy).reconstruct(problem) { _ in }.image
    var misfit = problem.system.forward(image)
    misfit.add(-1, times: problem.measurements)
    let noise = Double(deviation / problem.intensityScale)
    let share = misfit.squaredNorm / (2 * noise * noise * Double(misfit.count))
    #expect(abs(share - 1) < 0.1, "\(share)")
  }

  @Test("progress grows through search and last image")
  func progress() throws {
    let progress = try run(
      SENSE(regularisation: .heldOut), try scan(noise: 0.05).problem
    ).progress.map(\.fraction)
    #expect(zip(progress, progress.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(progress.allSatisfy { $0 > 0 && $0 <= 1 })
  }

  @Test("a scan with too few columns gets the default, and is told so")
  func fewColumns() throws {
    let coils = SyntheticCoils(coils: 4, rows: 32, columns: 40)
    let mask = try SamplingMask(columns: (0..<40).map { (14..<26).contains($0) || $0 == 3 })
    let problem = try ReconstructionProblem(
      kspace: coils.kspace, mask: mask,
      maps: CoilMaps(
        sensitivities: coils.maps, eigenvalues: RealArray(shape: [32, 40], repeating: 1)))
    let result = try SENSE(regularisation: .heldOut).reconstruct(problem) { _ in }
    let choice = try #require(result.choices.first)
    #expect(Float(choice.weight) == SENSE.standardWeight)
    #expect(choice.reason.contains("too few columns"))
  }

  @Test("a parabola's least place is found, and an edge's is not")
  func vertex() throws {
    func candidates(_ least: Double) -> [WeightChoice.Candidate] {
      (0..<5).map { rung in
        .init(weight: 0.64 * pow(0.5, Double(rung)), error: 3 + pow(Double(rung) - least, 2))
      }
    }
    let found = try #require(WeightSearch.vertex(candidates(2.3), ratio: 0.5))
    #expect(abs(Double(found) / (0.64 * pow(0.5, 2.3)) - 1) < 1e-5)
    #expect(WeightSearch.vertex(candidates(2.02), ratio: 0.5) == nil)
    #expect(WeightSearch.vertex(candidates(-1), ratio: 0.5) == nil)
    #expect(WeightSearch.vertex(candidates(7), ratio: 0.5) == nil)
  }

  @Test("a ladder goes down by its ratio, and knows the rung of a weight")
  func ladder() {
    let ladder = WeightLadder(largest: 0.8, ratio: 0.5, rungs: 4)
    #expect(ladder.values == [0.8, 0.4, 0.2, 0.1])
    #expect(ladder.rung(of: 0.21) == 2)
    #expect(ladder.rung(of: 9) == 0)
    #expect(ladder.rung(of: 1e-6) == 3)
  }

  @Test("settings hold a number or a word")
  func coding() throws {
    func text(_ weight: RegularisationWeight) throws -> String {
      String(decoding: try JSONEncoder().encode([weight]), as: UTF8.self)
    }
    func weight(_ text: String) throws -> RegularisationWeight {
      try JSONDecoder().decode([RegularisationWeight].self, from: Data(text.utf8))[0]
    }
    #expect(try text(.heldOut) == "[\"auto\"]")
    #expect(try weight("[\"auto\"]") == .heldOut)
    #expect(try weight("[\"discrepancy\"]") == .discrepancy)
    #expect(try weight(try text(0.25)) == .fixed(0.25))
    #expect(throws: DecodingError.self) { try weight("[\"some\"]") }
    #expect(RegularisationWeight(text: "auto") == .heldOut)
    #expect(RegularisationWeight(text: "0.5") == .fixed(0.5))
    for bad in ["-1", "nan", "inf", "automatic", ""] {
      #expect(RegularisationWeight(text: bad) == nil)
    }
  }
}
