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
  private let clock: WorkClock

  init(
    generator: CutGenerator, system: any LinearOperator, measurements: ComplexArray, scale: Float,
    clock: WorkClock
  ) {
    (self.generator, self.system, self.measurements) = (generator, system, measurements)
    (self.scale, self.clock) = (scale, clock)
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
    let half = clock.measure("operator") {
      system.dataLoss(
        generator.frame.cut(pass.output, scale: scale), measurements: measurements, into: &back)
    }
    clock.measure("generator") {
      generator.pullBack(back, scale: 1 / scale, pass: pass, into: &gradient)
    }
    return half / Double(scale * scale)
  }
}
