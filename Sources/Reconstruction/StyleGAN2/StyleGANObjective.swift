import Generators
import Layers

/// The misfit of the measurements by what a StyleGAN2 draws.
struct StyleGANObjective: MisfitObjective {
  let variables: StyleGANVariables
  let images: StyleGANImages
  let target: FitTarget

  func value(at point: [Float]) -> MisfitValue<StyleGANVariables.Inputs> {
    let inputs = variables.inputs(point)
    let pass = target.clock.measure("generator") { variables.pass(inputs) }
    let value = target.meanMisfit { images.image(pass.output, scale: $0) }
    let gradients = target.clock.measure("generator") {
      variables.generator.backward(
        images.gradient(
          value.gradient, scale: value.factor, channels: pass.output.channels), pass: pass)
    }
    return MisfitValue(
      loss: value.loss, misfit: value.misfit,
      gradient: variables.vector(gradients, at: point, inputs), inputs: inputs)
  }
}
