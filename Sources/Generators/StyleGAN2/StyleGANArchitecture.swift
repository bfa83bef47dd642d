/// The sizes of a StyleGAN2 generator.
public struct StyleGANArchitecture: Sendable, Codable, Equatable {
  /// How the levels make an image.
  public enum Output: String, Sendable, Codable {
    /// Every level adds to an image that grows with it.
    case skip
    /// The last level gives the image, and each level passes its input on beside its convolutions.
    case residual
    /// The last level gives the image.
    case plain
  }

  /// Rows and columns of the learned constant: 4 × 4 in the original, any rectangle here.
  public var constantRows: Int
  public var constantColumns: Int
  /// The channels of the levels, coarse to fine; each level has twice the rows and columns of the one
  /// before.
  public var widths: [Int]
  /// The length of z.
  public var latentSize: Int
  /// The length of w.
  public var styleSize: Int
  /// The widths between the layers that make w of z.
  public var mappingWidths: [Int]
  public var imageChannels: Int
  public var output: Output
  /// The largest magnitude of what a convolution gives; nil for any (NVlabs' `conv_clamp`).
  public var clamp: Float?

  public init(
    constantRows: Int = 4, constantColumns: Int = 4, widths: [Int], latentSize: Int,
    styleSize: Int, mappingWidths: [Int], imageChannels: Int, output: Output, clamp: Float? = nil
  ) {
    (self.constantRows, self.constantColumns) = (constantRows, constantColumns)
    (self.widths, self.latentSize, self.styleSize) = (widths, latentSize, styleSize)
    self.mappingWidths = mappingWidths
    (self.imageChannels, self.output, self.clamp) = (imageChannels, output, clamp)
  }

  public var levels: Int { widths.count }
  /// Rows of the image.
  public var rows: Int { rows(level: levels - 1) }
  /// Columns of the image.
  public var columns: Int { columns(level: levels - 1) }

  /// Rows of what level `index` gives.
  public func rows(level index: Int) -> Int { constantRows << index }
  /// Columns of what level `index` gives.
  public func columns(level index: Int) -> Int { constantColumns << index }

  /// The number of styles, one for each layer: the convolutions and the last level's image.
  ///
  /// Another level's image shares the style of the next level's first convolution.
  public var styleCount: Int { 2 * levels }

  /// The style of the convolution that doubles the size for level `index`, from 1 on.
  func upsamplingStyle(level index: Int) -> Int { 2 * index - 1 }
  /// The style of the other convolution of level `index`.
  func convolutionStyle(level index: Int) -> Int { 2 * index }
  /// The style of the image of level `index`.
  func imageStyle(level index: Int) -> Int { 2 * index + 1 }

  /// Rows and columns of the noise of each convolution, in the order of their styles.
  public var noiseSizes: [(rows: Int, columns: Int)] {
    (0..<2 * levels - 1).map {
      (rows(level: ($0 + 1) / 2), columns(level: ($0 + 1) / 2))
    }
  }

  /// Whether level `index` gives an image.
  func hasImage(level index: Int) -> Bool { output == .skip || index == levels - 1 }

  /// A sentence if no network has these sizes, else nil.
  public var fault: String? {
    let sizes = [constantRows, constantColumns, latentSize, styleSize, imageChannels]
    guard (sizes + widths + mappingWidths).allSatisfy({ (1...4096).contains($0) }) else {
      return "a size of its architecture is not between 1 and 4096"
    }
    guard (1...9).contains(levels), mappingWidths.count < 64,
      max(constantRows, constantColumns) << (levels - 1) <= 2048
    else { return "its architecture has \(levels) levels, or an image of over 2048 pixels a side" }
    if let clamp, !(clamp > 0) || !clamp.isFinite {
      return "its architecture clamps at \(clamp)"
    }
    return nil
  }
}
