import Layers

/// From the latent z to the style w: z is brought to unit mean square, then dense layers.
///
/// Source: NVlabs/stylegan2-ada-pytorch:training/networks.py, `MappingNetwork`, without labels.
public struct MappingNetwork: Sendable {
  private let layers: [DenseLayer]
  private let slots: [StyleGANSlots.Dense]

  init(_ slots: StyleGANSlots, parameters: [Float]) {
    self.slots = slots.mapping
    layers = slots.mapping.map {
      DenseLayer(
        weights: Array(parameters[$0.weights.range]), bias: Array(parameters[$0.bias.range]),
        slope: StyleGANGenerator.slope, gain: StyleGANGenerator.gain)
    }
  }

  /// The values after each layer, z's unit form first.
  public struct Pass: Sendable {
    let latent: [Float]
    let values: [[Float]]
    /// w.
    public var style: [Float] { values[values.count - 1] }
  }

  /// The style of a latent.
  public func forward(_ latent: [Float]) -> Pass {
    let factor = Float(1 / Self.root(latent))
    var values = [latent.map { factor * $0 }]
    for layer in layers { values.append(layer.forward(values[values.count - 1])) }
    return Pass(latent: latent, values: values)
  }

  /// The gradient with respect to the latent of one with respect to the style.
  public func backward(
    _ gradient: [Double], pass: Pass, parameterGradient: ParameterGradient? = nil
  ) -> [Double] {
    var gradient = gradient
    for index in layers.indices.reversed() {
      gradient = withSlots(parameterGradient, slots[index]) {
        layers[index].backward(
          gradient, input: pass.values[index], output: pass.values[index + 1], parameters: $0)
      }
    }
    // u = z / r, r = √(mean z² + ε): ∂L/∂z = (g − u mean(g u)) / r.
    let unit = pass.values[0]
    let product = zip(gradient, unit).reduce(0.0) { $0 + $1.0 * Double($1.1) } / Double(unit.count)
    let root = Self.root(pass.latent)
    return zip(gradient, unit).map { ($0 - Double($1) * product) / root }
  }

  private static func root(_ latent: [Float]) -> Double {
    let square = latent.reduce(0.0) { $0 + Double($1) * Double($1) }
    return (square / Double(latent.count) + 1e-8).squareRoot()
  }
}

/// Calls `body` with the places of a dense layer's gradients, if gradients are wanted.
func withSlots<Result>(
  _ gradient: ParameterGradient?, _ slot: StyleGANSlots.Dense,
  _ body: (
    (weights: UnsafeMutableBufferPointer<Float>, bias: UnsafeMutableBufferPointer<Float>)?
  ) -> Result
) -> Result {
  guard let gradient else { return body(nil) }
  return gradient.withValues { all in
    body(
      (
        UnsafeMutableBufferPointer(rebasing: all[slot.weights.range]),
        UnsafeMutableBufferPointer(rebasing: all[slot.bias.range])
      ))
  }
}
