import Layers

/// The sizes of a ladder decoder and its encoder.
///
/// The decoder has a latent at every resolution, coarse to fine, each with a prior mean and scale
/// predicted from the coarser features (ladder variational autoencoder, Sønderby et al. 2016; very
/// deep VAE, Child 2021). Fully convolutional: any image whose sides are multiples of
/// `coarsestFactor` fits.
public struct LadderArchitecture: Sendable, Hashable, Codable {
  /// Feature channels per level, coarse to fine.
  public var widths: [Int]
  /// Latent channels per level, coarse to fine.
  public var latents: [Int]
  /// Feature channels of the encoder per level, fine to coarse.
  public var encoderWidths: [Int]
  /// Channels of the image that the decoder draws: 1 for a real image, 2 for the real and imaginary
  /// part of an image whose smooth phase was taken off.
  public var imageChannels: Int
  /// Channels of the image that the encoder reads, 1 or 2 as above.
  ///
  /// What undersampling leaves shows in the imaginary part first. The encoder of a denoiser reads a third
  /// channel, the level of the noise.
  public var encoderChannels: Int

  public init(
    widths: [Int], latents: [Int], encoderWidths: [Int], imageChannels: Int = 1,
    encoderChannels: Int = 1
  ) {
    self.widths = widths
    self.latents = latents
    self.encoderWidths = encoderWidths
    self.imageChannels = imageChannels
    self.encoderChannels = encoderChannels
  }

  private enum CodingKeys: String, CodingKey {
    case widths, latents, encoderWidths, imageChannels, encoderChannels
  }

  /// Files that name no channels hold networks of real images.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      widths: try values.decode([Int].self, forKey: .widths),
      latents: try values.decode([Int].self, forKey: .latents),
      encoderWidths: try values.decode([Int].self, forKey: .encoderWidths),
      imageChannels: try values.decodeIfPresent(Int.self, forKey: .imageChannels) ?? 1,
      encoderChannels: try values.decodeIfPresent(Int.self, forKey: .encoderChannels) ?? 1)
  }

  /// The shipped decoder's sizes.
  public static let standard = LadderArchitecture(
    widths: [128, 96, 64, 32, 16], latents: [16, 12, 8, 4, 2],
    encoderWidths: [16, 32, 64, 96, 128], imageChannels: 2, encoderChannels: 2)

  /// Slope of the leaky rectifier below zero.
  static let slope: Float = 0.2
  /// The range of the prior's log scale: outside it, a latent is either dead or unbounded.
  static let logScaleRange: ClosedRange<Float> = -4...2
  /// The range of the posterior's log scale relative to the prior's.
  static let posteriorLogScaleRange: ClosedRange<Float> = -6...1

  /// The number of levels.
  public var levels: Int { widths.count }
  /// Image pixels per pixel of the coarsest level, along each axis.
  public var coarsestFactor: Int { 1 << (levels - 1) }

  /// `[rows, columns, latents]` of the deviation of level `index` for an image of `rows × columns`.
  package func deviationShape(level index: Int, rows: Int, columns: Int) -> [Int] {
    let factor = coarsestFactor >> index
    return [rows / factor, columns / factor, latents[index]]
  }

  /// A sentence if the sizes do not make a network, else nil.
  public var fault: String? {
    if widths.isEmpty || latents.count != levels || encoderWidths.count != levels {
      return
        "the lists of widths (\(widths.count)), latents (\(latents.count)) and encoder widths (\(encoderWidths.count)) must have one entry per level"
    }
    if (widths + latents + encoderWidths).contains(where: { $0 < 1 || $0 > 4096 }) {
      return "every width must lie between 1 and 4096"
    }
    if !(1...2).contains(imageChannels) || !(1...3).contains(encoderChannels) {
      return "an image has 1 or 2 channels, and an encoder reads 1 to 3, not \(imageChannels) and "
        + "\(encoderChannels)"
    }
    if isDenoiser && imageChannels != 2 {
      return "an encoder of 3 channels reads a complex image and its noise, so the image has 2 "
        + "channels, not \(imageChannels)"
    }
    return nil
  }

  /// Whether the encoder is told the level of the noise that it is to take off.
  public var isDenoiser: Bool { encoderChannels == 3 }
}

/// Where every parameter of the network lies.
package struct LadderSlots: Sendable {
  struct Level: Sendable {
    let upsampling: ConvolutionSlot?
    let entry: ResidualBlock.Slots
    let prior: ConvolutionSlot
    let latent: ConvolutionSlot
    let exit: ResidualBlock.Slots
    let posteriorFirst: ConvolutionSlot
    let posteriorSecond: ConvolutionSlot
  }

  let root: Range<Int>
  let levels: [Level]
  let output: ConvolutionSlot
  let encoderInput: ConvolutionSlot
  let encoderDown: [ConvolutionSlot]
  let encoderBlocks: [ResidualBlock.Slots]
  package let layout: ParameterLayout

  package init(_ architecture: LadderArchitecture) {
    var layout = ParameterLayout()
    let widths = architecture.widths
    let encoder = Array(architecture.encoderWidths.reversed())
    func conv(_ i: Int, _ o: Int, _ k: Int = 3) -> ConvolutionShape {
      ConvolutionShape(inputs: i, outputs: o, kernel: k)
    }
    root = layout.add("decoder.root", shape: [widths[0]]).range
    var levels: [Level] = []
    for k in widths.indices {
      let (w, z, name) = (widths[k], architecture.latents[k], "decoder.level\(k)")
      levels.append(
        Level(
          upsampling: k == 0
            ? nil : layout.addConvolution(name + ".upsampling", conv(widths[k - 1], w)),
          entry: ResidualBlock.Slots(name + ".entry", channels: w, layout: &layout),
          prior: layout.addConvolution(name + ".prior", conv(w, 2 * z)),
          latent: layout.addConvolution(name + ".latent", conv(z, w, 1)),
          exit: ResidualBlock.Slots(name + ".exit", channels: w, layout: &layout),
          posteriorFirst: layout.addConvolution(
            "encoder.level\(k).posterior.first", conv(w + encoder[k], w)),
          posteriorSecond: layout.addConvolution(
            "encoder.level\(k).posterior.second", conv(w, 2 * z))))
    }
    self.levels = levels
    output = layout.addConvolution(
      "decoder.output", conv(widths[widths.count - 1], architecture.imageChannels))
    let fineToCoarse = architecture.encoderWidths
    encoderInput = layout.addConvolution(
      "encoder.input", conv(architecture.encoderChannels, fineToCoarse[0]))
    var down: [ConvolutionSlot] = []
    var blocks = [
      ResidualBlock.Slots("encoder.block0", channels: fineToCoarse[0], layout: &layout)
    ]
    for k in 1..<max(1, fineToCoarse.count) {
      down.append(
        layout.addConvolution(
          "encoder.down\(k)", conv(fineToCoarse[k - 1], fineToCoarse[k], 4)))
      blocks.append(
        ResidualBlock.Slots("encoder.block\(k)", channels: fineToCoarse[k], layout: &layout))
    }
    encoderDown = down
    encoderBlocks = blocks
    self.layout = layout
  }
}
