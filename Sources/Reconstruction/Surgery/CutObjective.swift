package import Arrays
import Generators
package import LinearOperators

/// ‖A s G₂(v) − y‖² / (2 s²) of the vector v that a cut generator G₂ reads.
package struct CutObjective {
  private let generator: CutGenerator
  /// A, on images relative to the phase.
  private let system: any LinearOperator
  private let measurements: ComplexArray
  /// s, from the generator's units to those of the measurements.
  private let scale: Float
  /// Whether the brightness that suits the data best takes the place of s.
  private let fitsScale: Bool
  private let clock: WorkClock

  init(
    generator: CutGenerator, system: any LinearOperator, measurements: ComplexArray, scale: Float,
    fitsScale: Bool = false, clock: WorkClock
  ) {
    (self.generator, self.system, self.measurements) = (generator, system, measurements)
    (self.scale, self.fitsScale, self.clock) = (scale, fitsScale, clock)
  }

  /// The same with a clock of its own.
  package init(
    generator: CutGenerator, system: any LinearOperator, measurements: ComplexArray, scale: Float
  ) {
    self.init(
      generator: generator, system: system, measurements: measurements, scale: scale,
      clock: WorkClock())
  }

  /// The loss at `point`; writes its gradient.
  package func value(at point: [Float], gradient: inout [Float]) -> Double {
    let pass = clock.measure("generator") { generator.draw(point) }
    var back = ComplexArray(zeros: system.domain)
    let drawn = generator.frame.cut(pass.output, scale: fitsScale ? 1 : scale)
    let (half, factor) = clock.measure("operator") {
      fitsScale
        ? system.dataLoss(scaling: drawn, to: measurements, fallback: scale, into: &back)
        : (system.dataLoss(drawn, measurements: measurements, into: &back), scale)
    }
    clock.measure("generator") {
      generator.pullBack(
        back, scale: factor / (scale * scale), pass: pass, into: &gradient)
    }
    return half / Double(scale * scale)
  }
}
