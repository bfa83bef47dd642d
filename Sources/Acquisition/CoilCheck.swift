public import Arrays
import Numerics

/// Whether the coils of a scan work, by one slice of its k-space.
///
/// A coil's signal is the root mean square of the real and imaginary parts in the middle of k-space, 16 × 16
/// samples at most; of noise alone it is the noise's deviation, of a working coil many times that. Coils are
/// compared with the median of the others, for gains may differ by a factor of some, not of `factor`.
public struct CoilCheck: Sendable, Equatable {
  /// One coil.
  public struct Coil: Sendable, Equatable, Codable {
    /// The noise's standard deviation in the real and in the imaginary part of a sample; nil where it cannot
    /// be told.
    public var noise: Double?
    /// The root mean square of the parts in the middle of k-space.
    public var signal: Double
    /// What is wrong with it, if anything.
    public var fault: Fault?
  }

  /// Why a coil may be dead.
  public enum Fault: String, Sendable, Equatable, Codable {
    /// The outer k-space is exactly zero, where other coils have noise.
    case silent
    /// The middle of k-space holds no more than noise.
    case withoutSignal = "without signal"
    /// The noise is far below that of the other coils.
    case quiet
    /// The noise is far above that of the other coils.
    case noisy
  }

  public let coils: [Coil]
  /// Why the noise of no coil can be told, if so.
  public let noiseMissingBecause: String?

  /// How far coils of one scan may be apart.
  static let factor = 10.0
  /// The least signal over noise of a coil that sees something, and of other coils to compare it with.
  static let (least, usual) = (3.0, 30.0)
  /// The fewest coils of which one can be told to be unlike the others.
  static let fewest = 3
  private static let middle = 16

  /// Looks at `kspace` `[coils, rows, columns]`, of which `mask` says what is sampled.
  public init(kspace: ComplexArray, mask: SamplingMask) {
    let count = kspace.shape[0]
    var noise: [Double?] = Array(repeating: nil, count: count)
    var silent: Set<Int> = []
    var reason: String?
    // Coils of exact zeros stop the estimate, which is then one of the others.
    while silent.count < count {
      let others = (0..<count).filter { !silent.contains($0) }
      do throws(NoiseLevelError) {
        let level = try NoiseLevel(kspace: Self.part(kspace, others), mask: mask)
        for (coil, value) in zip(others, level.deviations) { noise[coil] = Double(value) }
        break
      } catch .silentCoil(let coil) {
        silent.insert(others[coil])
      } catch {
        reason = error.description
        break
      }
    }
    if silent.count == count {
      reason = "the outer k-space holds zeros"
      silent = []
    }
    noiseMissingBecause = reason
    let signals = (0..<count).map { Self.signal(kspace, $0) }
    coils = (0..<count).map { coil in
      Coil(
        noise: noise[coil], signal: signals[coil],
        fault: silent.contains(coil) ? .silent : Self.fault(coil, noise, signals))
    }
  }

  /// A sentence without a full stop for each coil that may be dead: which, and by what measure.
  public var warnings: [String] {
    coils.indices.compactMap { index in
      guard let fault = coils[index].fault else { return nil }
      let others = coils.indices.filter { $0 != index }
      func median(_ values: [Double]) -> Double { Double(percentile(values.map(Float.init), 50)) }
      let noise = median(others.compactMap { coils[$0].noise })
      let own = coils[index].noise ?? 0
      switch fault {
      case .silent:
        return
          "coil \(index) may be dead: its outer k-space is exactly zero, where others have noise"
      case .quiet, .noisy:
        return "coil \(index) may be \(fault == .quiet ? "dead" : "broken"): its noise is "
          + "\(Self.text(own / noise)) times the median of the others"
      case .withoutSignal:
        guard coils[index].noise != nil else {
          let signal = median(others.map { coils[$0].signal })
          return "coil \(index) may be dead: the middle of its k-space is "
            + "\(Self.text(coils[index].signal / signal)) times the median of the others"
        }
        let ratios = others.compactMap { coil in coils[coil].noise.map { coils[coil].signal / $0 } }
        return "coil \(index) may be dead: the middle of its k-space is "
          + "\(Self.text(coils[index].signal / own)) times its noise, that of the others "
          + "\(Self.text(median(ratios))) times"
      }
    }
  }

  private static func fault(_ coil: Int, _ noise: [Double?], _ signals: [Double]) -> Fault? {
    let others = signals.indices.filter { $0 != coil }
    func median(_ values: [Double]) -> Double { Double(percentile(values.map(Float.init), 50)) }
    guard others.count + 1 >= fewest else { return nil }
    guard let own = noise[coil] else {
      return signals[coil] * factor * factor < median(others.map { signals[$0] })
        ? .withoutSignal : nil
    }
    let levels = others.compactMap { noise[$0] }
    let ratios = others.compactMap { other in noise[other].map { signals[other] / $0 } }
    if signals[coil] < least * own, median(ratios) > usual { return .withoutSignal }
    if own * factor < median(levels) { return .quiet }
    if own > factor * median(levels) { return .noisy }
    return nil
  }

  private static func signal(_ kspace: ComplexArray, _ coil: Int) -> Double {
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    func range(_ count: Int) -> Range<Int> {
      let half = min(middle, count) / 2
      return max(0, count / 2 - half)..<min(count, max(count / 2 + half, count / 2 + 1))
    }
    var (sum, number) = (0.0, 0)
    for row in range(rows) {
      for column in range(columns) {
        let value = kspace.values[(coil * rows + row) * columns + column]
        // What was not sampled says nothing.
        if value.isZero { continue }
        let (real, imaginary) = (Double(value.real), Double(value.imaginary))
        sum += real * real + imaginary * imaginary
        number += 2
      }
    }
    return number > 0 ? (sum / Double(number)).squareRoot() : 0
  }

  private static func part(_ kspace: ComplexArray, _ coils: [Int]) -> ComplexArray {
    if coils.count == kspace.shape[0] { return kspace }
    let size = kspace.shape[1] * kspace.shape[2]
    return ComplexArray(
      shape: [coils.count] + kspace.shape.dropFirst(),
      values: coils.flatMap { kspace.values[$0 * size..<($0 + 1) * size] })
  }

  /// Two digits and no exponent where there need be none.
  private static func text(_ value: Double) -> String {
    if value >= 100 { return String(Int(min(1e9, value.rounded()))) }
    if value >= 0.01 { return "\((value * 100).rounded() / 100)" }
    return "less than 0.01"
  }
}
