/// Where every weight of a StyleGAN2 generator lies in its flat vector.
///
/// Weights are the effective ones: the factors of equalised learning rates are multiplied in.
struct StyleGANSlots: Sendable {
  /// A dense layer.
  struct Dense: Sendable {
    let weights: ParameterLayout.Entry
    let bias: ParameterLayout.Entry
  }

  /// A modulated convolution with its style's dense layer; noise strength where noise comes in.
  struct Styled: Sendable {
    let weights: ParameterLayout.Entry
    let bias: ParameterLayout.Entry
    let style: Dense
    let strength: ParameterLayout.Entry?
    /// The noise that the network was trained to end with, `[rows, columns]`: a constant.
    let noise: ParameterLayout.Entry?
  }

  struct Level: Sendable {
    let upsampling: Styled?
    let convolution: Styled
    let image: Styled?
    /// `[outputs, inputs, 1, 1]` of the residual's way round the convolutions.
    let bypass: ParameterLayout.Entry?
  }

  private(set) var layout = ParameterLayout()
  let mapping: [Dense]
  /// The mean of w, towards which styles are truncated.
  let mean: ParameterLayout.Entry
  /// `[width, rows, columns]`.
  let constant: ParameterLayout.Entry
  let levels: [Level]

  init(_ architecture: StyleGANArchitecture) {
    var layout = ParameterLayout()
    func dense(_ name: String, _ inputs: Int, _ outputs: Int) -> Dense {
      Dense(
        weights: layout.add(name + ".weight", shape: [outputs, inputs]),
        bias: layout.add(name + ".bias", shape: [outputs]))
    }
    func styled(
      _ name: String, _ inputs: Int, _ outputs: Int, kernel: Int, noise: (Int, Int)?
    ) -> Styled {
      Styled(
        weights: layout.add(name + ".weight", shape: [outputs, inputs, kernel, kernel]),
        bias: layout.add(name + ".bias", shape: [outputs]),
        style: dense(name + ".style", architecture.styleSize, inputs),
        strength: noise == nil ? nil : layout.add(name + ".strength", shape: []),
        noise: noise.map { layout.add(name + ".noise", shape: [$0.0, $0.1]) })
    }
    let sizes =
      [architecture.latentSize] + architecture.mappingWidths + [architecture.styleSize]
    mapping = zip(sizes, sizes.dropFirst()).enumerated().map {
      dense("mapping.layer\($0)", $1.0, $1.1)
    }
    mean = layout.add("mapping.mean", shape: [architecture.styleSize])
    constant = layout.add(
      "constant",
      shape: [architecture.widths[0], architecture.constantRows, architecture.constantColumns])
    levels = architecture.widths.indices.map { index in
      let (name, width) = ("level\(index)", architecture.widths[index])
      let noise = (architecture.rows(level: index), architecture.columns(level: index))
      let coarser = index == 0 ? nil : architecture.widths[index - 1]
      return Level(
        upsampling: coarser.map {
          styled(name + ".upsampling", $0, width, kernel: 3, noise: noise)
        },
        convolution: styled(name + ".convolution", width, width, kernel: 3, noise: noise),
        image: architecture.hasImage(level: index)
          ? styled(name + ".image", width, architecture.imageChannels, kernel: 1, noise: nil) : nil,
        bypass: architecture.output == .residual
          ? coarser.map { layout.add(name + ".bypass.weight", shape: [width, $0, 1, 1]) } : nil)
    }
    self.layout = layout
  }
}
