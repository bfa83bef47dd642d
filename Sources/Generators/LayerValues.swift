import Layers

extension LadderNetwork {
  /// What every layer computes for one loss and its gradient, by name, in PyTorch's order of axes.
  ///
  /// Of each convolution `NAME`: `NAME.input` as it convolves it (after the rectifier),
  /// `NAME.output`, and the gradient with respect to that, `NAME.output.gradient`; of each parameter
  /// its gradient, `PARAMETER.gradient`. The arguments are those of `evidence`.
  func layerValues(
    _ images: Features, from inputs: Features, noise: [Features], settings: LossSettings,
    divergenceWeight: Float
  ) -> [String: TensorFile.Tensor] {
    let names = Dictionary(
      uniqueKeysWithValues: layout.entries.map { ($0.offset, $0.name) })
    var values: [String: TensorFile.Tensor] = [:]
    let gradient = ParameterGradient(count: parameters.count)
    gradient.observer = { slot, saved, gradient in
      let weight = names[slot.weights.lowerBound] ?? ""
      let name = String(weight.dropLast(".weight".count))
      var input = saved.input
      for index in input.values.indices where input.values[index] < 0 {
        input.values[index] *= saved.slope
      }
      let layer = ConvolutionLayer(slot, parameters: self.parameters)
      values[name + ".input"] = input.channelsFirst
      values[name + ".output"] =
        layer.convolution.forward(saved.input, slope: saved.slope).channelsFirst
      values[name + ".output.gradient"] = gradient.channelsFirst
    }
    _ = evidence(
      images, from: inputs, noise: noise, settings: settings, divergenceWeight: divergenceWeight,
      gradient: gradient)
    for entry in layout.entries {
      values[entry.name + ".gradient"] = TensorFile.Tensor(
        shape: entry.shape, values: Array(gradient.values[entry.range]))
    }
    return values
  }
}

extension Features {
  /// The values as `[batch, channels, rows, columns]`.
  fileprivate var channelsFirst: TensorFile.Tensor {
    var out: [Float] = []
    out.reserveCapacity(values.count)
    for image in 0..<batch {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          out.append(values[(image * pixels + pixel) * channels + channel])
        }
      }
    }
    return TensorFile.Tensor(shape: [batch, channels, rows, columns], values: out)
  }

  /// Features of a tensor `[batch, channels, rows, columns]`.
  init(channelsFirst tensor: TensorFile.Tensor) {
    let (batch, channels, pixels) = (
      tensor.shape[0], tensor.shape[1], tensor.shape[2] * tensor.shape[3]
    )
    self.init(
      batch: batch, rows: tensor.shape[2], columns: tensor.shape[3], channels: channels
    ) { out in
      for image in 0..<batch {
        for channel in 0..<channels {
          for pixel in 0..<pixels {
            out[(image * pixels + pixel) * channels + channel] =
              tensor.values[(image * channels + channel) * pixels + pixel]
          }
        }
      }
    }
  }
}
