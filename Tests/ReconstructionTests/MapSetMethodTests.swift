import Acquisition
import Arrays
import Numerics
import Reconstruction
import TestSupport
import Testing

/// The classical methods on an object that is larger than the field of view.
@Suite struct MapSetMethodTests {
  private let scan = FoldedCoils(rows: 96, columns: 81)
  private let problems: [ReconstructionProblem]

  init() throws {
    let scan = scan
    let mask = try SamplingMask(
      columns: (0..<81).map { $0 % 2 == 0 || (30..<51).contains($0) })
    var kspace = scan.kspace
    for index in kspace.values.indices where !mask.columns[index % 81] {
      kspace.values[index] = .zero
    }
    let sets = try ESPIRiT().estimate(kspace: kspace, mask: mask, count: 2).sets
    let one = try ReconstructionProblem(kspace: kspace, mask: mask, maps: sets[0])
    problems = [one, ReconstructionProblem(one, furtherSets: [sets[1]])]
  }

  /// ‖|x| − truth‖² / ‖truth‖², the truth being the root of the sum of squares of all data.
  private func error(_ image: ComplexArray, _ problem: ReconstructionProblem) -> Double {
    let truth = scan.rootSumOfSquares
    let scaled = image.magnitudes.values.map { Double($0 * problem.intensityScale) }
    var (error, energy) = (0.0, 0.0)
    for (a, b) in zip(scaled, truth.values) {
      error += (a - Double(b)) * (a - Double(b))
      energy += Double(b) * Double(b)
    }
    return error / energy
  }

  @Test(arguments: ["zero-filled", "sense", "l1-wavelet", "tv"])
  func twoSetsAreClearlyBetterThanOne(name: String) throws {
    let methods: [String: any ReconstructionMethod] = [
      "zero-filled": ZeroFilled(), "sense": SENSE(regularisation: 0.002),
      "l1-wavelet": L1Wavelet(regularisation: 0.002), "tv": TotalVariation(regularisation: 0.002),
    ]
    let method = try #require(methods[name])
    #expect(method.usesMapSets)
    let errors = try problems.map { problem in
      let image = try method.reconstruct(problem) { _ in }.image
      #expect(image.shape == [96, 81])
      return error(image, problem)
    }
    #expect(errors[1] < (name == "zero-filled" ? 0.98 : 0.5) * errors[0], "\(errors)")
  }

  /// λ chosen from the data works with several sets as with one.
  @Test func weightsFromTheData() throws {
    let result = try SENSE(regularisation: .heldOut).reconstruct(problems[1]) { _ in }
    #expect(result.choices[0].candidates.count >= 3)
    let fixed = try SENSE().reconstruct(problems[1]) { _ in }
    #expect(error(result.image, problems[1]) < 1.2 * error(fixed.image, problems[1]))
    let noise = try SENSE(regularisation: .discrepancy).reconstruct(problems[1]) { _ in }
    #expect(noise.image.shape == [96, 81])
  }

  /// One set behind the other way in is the same problem.
  @Test func oneSetOfSeveralIsOneSet() throws {
    let same = ReconstructionProblem(problems[0], furtherSets: [])
    let (a, b) = (
      try SENSE().reconstruct(problems[0]) { _ in }, try SENSE().reconstruct(same) { _ in }
    )
    #expect(a.image == b.image)
  }

  @Test func theImageOfSeveralSetsIsTheRootOfTheirSquares() {
    let parts = ComplexArray(
      shape: [2, 1, 3],
      values: [Complex(3, 0), Complex(0, -2), .zero, Complex(0, 4), .zero, Complex(-1, 0)])
    let image = problems[1].combined(parts)
    #expect(image.shape == [1, 3])
    for (value, expected) in zip(
      image.values, [Complex<Float>(5, 0), Complex(0, -2), Complex(1, 0)])
    {
      #expect((value - expected).length < 1e-6)
    }
  }
}
