/// The sizes of what is timed.
public struct BenchmarkSizes: Equatable, Sendable {
  public var coils = 16
  /// Rows and columns of most of the work on k-space.
  public var matrix = (rows: 320, columns: 320)
  /// A fastMRI brain's matrix before the readout is cropped.
  public var oversampled = (rows: 640, columns: 368)
  /// The side of the generator's images.
  public var generator = 256
  public var batch = 8
  /// A slice for ILO: coils, rows and columns.
  public var slice = (coils: 8, rows: 256, columns: 216)

  /// The sizes that the figures of this project are stated for.
  public static let standard = BenchmarkSizes()

  /// Small ones, to see that everything runs.
  public static let quick: BenchmarkSizes = {
    var sizes = BenchmarkSizes()
    sizes.coils = 4
    sizes.matrix = (64, 64)
    sizes.oversampled = (128, 72)
    sizes.generator = 64
    sizes.batch = 2
    sizes.slice = (4, 64, 64)
    return sizes
  }()

  public static func == (a: BenchmarkSizes, b: BenchmarkSizes) -> Bool {
    a.coils == b.coils && a.matrix == b.matrix && a.oversampled == b.oversampled
      && a.generator == b.generator && a.batch == b.batch && a.slice == b.slice
  }
}
