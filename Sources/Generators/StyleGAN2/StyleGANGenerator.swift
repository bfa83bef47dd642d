public import Layers

/// The StyleGAN2 generator: `mapping` makes a style w of a latent z; the levels make an image of one
/// style for each layer and one noise for each convolution.
///
/// One image at a time. Source: Karras et al., CVPR 2020; NVlabs/stylegan2-ada-pytorch:training/networks.py
/// and rosinality/stylegan2-pytorch:model.py, which give the same images of the same weights.
public struct StyleGANGenerator: Sendable {
  /// The slope of all rectifiers below zero.
  static let slope: Float = 0.2
  /// What follows a rectifier, to keep the scale.
  static let gain = Float(2).squareRoot()

  public let architecture: StyleGANArchitecture
  /// All weights and biases, as `layout` says.
  public let parameters: [Float]
  public let mapping: MappingNetwork
  let slots: StyleGANSlots
  private let levels: [StyleGANLevel]
  private let constant: Features

  /// Names, shapes and offsets of the parameters.
  public var layout: ParameterLayout { slots.layout }
  /// The mean of w over the prior.
  public var meanStyle: [Float] { Array(parameters[slots.mean.range]) }

  /// Makes the network ready; a vector of another length stops the program (`StyleGANWeights` checks
  /// files before).
  public init(architecture: StyleGANArchitecture, parameters: [Float]) {
    slots = StyleGANSlots(architecture)
    guard parameters.count == slots.layout.count else {
      shapeFault("\(parameters.count) parameters for a network of \(slots.layout.count)")
    }
    self.architecture = architecture
    self.parameters = parameters
    mapping = MappingNetwork(slots, parameters: parameters)
    levels = slots.levels.map {
      StyleGANLevel($0, clamp: architecture.clamp, parameters: parameters)
    }
    constant = Self.channelsLast(
      Array(parameters[slots.constant.range]), shape: slots.constant.shape)
  }

  /// The same network with other weights and biases, of the same layout.
  public func replacing(parameters: [Float]) -> StyleGANGenerator {
    StyleGANGenerator(architecture: architecture, parameters: parameters)
  }

  /// The style of a latent, drawn `truncation` of the way from the mean style to it.
  public func style(of latent: [Float], truncation: Float = 1) -> [Float] {
    let style = mapping.forward(latent).style
    if truncation == 1 { return style }
    return zip(meanStyle, style).map { $0 + truncation * ($1 - $0) }
  }

  /// The noise that comes with the weights, for each convolution.
  public var constantNoises: [[Float]] {
    levels.flatMap { level in
      [level.upsampling?.noise, level.convolution.noise].compactMap { $0 }
    }
  }

  /// What a level starts from: the coarser level's features, and the image up to there.
  public struct Cut: Sendable {
    /// `[1, rows, columns, width]` of level `level - 1`.
    public var features: Features
    /// Its image, `[1, rows, columns, imageChannels]`; nil where only the last level gives one.
    public var image: Features?
    /// The level that comes next, from 1.
    public let level: Int

    public init(features: Features, image: Features?, level: Int) {
      (self.features, self.image, self.level) = (features, image, level)
    }
  }

  /// A forward pass: the image and what the backward pass needs.
  public struct Pass {
    /// `[1, rows, columns, imageChannels]`.
    public let output: Features
    let steps: [StyleGANLevel.Pass]
    let images: [Features?]
    let firstLevel: Int

    /// Where level `level` would start from.
    public func cut(before level: Int) -> Cut {
      Cut(
        features: steps[level - 1 - firstLevel].features, image: images[level - 1 - firstLevel],
        level: level)
    }
  }

  /// Draws an image.
  ///
  /// - Parameters:
  ///   - styles: w of every layer, `architecture.styleCount` of them; one stands for all.
  ///   - noises: of every convolution, `[rows, columns]` as `architecture.noiseSizes` says; nil for none.
  ///   - cut: what to start from; nil for the learned constant.
  public func forward(styles: [[Float]], noises: [[Float]?]? = nil, from cut: Cut? = nil) -> Pass {
    let count = architecture.styleCount
    let styles = styles.count == 1 ? Array(repeating: styles[0], count: count) : styles
    let noises = noises ?? Array(repeating: nil, count: count - 1)
    guard styles.count == count, noises.count == count - 1 else {
      shapeFault("\(styles.count) styles and \(noises.count) noises for \(count) layers")
    }
    let first = cut?.level ?? 0
    var features = cut?.features ?? constant
    var image = cut?.image
    var steps: [StyleGANLevel.Pass] = []
    var images: [Features?] = []
    for index in first..<levels.count {
      let layers = Self.layers(of: index)
      let step = levels[index].forward(
        features, styles: Array(styles[layers.lowerBound...layers.upperBound]),
        noises: Array(noises[layers]))
      features = step.features
      image = image.map(SmoothUpsampling.forward)
      if let added = step.image?.output {
        if image == nil { image = added } else { image?.add(added) }
      }
      steps.append(step)
      images.append(image)
    }
    guard let image else { shapeFault("no level gives an image") }
    return Pass(output: image, steps: steps, images: images, firstLevel: first)
  }

  /// Gradients of everything that `forward` read.
  public struct Gradients {
    /// With respect to every style; zeros for layers before the cut.
    public var styles: [[Double]]
    /// With respect to every noise; empty for layers before the cut.
    public var noises: [[Float]]
    /// With respect to the cut's features, or the constant.
    public var features: Features
    /// With respect to the cut's image; nil without one.
    public var image: Features?
  }

  /// The gradients for one with respect to the image.
  ///
  /// - Parameter parameterGradient: set to the gradient with respect to the weights, if given; those of noise
  ///   constants, of the mean style and of the mapping stay zero.
  public func backward(
    _ gradient: Features, pass: Pass, parameterGradient: ParameterGradient? = nil
  ) -> Gradients {
    parameterGradient?.reset()
    var styles = Array(
      repeating: [Double](repeating: 0, count: architecture.styleSize),
      count: architecture.styleCount)
    var noises = Array(repeating: [Float](), count: architecture.styleCount - 1)
    var image: Features? = gradient
    var features: Features?
    for index in (pass.firstLevel..<levels.count).reversed() {
      let back = levels[index].backward(
        features: features, image: levels[index].image == nil ? nil : image,
        pass: pass.steps[index - pass.firstLevel], parameterGradient: parameterGradient)
      features = back.input
      let layers = Self.layers(of: index)
      for (offset, part) in back.styles.enumerated() {
        for (place, value) in part.enumerated() {
          styles[layers.lowerBound + offset][place] += value
        }
      }
      for (offset, part) in back.noises.enumerated() { noises[layers.lowerBound + offset] = part }
      let hasCoarserImage =
        index > pass.firstLevel ? pass.images[index - 1 - pass.firstLevel] != nil : index > 0
      image = hasCoarserImage ? image.map(SmoothUpsampling.adjoint) : nil
    }
    guard let features else { shapeFault("a pass without levels") }
    if let parameterGradient, pass.firstLevel == 0 {
      parameterGradient.withValues { all in
        let values = Self.channelsFirst(features)
        for (index, value) in zip(slots.constant.range, values) { all[index] += value }
      }
    }
    return Gradients(
      styles: styles, noises: noises, features: features,
      image: architecture.output == .skip ? image : nil)
  }

  /// The numbers of the styles that the convolutions of level `index` read.
  public func layers(ofLevel index: Int) -> Range<Int> { Self.layers(of: index) }

  /// The layers of a level's convolutions; the style of its image follows theirs.
  private static func layers(of level: Int) -> Range<Int> {
    level == 0 ? 0..<1 : 2 * level - 1..<2 * level + 1
  }

  private static func channelsLast(_ values: [Float], shape: [Int]) -> Features {
    let (channels, rows, columns) = (shape[0], shape[1], shape[2])
    return Features(
      rows: rows, columns: columns, channels: channels,
      values: (0..<rows * columns * channels).map {
        values[$0 % channels * rows * columns + $0 / channels]
      })
  }

  private static func channelsFirst(_ features: Features) -> [Float] {
    let (pixels, channels) = (features.pixels, features.channels)
    return features.values.withUnsafeBufferPointer { values in
      (0..<pixels * channels).map { values[$0 % pixels * channels + $0 / pixels] }
    }
  }
}
