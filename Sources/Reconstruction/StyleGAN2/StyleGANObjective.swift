import Arrays
import Generators
import Layers
import LinearOperators

/// The mean squared misfit of the measurements, in units of the generator's image.
struct StyleGANObjective {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let target: FitTarget

  struct Value {
    /// Mean |s A g − y|² / s².
    let loss: Double
    /// ‖s A g − y‖².
    let misfit: Double
    let gradient: [Float]
    let inputs: StyleGANVariables.Inputs
  }

  func value(at point: [Float]) -> Value {
    let inputs = variables.inputs(point)
    let pass = target.clock.measure("generator") { variables.pass(inputs) }
    var back = ComplexArray(zeros: target.system.domain)
    let drawn = images.image(pass.output, scale: target.fitsScale ? 1 : target.scale)
    let (half, factor) = target.clock.measure("operator") {
      target.fitsScale
        ? target.system.dataLoss(
          scaling: drawn, to: target.measurements, fallback: target.scale, into: &back)
        : (
          target.system.dataLoss(drawn, measurements: target.measurements, into: &back),
          target.scale
        )
    }
    let weight = 2 / (target.scale * target.scale * Float(target.measurements.count))
    let gradients = target.clock.measure("generator") {
      variables.generator.backward(
        images.gradient(back, scale: factor * weight, channels: pass.output.channels), pass: pass)
    }
    return Value(
      loss: Double(weight) * half, misfit: 2 * half,
      gradient: variables.vector(gradients, at: point, inputs), inputs: inputs)
  }
}
