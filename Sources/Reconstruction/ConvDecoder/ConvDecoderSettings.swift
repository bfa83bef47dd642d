import Foundation

/// The settings of the untrained convolutional decoder.
///
/// The README.md of `Reconstruction` says where they leave those of the authors, and what that does.
public struct ConvDecoderSettings: Sendable, Equatable, Codable {
  /// Feature channels.
  public var channels = 32
  /// 3 × 3 convolutions: all but the last follow a resizing.
  public var layers = 6
  /// Rows and columns of the fixed random input.
  public var inputRows = 8
  public var inputColumns = 8
  /// The most iterations of Adam.
  public var iterations = 1000
  /// Adam's rate; the authors'.
  public var rate: Float = 0.008
  /// The share by which the mean of the images moves towards the next one; 1 for no mean.
  public var averageShare: Float = 0.02
  /// One of so many sampled columns beyond the calibration lines is put aside and tells when to stop.
  ///
  /// 0 puts none aside, as the authors do: the image is that after the last iteration. It is the default
  /// because columns that are put aside are missed; where there is much noise 5 is worth a try. Two
  /// columns are too few to tell.
  public var heldOutOneOf = 0
  /// Iterations without a better prediction of the columns put aside before the fit ends.
  public var patience = 300
  /// Seed of input, weights and the columns put aside.
  public var seed: UInt64 = 1

  public init() {}

  /// A sentence if a setting is out of range, else nil.
  var fault: String? {
    let isInRange =
      (1...1024).contains(channels) && (2...16).contains(layers) && (1...256).contains(inputRows)
      && (1...256).contains(inputColumns) && iterations >= 1 && rate > 0 && rate.isFinite
      && averageShare > 0 && averageShare <= 1 && heldOutOneOf >= 0 && heldOutOneOf != 1
      && patience >= 1
    return isInRange
      ? nil : "a number of channels, layers or iterations, a rate or a share is out of range"
  }

  /// Rows and columns of each convolution's features but the last's, for an image of
  /// `rows × columns`: from the input's size to the image's in equal steps of the logarithm
  /// (MLI-lab/ConvDecoder:include/decoder_conv.py, `convdecoder`).
  func sizes(rows: Int, columns: Int) -> [(rows: Int, columns: Int)] {
    let steps = layers - 1
    func side(_ input: Int, _ output: Int, _ step: Int) -> Int {
      let factor = pow(Double(output) / Double(input), Double(step) / Double(steps))
      // Rounding must not make one more of a whole number.
      return Int((factor * Double(input) - 1e-9).rounded(.up))
    }
    return (1..<steps).map { (side(inputRows, rows, $0), side(inputColumns, columns, $0)) }
      + [(rows, columns)]
  }
}
