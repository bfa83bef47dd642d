import Arrays
import LinearOperators
import Numerics
import TestSupport
import Testing

@testable import Reconstruction

/// A piecewise constant real image behind a linear operator.
struct MeasuredPhantom {
  /// `[rows, columns]`.
  let image: ComplexArray
  let problem: LinearInverseProblem

  static let shape = [41, 37]

  init(
    _ system: any LinearOperator, noise: Float = 0, isComplex: Bool = false, brightness: Float = 1
  ) throws {
    var image = ComplexArray(zeros: Self.shape)
    for row in 5..<36 {
      for column in 4..<33 {
        let inner = (12..<25).contains(row) && (9..<20).contains(column)
        image.values[row * 37 + column] = Complex(brightness * (inner ? 1.5 : 1), 0)
        if row > 28 && column > 22 {
          image.values[row * 37 + column] = Complex(0.4 * brightness, 0)
        }
      }
    }
    var measurements = system.forward(image)
    var random = RandomStream(seed: 5)
    for index in measurements.values.indices {
      measurements.values[index] += Complex(
        brightness * noise * random.normal(), isComplex ? brightness * noise * random.normal() : 0)
    }
    self.image = image
    problem = try LinearInverseProblem(
      system: system, measurements: measurements, noise: brightness * noise, isComplex: isComplex)
  }

  /// ‖x − truth‖² / ‖truth‖² of an image `[rows, columns]` scaled as the problem.
  func error(_ reconstruction: ComplexArray) -> Double {
    let found = problem.intensities(reconstruction)
    return zip(found.values, image.values).reduce(0.0) {
      $0 + Double(($1.0 - $1.1.real) * ($1.0 - $1.1.real))
    } / image.squaredNorm
  }

  /// The truth in the problem's units.
  var scaledTruth: ComplexArray {
    var truth = image
    truth.scale(by: 1 / problem.intensityScale)
    return truth
  }

  /// An operator of every kind, by name.
  static func system(_ name: String) -> any LinearOperator {
    switch name {
    case "denoise": IdentityOperator(shape: shape)
    case "inpaint":
      SelectionOperator(
        shape: shape,
        mask: InpaintingMask.randomPixels(rows: 41, columns: 37, share: 0.4, seed: 2))
    case "superres": SeparableOperator.bicubicDownsampling(shape: shape, factor: 2)
    case "deblur": ConvolutionOperator(shape: shape, kernel: BlurKernel.gaussian(sigma: 1))
    case "hadamard": PartialHadamardOperator(shape: shape, measurements: 760, seed: 2)
    case "circulant": PartialCirculantOperator(shape: shape, measurements: 760, seed: 2)
    case "fourier": PartialFourierOperator(shape: shape, measurements: 760, seed: 2)
    default: GaussianOperator(shape: shape, measurements: 760, seed: 2)
    }
  }

  static let names = [
    "denoise", "inpaint", "superres", "deblur", "hadamard", "circulant", "fourier", "gaussian",
  ]
}

@Suite("Real images behind any linear operator") struct LinearInverseProblemTests {
  @Test("the classical methods gain on the direct image", arguments: MeasuredPhantom.names)
  func methods(name: String) throws {
    let noise: Float = name == "denoise" ? 0.2 : 0.02
    let phantom = try MeasuredPhantom(
      MeasuredPhantom.system(name), noise: noise, isComplex: name == "fourier")
    func error(_ method: any ReconstructionMethod) throws -> Double {
      let result = try method.reconstruct(phantom.problem) { _ in }
      #expect(result.image.values.allSatisfy { $0.imaginary == 0 })
      return phantom.error(result.image)
    }
    let direct = try error(DirectImage(name: "adjoint"))
    let linear = try error(SmoothLeastSquares(regularisation: .heldOut))
    let wavelets = try error(L1Wavelet(regularisation: .heldOut, iterations: 100))
    let variation = try error(TotalVariation(regularisation: .heldOut, iterations: 100))
    #expect(linear < direct)
    #expect(wavelets < direct)
    // The phantom is piecewise constant.
    #expect(variation < 0.7 * linear)
  }

  @Test("the norm is brought to 1 and the bright parts near it", arguments: MeasuredPhantom.names)
  func scaling(name: String) throws {
    let phantom = try MeasuredPhantom(MeasuredPhantom.system(name), isComplex: name == "fourier")
    let norm = operatorNorm(of: phantom.problem.system, iterations: 100)
    #expect(norm < 1 + 1e-4 && norm > 0.6)
    #expect(abs(percentile(phantom.problem.start.magnitudes.values, 99) - 1) < 1e-3)
    // The measurements are still those of the image in the problem's units.
    var misfit = phantom.problem.system.forward(phantom.scaledTruth)
    misfit.add(-1, times: phantom.problem.measurements)
    #expect(misfit.squaredNorm < 1e-9 * phantom.problem.measurements.squaredNorm)
  }

  @Test("units of the image do not matter")
  func units() throws {
    let system = MeasuredPhantom.system("inpaint")
    let small = try MeasuredPhantom(system, noise: 0.02, brightness: 1e-7)
    let large = try MeasuredPhantom(system, noise: 0.02, brightness: 1e5)
    let method = TotalVariation(regularisation: 0.01)
    let images = try [small, large].map { try method.reconstruct($0.problem) { _ in }.image }
    var difference = images[0]
    difference.add(-1, times: images[1])
    #expect(difference.squaredNorm < 1e-6 * images[0].squaredNorm)
    #expect(abs(small.problem.noiseDeviation / large.problem.noiseDeviation - 1) < 1e-3)
    #expect(abs(small.error(images[0]) / large.error(images[1]) - 1) < 1e-3)
  }

  @Test("held-out measurements are predicted by the truth and unseen by the rest")
  func heldOut() throws {
    let phantom = try MeasuredPhantom(MeasuredPhantom.system("hadamard"))
    let problem = phantom.problem
    let held = try #require(problem.heldOut(oneOf: 5, phase: problem.firstPhase(), seed: 1))
    #expect(held.unit == "measurements")
    #expect(abs(held.count - 760 / 5) < 4)
    #expect(held.kept.count + held.count == 760)
    #expect(held.error(of: phantom.scaledTruth) < 1e-9)
    var wrong = phantom.scaledTruth
    wrong.scale(by: 0.9)
    #expect(abs(held.error(of: wrong) - 0.01) < 1e-4)
    let folds = problem.folds(share: 0.1, count: 4, seed: 1)
    #expect(folds.folds.count == 4 && folds.count == 304)
    #expect(abs(folds.stand - Double(41 * 37 - 760) / 304) < 1e-9)
    for fold in folds.folds {
      #expect(fold.problem.measurements.count == 760 - 76)
      #expect(fold.error(phantom.scaledTruth) < 1e-6)
      #expect(fold.error(wrong) > 1e-3)
      #expect(fold.excess(wrong) > fold.error(wrong))
    }
  }

  @Test("noise is accounted for", arguments: ["hadamard", "fourier"])
  func noise(name: String) throws {
    let isComplex = name == "fourier"
    let phantom = try MeasuredPhantom(
      MeasuredPhantom.system(name), noise: 0.3, isComplex: isComplex)
    // 760 values, or twice as many: χ² within four standard deviations of its mean.
    let discrepancy = try phantom.problem.discrepancy()(phantom.scaledTruth)
    #expect(abs(discrepancy - 1) < 4 * (2.0 / 760).squareRoot())
    let fold = phantom.problem.folds(share: 0.1, count: 4, seed: 1).folds[0]
    #expect(fold.excess(phantom.scaledTruth) < 0.3 * fold.problem.measurements.squaredNorm)
    let clean = try MeasuredPhantom(MeasuredPhantom.system(name), isComplex: isComplex)
    #expect(throws: ReconstructionError.noiseless) { _ = try clean.problem.discrepancy() }
  }

  @Test("measurements that cannot be used are refused")
  func refused() throws {
    let system = IdentityOperator(shape: [8, 9])
    func problem(_ values: ComplexArray, noise: Float = 0) throws -> LinearInverseProblem {
      try LinearInverseProblem(
        system: system, measurements: values, noise: noise, isComplex: false)
    }
    var values = ComplexArray(shape: [8, 9], repeating: .one)
    values.values[3] = Complex(.nan, 0)
    #expect(throws: ReconstructionError.measurementsNotFinite) { try problem(values) }
    values.values[3] = .one
    #expect(throws: ReconstructionError.measurementsNotFinite) { try problem(values, noise: .nan) }
    #expect(throws: ReconstructionError.nothingMeasured) {
      try problem(ComplexArray(zeros: [8, 9]))
    }
  }

  @Test("the linear method minimises what it says")
  func linear() throws {
    let phantom = try MeasuredPhantom(MeasuredPhantom.system("deblur"), noise: 0.05)
    let (problem, weight) = (phantom.problem, Float(0.05))
    let differences = FiniteDifferenceOperator(shape: MeasuredPhantom.shape)
    func objective(_ x: ComplexArray) -> Double {
      var unused = x
      return problem.system.dataLoss(x, measurements: problem.measurements, into: &unused)
        + 0.5 * Double(weight) * differences.forward(x).squaredNorm
    }
    let image = try SmoothLeastSquares(regularisation: .fixed(weight)).image(
      of: problem, weight: weight, from: nil
    ) { _ in }
    var random = RandomStream(seed: 2)
    for _ in 0..<5 {
      var other = image
      for index in other.values.indices {
        other.values[index] += Complex(0.01 * random.normal(), 0)
      }
      #expect(objective(other) > objective(image))
    }
  }

  @Test(
    "ILO and CSGM take any operator, and threads change no bit", arguments: ["inpaint", "fourier"])
  func generators(name: String) throws {
    let phantom = try MeasuredPhantom(
      MeasuredPhantom.system(name), noise: 0.02, isComplex: name == "fourier")
    let weights = ILOBench.weights(radii: [0.3, 0.3, 0.3], channels: 2)
    var settings = ILOSettings()
    settings.stages = [3, 3, 4].map { .init(iterations: $0) }
    (settings.encoderRounds, settings.rounds, settings.startIterations) = (2, 1, 40)
    var few = CSGMSettings()
    (few.randomStarts, few.iterations, few.rounds, few.refinements) = (1, 5, 2, 5)
    let methods: [any ReconstructionMethod] = [
      try ILO(weights: weights, settings: settings), try CSGM(weights: weights, settings: few),
    ]
    for method in methods {
      let results = try [1, 2].map { threads in
        try withThreads(threads) { try method.reconstruct(phantom.problem) { _ in } }
      }
      #expect(results[0].image == results[1].image)
      #expect(results[0].stages.map(\.name) == results[1].stages.map(\.name))
    }
    let result = try methods[0].reconstruct(phantom.problem) { _ in }
    #expect(
      result.stages.map(\.name) == [
        "least squares", "encoder, pass 1", "residual, pass 1", "encoder, pass 2",
        "residual, pass 2", "level 0", "level 1", "level 2", "residual",
      ])
    #expect(result.image.values.allSatisfy { $0.imaginary == 0 })
    // An untrained generator knows nothing; the residual must still come near.
    #expect(phantom.error(result.image) < 0.9 * phantom.error(phantom.problem.direct))
    #expect(result.choices.map(\.setting) == ["weight of the residual"])
    #expect(result.choices.allSatisfy { $0.reason.contains("held-out measurements") })
  }

  @Test("a denoiser is told no level below the noise, and sees real images")
  func plugAndPlay() throws {
    final class Witness: ImageDenoiser, @unchecked Sendable {
      var levels: [Float] = []
      var wasReal = true
      func denoised(_ image: ComplexArray, level: Float) -> ComplexArray {
        levels.append(level)
        wasReal = wasReal && image.values.allSatisfy { $0.imaginary == 0 }
        // The imaginary part of what a network draws must not get on.
        return ComplexArray(shape: image.shape, values: image.values.map { Complex($0.real, 0.1) })
      }
    }
    let phantom = try MeasuredPhantom(MeasuredPhantom.system("denoise"), noise: 0.1)
    let witness = Witness()
    var settings = PlugAndPlaySettings()
    settings.firstLevel = 0.5
    let result = try PlugAndPlay(denoiser: witness, settings: settings).reconstruct(phantom.problem)
    {
      _ in
    }
    #expect(witness.wasReal)
    #expect(result.image.values.allSatisfy { $0.imaginary == 0 })
    #expect(witness.levels == witness.levels.sorted(by: >))
    // 0.1 in units in which the image's brightest, 1.5, is about 1.2.
    #expect(abs((witness.levels.last ?? 0) - 0.08) < 0.02)
  }

  @Test("an untrained decoder does not put noisy measurements back")
  func convDecoder() throws {
    var settings = ConvDecoderSettings()
    (settings.iterations, settings.channels) = (20, 8)
    let noisy = try MeasuredPhantom(MeasuredPhantom.system("denoise"), noise: 0.1)
    let clean = try MeasuredPhantom(MeasuredPhantom.system("denoise"))
    let method = try ConvDecoder(settings: settings)
    let misfits = try [noisy, clean].map { phantom in
      try method.reconstruct(phantom.problem) { _ in }.stages.last?.misfit ?? 0
    }
    #expect(misfits[0] > 0.01)
    #expect(misfits[1] < 1e-5)
  }
}
