public import Arrays
public import Layers

/// A network that scores every patch of an image: above 0 where it takes it for real.
///
/// Three convolutions that halve the image, of `width`, 2 · `width` and 4 · `width` features, and one that
/// gives a score a pixel of what is left, with leaky rectifiers between: each score sees 38 × 38 pixels.
/// PatchGAN (Isola et al. 2017) without its normalisation, which the penalty of
/// `AdversarialLoss` takes the place of.
public struct PatchDiscriminator: Sendable {
  /// The sides of an image must be multiples of this.
  public static let factor = 8

  /// The sizes, and where the weights lie.
  struct Slots: Sendable {
    let convolutions: [ConvolutionSlot]
    let layout: ParameterLayout

    init(channels: Int, width: Int) {
      var layout = ParameterLayout()
      let widths = [channels, width, 2 * width, 4 * width]
      var convolutions = (0..<3).map { k in
        layout.addConvolution(
          "down\(k)", ConvolutionShape(inputs: widths[k], outputs: widths[k + 1], kernel: 4))
      }
      convolutions.append(
        layout.addConvolution(
          "score", ConvolutionShape(inputs: widths[3], outputs: 1, kernel: 3)))
      (self.convolutions, self.layout) = (convolutions, layout)
    }
  }

  /// All weights and biases.
  public let parameters: [Float]
  private let layers: [ConvolutionLayer]

  /// Makes the network ready; a vector of another length stops the program.
  ///
  /// - Parameters:
  ///   - channels: of the images.
  ///   - width: features of the first convolution.
  public init(channels: Int, width: Int, parameters: [Float]) {
    let slots = Slots(channels: channels, width: width)
    guard parameters.count == slots.layout.count else {
      shapeError("\(parameters.count) parameters for a discriminator of \(slots.layout.count)")
    }
    let ready = ConvolutionLayers(slots.layout, parameters: parameters)
    layers = slots.convolutions.map { ready[$0] }
    self.parameters = parameters
  }

  /// The length of the parameter vector.
  public static func parameterCount(channels: Int, width: Int) -> Int {
    Slots(channels: channels, width: width).layout.count
  }

  /// Random parameters to start from.
  public static func initialParameters(
    channels: Int, width: Int, random: inout RandomStream
  ) -> [Float] {
    Slots(channels: channels, width: width).layout.uniformParameters(&random)
  }

  /// Scores, and what a backward pass needs.
  public struct Pass {
    /// `[batch, rows / 8, columns / 8, 1]`.
    public let scores: Features
    fileprivate let saved: [ConvolutionLayer.Saved]
  }

  /// Scores images `[batch, rows, columns, channels]`.
  public func forward(_ images: Features) -> Pass {
    var current = images
    var saved: [ConvolutionLayer.Saved] = []
    for (k, layer) in layers.enumerated() {
      let (output, own) = layer.forward(current, slope: k == 0 ? 1 : LadderArchitecture.slope)
      saved.append(own)
      current = output
    }
    return Pass(scores: current, saved: saved)
  }

  /// The gradient with respect to the images, from that with respect to the scores.
  ///
  /// The gradient of the weights is added to `parameterGradient` if there is one.
  @discardableResult
  public func backward(
    _ gradient: Features, pass: Pass, parameterGradient: ParameterGradient? = nil
  ) -> Features {
    var current = gradient
    for (layer, saved) in zip(layers, pass.saved).reversed() {
      current = layer.backward(current, saved: saved, parameterGradient: parameterGradient)
    }
    return current
  }
}
