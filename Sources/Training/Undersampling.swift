public import Acquisition
import Arrays
import Generators
import LinearOperators
import Numerics
import Optimization
import Phantoms
import Reconstruction

/// What undersampling makes of a magnitude image: the pair that teaches the encoder where aliasing
/// ends and the head begins.
///
/// A view gets random coils and a random phase; its k-space gets noise and a random mask. From the
/// sampled columns alone come, as in a reconstruction, scale, coil maps (ESPIRiT), smooth phase, and a
/// first image by shifted Haar wavelets of a random weight. Masks always sample columns; the heads lie
/// in every orientation.
public struct Undersampling: Sendable, Codable, Equatable {
  /// The share of views that are undersampled; the encoder sees the others as they are.
  public var share: Float = 1
  /// The asked accelerations, drawn with a uniform logarithm.
  public var acceleration: ClosedRange<Float> = 3...12
  public var patterns: [MaskPattern] = [.random, .equispacedFraction, .magicFraction]
  /// The centre fraction is the customary one times this.
  public var centre: ClosedRange<Float> = 0.8...1.4
  public var coils: ClosedRange<Int> = 4...12
  /// The foreground's mean over the noise's standard deviation, drawn with a uniform logarithm.
  public var signalToNoise: ClosedRange<Float> = 15...100
  /// The chance of a bright rim whose phase jumps, as that of fat does against water.
  public var phaseJumps: Float = 0.4
  /// The weight of the first image's wavelets, drawn with a uniform logarithm.
  public var waveletWeight: ClosedRange<Float> = 2e-3...1.2e-2
  /// Iterations of the first image.
  public var iterations: ClosedRange<Int> = 16...28
  /// The share of views whose first image is the zero-filled one.
  public var zeroFilled: Float = 0.05
  /// The share of views whose first image lies a random part of the way to the whole one, as those of
  /// later rounds do.
  public var partial: Float = 0.25
  /// The share of views that the encoder sees whole.
  public var whole: Float = 0.08

  public init() {}

  /// A sentence if the settings make no sense, else nil.
  var fault: String? {
    let shares = [share, phaseJumps, zeroFilled, partial, whole]
    if !shares.allSatisfy({ $0 >= 0 && $0 <= 1 }) || partial + whole > 1 {
      return "a share of the undersampling lies outside 0 to 1"
    }
    if patterns.isEmpty || acceleration.lowerBound < 1 || coils.lowerBound < 1
      || signalToNoise.lowerBound <= 0 || waveletWeight.lowerBound <= 0
      || iterations.lowerBound < 1
    {
      return "a range of the undersampling is empty or not positive"
    }
    return nil
  }

  /// What the encoder gets, and what the decoder should draw: complex images `[rows, columns]` in the
  /// generator's units, the smooth phase of the first taken off both.
  struct Pair {
    var input: ComplexArray
    var target: ComplexArray
  }

  /// The pair of a view `[rows, columns]`; nil where nothing can be calibrated, as for a black view.
  func pair(_ view: RealArray, random: inout RandomStream) -> Pair? {
    var foreground = ForegroundMean()
    foreground.add(view)
    guard let signal = foreground.value else { return nil }
    let coils = coils.lowerBound + Int(random.next() % UInt64(coils.count))
    let scanner = RandomScanner(
      coils: coils, rows: view.shape[0], columns: view.shape[1], random: &random)
    let sensitivities = scanner.sensitivities()
    let object = object(view, phase: scanner.phase(), random: &random)
    let kspace = kspace(of: object, sensitivities, signal: signal, random: &random)
    guard
      let mask = mask(columns: view.shape[1], random: &random),
      let problem = problem(kspace, mask)
    else { return nil }
    let first = firstImage(of: problem, random: &random)
    let whole = combined(object, sensitivities, problem)
    return pair(first, whole, random: &random)
  }

  /// The view with its phase.
  private func object(
    _ view: RealArray, phase: RealArray, random: inout RandomStream
  ) -> ComplexArray {
    let jumps = random.uniform() < phaseJumps
    let threshold = 0.5 + 0.6 * random.uniform()
    let jump = 1.5 + 2 * random.uniform()
    let rim = 0.55 + 0.35 * random.uniform()
    let (rows, columns) = (view.shape[0], view.shape[1])
    var object = ComplexArray(zeros: view.shape)
    for row in 0..<rows {
      let y = 2 * Float(row) / Float(rows) - 1
      for column in 0..<columns {
        let x = 2 * Float(column) / Float(columns) - 1
        let index = row * columns + column
        let isFat =
          jumps && view.values[index] > threshold && (x * x + y * y).squareRoot() > rim
        object.values[index] = Complex(
          length: view.values[index], phase: phase.values[index] + (isFat ? jump : 0))
      }
    }
    return object
  }

  private func kspace(
    of object: ComplexArray, _ sensitivities: ComplexArray, signal: Float,
    random: inout RandomStream
  ) -> ComplexArray {
    let deviation = signal / logUniform(signalToNoise, &random)
    let size = object.count
    var kspace = sensitivities
    for index in kspace.values.indices { kspace.values[index] *= object.values[index % size] }
    FourierTransform(rows: object.shape[0], columns: object.shape[1]).forward(&kspace)
    kspace.values.withUnsafeMutableBufferPointer { values in
      for index in values.indices {
        let (a, b) = RandomStream.normalPair(random.next())
        values[index] += Complex(deviation * a, deviation * b)
      }
    }
    return kspace
  }

  private func mask(columns: Int, random: inout RandomStream) -> SamplingMask? {
    let pattern = patterns[Int(random.next() % UInt64(patterns.count))]
    let acceleration = Double(logUniform(acceleration, &random))
    // Fewer than four lines calibrate nothing.
    let fraction = max(
      4.6 / Double(columns),
      MaskPattern.customaryCenterFraction(acceleration: acceleration)
        * Double(uniform(centre, &random)))
    return try? SamplingMask(
      pattern: pattern, columns: columns, acceleration: acceleration, centerFraction: fraction,
      seed: .integer(UInt32(truncatingIfNeeded: random.next())))
  }

  private func problem(_ kspace: ComplexArray, _ mask: SamplingMask) -> ReconstructionProblem? {
    var sampled = kspace
    let columns = mask.columns
    for index in sampled.values.indices where !columns[index % columns.count] {
      sampled.values[index] = .zero
    }
    guard let maps = try? ESPIRiT().coilMaps(kspace: sampled, mask: mask) else { return nil }
    return try? ReconstructionProblem(kspace: sampled, mask: mask, maps: maps)
  }

  /// The image that a reconstruction would show the encoder.
  private func firstImage(
    of problem: ReconstructionProblem, random: inout RandomStream
  ) -> ComplexArray {
    let weight = logUniform(waveletWeight, &random)
    let count = iterations.lowerBound + Int(random.next() % UInt64(iterations.count))
    let seed = random.next()
    let zeroFilledImage = problem.system.adjoint(problem.measurements)
    guard
      random.uniform() >= zeroFilled,
      let phase = try? LowResolutionPhase.phase(
        kspace: problem.kspace, mask: problem.mask, maps: problem.maps)
    else { return zeroFilledImage }
    let system = problem.system.modulated(by: phase)
    var shrinkage = ResidualShrinkage(
      shape: system.domain, drawn: nil, share: 1, seed: seed)
    let image = FISTA(
      iterations: count, step: 1, momentum: .constant(0.9),
      continuation: FISTA.Continuation(start: 16, decay: 0.8)
    ).minimise(
      from: system.adjoint(problem.measurements),
      gradient: { system.dataLoss($0, measurements: problem.measurements, into: &$1) },
      proximal: { shrinkage.apply(&$0, threshold: $1 * weight) }, report: { _ in })
    return product(image, phase)
  }

  /// The whole object as the estimated maps see it: its magnitude with the phase of the coil images
  /// combined by those maps, in the problem's units.
  private func combined(
    _ object: ComplexArray, _ sensitivities: ComplexArray, _ problem: ReconstructionProblem
  ) -> ComplexArray {
    let size = object.count
    let maps = problem.maps.sensitivities
    var whole = object
    for index in 0..<size {
      var sum = Complex<Float>.zero
      for coil in 0..<problem.maps.coils {
        let place = coil * size + index
        sum += maps.values[place].conjugate * sensitivities.values[place]
      }
      let length = sum.length
      let turn = length > 1e-6 ? Complex(sum.real / length, sum.imaginary / length) : .one
      whole.values[index] =
        (object.values[index] * turn).multiplied(by: 1 / problem.intensityScale)
    }
    return whole
  }

  private func pair(
    _ first: ComplexArray, _ whole: ComplexArray, random: inout RandomStream
  ) -> Pair {
    var seen = first
    let kind = random.uniform()
    let way = kind < self.whole ? 0 : kind < self.whole + partial ? random.uniform() : 1
    seen.scale(by: way)
    seen.add(1 - way, times: whole)
    let phase = ImagePhase.phasor(of: seen, width: ILOSettings().phaseWidth)
    let bright = percentile(seen.magnitudes.values, 99.8)
    let scale = bright > 0 ? bright / LadderNetwork.brightest : 1
    func relative(_ image: ComplexArray) -> ComplexArray {
      ComplexArray(
        shape: image.shape,
        values: zip(image.values, phase.values).map {
          ($0 * $1.conjugate).multiplied(by: 1 / scale)
        })
    }
    return Pair(input: relative(seen), target: relative(whole))
  }
}

private func uniform(_ range: ClosedRange<Float>, _ random: inout RandomStream) -> Float {
  range.lowerBound + (range.upperBound - range.lowerBound) * random.uniform()
}

private func logUniform(_ range: ClosedRange<Float>, _ random: inout RandomStream) -> Float {
  range.lowerBound * Float.pow(range.upperBound / range.lowerBound, random.uniform())
}
