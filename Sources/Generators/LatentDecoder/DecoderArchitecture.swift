public import Layers

/// The sizes of a decoder of one latent: dense layers, then transposed convolutions that double the size.
///
/// With dense layers alone it is the decoder of a plain variational autoencoder, with one of them a DCGAN's
/// generator.
public struct DecoderArchitecture: Sendable, Codable, Equatable {
  /// The length of z.
  public var latentSize: Int
  /// The widths between the dense layers; the last of them gives `widths[0]` maps.
  public var denseWidths: [Int]
  /// Rows and columns of those maps.
  public var startRows: Int
  public var startColumns: Int
  /// The channels of the maps, then those after each transposed convolution; the last is 1, the image.
  public var widths: [Int]
  /// What follows every layer but the last.
  public var hidden: BiasActivation.Kind
  /// What follows the last layer.
  public var output: BiasActivation.Kind

  public init(
    latentSize: Int, denseWidths: [Int] = [], startRows: Int, startColumns: Int, widths: [Int],
    hidden: BiasActivation.Kind, output: BiasActivation.Kind
  ) {
    (self.latentSize, self.denseWidths, self.widths) = (latentSize, denseWidths, widths)
    (self.startRows, self.startColumns) = (startRows, startColumns)
    (self.hidden, self.output) = (hidden, output)
  }

  /// The transposed convolutions.
  public var convolutions: Int { widths.count - 1 }
  /// Rows of the image.
  public var rows: Int { startRows << convolutions }
  /// Columns of the image.
  public var columns: Int { startColumns << convolutions }

  /// The inputs and outputs of the dense layers.
  var denseSizes: [(inputs: Int, outputs: Int)] {
    let sizes = [latentSize] + denseWidths + [widths[0] * startRows * startColumns]
    return zip(sizes, sizes.dropFirst()).map { ($0, $1) }
  }

  /// Both activations in words.
  public var activations: String { "\(hidden.rawValue), at the end \(output.rawValue)" }

  /// A sentence if no network has these sizes, else nil.
  public var fault: String? {
    let sizes = [latentSize, startRows, startColumns] + denseWidths + widths
    guard sizes.allSatisfy({ (1...4096).contains($0) }) else {
      return "a size of its architecture is not between 1 and 4096"
    }
    guard (1...10).contains(widths.count), denseWidths.count < 64,
      max(startRows, startColumns) << (widths.count - 1) <= 2048
    else {
      return
        "its architecture has \(widths.count - 1) transposed convolutions, or an image of over 2048 "
        + "pixels a side"
    }
    if widths.last != 1 { return "its last layer gives \(widths.last ?? 0) channels, not 1" }
    return nil
  }
}
