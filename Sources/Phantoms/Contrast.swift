import Numerics

/// The weightings that a head can be scanned with.
public enum Contrast: String, CaseIterable, Sendable {
  /// T1-weighted: white matter bright, fluid dark.
  case t1
  /// T2-weighted: fluid bright.
  case t2
  /// Proton-density-weighted.
  case pd
  /// T2-weighted with the fluid's signal nulled by an inversion.
  case flair

  /// The `acquisition` that fastMRI's files give for the weighting, `AX` for axial.
  public var acquisition: String { "AX" + rawValue.uppercased() }

  /// Typical times at 3 T.
  var sequence: PulseSequence {
    switch self {
    case .t1: .preparedGradientEcho(repetition: 2300, inversion: 1100, echo: 2.9)
    case .t2: .spinEcho(repetition: 5000, echo: 100)
    case .pd: .spinEcho(repetition: 3000, echo: 20)
    case .flair: .inversionRecovery(repetition: 9000, inversion: 2480, echo: 110)
    }
  }
}

/// How a scan makes its signal; all times in milliseconds.
///
/// The equations are those of perfect pulses (Haacke et al., Magnetic Resonance Imaging: Physical
/// Principles and Sequence Design, 1999, chapter 8).
enum PulseSequence: Sendable {
  case spinEcho(repetition: Float, echo: Float)
  case inversionRecovery(repetition: Float, inversion: Float, echo: Float)
  /// Read by gradient echoes of small flip angle, which hardly change the magnetisation that the
  /// inversion prepared.
  case preparedGradientEcho(repetition: Float, inversion: Float, echo: Float)

  /// The signal of a tissue, relative to fully relaxed water; negative before an inverted
  /// magnetisation has passed zero.
  func signal(of tissue: Tissue) -> Float {
    let property = tissue.properties
    func relaxed(_ time: Float) -> Float { Float.exp(-time / property.t1) }
    func decayed(_ echo: Float) -> Float { Float.exp(-echo / property.t2) }
    // Blood flows on between the pulses of a spin echo, and comes fresh to a gradient echo.
    switch (self, tissue) {
    case (.spinEcho, .blood), (.inversionRecovery, .blood): return 0.01
    case (.preparedGradientEcho(_, _, let echo), .blood):
      return 0.5 * property.density * decayed(echo)
    default: break
    }
    switch self {
    case .spinEcho(let repetition, let echo):
      return property.density * (1 - relaxed(repetition)) * decayed(echo)
    case .inversionRecovery(let repetition, let inversion, let echo),
      .preparedGradientEcho(let repetition, let inversion, let echo):
      return property.density * (1 - 2 * relaxed(inversion) + relaxed(repetition)) * decayed(echo)
    }
  }

  /// The phase in radians that fat has gained on water when the echo is read, at 3 T.
  ///
  /// 3.4 parts per million of the 123.2 MHz that the header states; a spin echo undoes all but a
  /// misadjustment of 0.2 ms.
  var fatPhase: Float {
    let milliseconds: Float =
      if case .preparedGradientEcho(_, _, let echo) = self { echo } else { 0.2 }
    return (2 * .pi * 0.419 * milliseconds).remainder(dividingBy: 2 * .pi)
  }
}
