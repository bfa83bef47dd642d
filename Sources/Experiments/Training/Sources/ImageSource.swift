/// A file of images to train on, opened but not read.
protocol ImageSource: Sendable {
  var path: String { get }
  /// The size of all its images.
  var rows: Int { get }
  var columns: Int { get }
  /// What is known of each image before it is read.
  var labels: [ImageLabel] { get }

  /// Reads the images `chosen`, in ascending order, and hands each to `take`, or why it cannot be
  /// read. No other image is read.
  func read(_ chosen: [Int], _ take: (Int, Result<SourcePixels, any Error>) -> Void)
}

/// What is known of an image before it is read.
struct ImageLabel: Sendable, Equatable {
  /// Whose image it is; images of one subject never lie on both sides of a split.
  var subject: String
  /// The split that the data state, such as `train`, `val` or `test`.
  var split: String?
  /// Where it is from, for the weights' notes; empty where nothing is stated.
  var origin = ""
}

/// The pixels of an image, `[rows, columns]`.
enum SourcePixels: Sendable {
  /// 8 bits that are scaled as the stacks for training are: 255 is the 99.8th percentile.
  case scaled([UInt8])
  /// Magnitudes in any unit.
  case values([Float])
}
