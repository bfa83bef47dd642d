import Numerics

/// The settings of reconstruction by a plugged-in denoiser.
///
/// Levels are in the generator's units, in which an image's 99.8th percentile is 1.2.
public struct PlugAndPlaySettings: Sendable, Equatable, Codable {
  /// Turns of data and denoiser; DPIR's.
  public var iterations = 8
  /// The level of the first turn.
  ///
  /// DPIR starts from 49/255 of the brightest value, 0.23; with the shipped denoiser this was better on
  /// eight held-out slices, by 0.5 dB at 4x and 2.0 at 8x. More turns were worse at either.
  public var firstLevel: Float = 0.03
  /// The least level that the last turn goes down to; denoisers are trained from here on.
  ///
  /// It ends at the level of the measurements' noise where that is higher.
  public var lastLevel: Float = 0.01
  /// λ: how firmly a data step is held to the denoised image; DPIR's.
  public var weight: Float = 0.23
  /// The least noise that the measurements are believed to have, for what scanners do not add: DPIR's
  /// 0.255/255 of the brightest value.
  public var noiseFloor: Float = 0.0012
  /// The most iterations of conjugate gradients in a data step.
  public var dataIterations = 20
  /// The width of the Gaussian low-pass that gives the phase of an image, as a share of k-space.
  public var phaseWidth: Float = 0.1
  /// Seed of the columns held out to choose the first image's weight.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if a setting is out of range, else nil.
  var fault: String? {
    let positive = [firstLevel, lastLevel, weight, noiseFloor, phaseWidth]
    if iterations < 1 || dataIterations < 1 || !positive.allSatisfy({ $0 > 0 && $0.isFinite }) {
      return "a number of iterations, a level, a weight or a width is out of range"
    }
    return firstLevel >= lastLevel
      ? nil : "the first level, \(firstLevel), is below the last, \(lastLevel)"
  }

  /// The levels of the turns for measurements with a level of noise.
  ///
  /// They go in equal steps of the logarithm from the first to the last (Zhang et al. 2021).
  func levels(noise: Float) -> [Float] {
    let last = min(firstLevel, max(lastLevel, noise))
    return (0..<iterations).map { turn in
      let share = iterations == 1 ? 1 : Float(turn) / Float(iterations - 1)
      return firstLevel * Float.pow(last / firstLevel, share)
    }
  }
}
