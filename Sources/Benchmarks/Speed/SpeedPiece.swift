import Generators

/// A piece of the program's work that can be timed by itself.
public struct SpeedPiece {
  /// Such as `convolution forward 64→64 128² batch 1`.
  public let name: String
  /// What it needs at least, for the shares of the machine's limits.
  public let work: Work
  /// Makes the data ready, untimed, and gives what runs once.
  let prepare: () throws -> () throws -> Void

  init(_ name: String, _ work: Work, prepare: @escaping () throws -> () throws -> Void) {
    self.name = name
    self.work = work
    self.prepare = prepare
  }
}

/// What the pieces of a benchmark share: sizes, weights, a folder, and data that several need.
public final class BenchmarkData {
  public let sizes: BenchmarkSizes
  let weightsPath: String
  let folder: SharedFolder
  private var scans: [[Int]: BenchmarkScan] = [:]
  private var readWeights: WeightsFile?

  /// Data of the given sizes with the weights of a file; throws `BenchmarkError`.
  public init(sizes: BenchmarkSizes, weightsPath: String) throws {
    self.sizes = sizes
    self.weightsPath = weightsPath
    folder = try SharedFolder()
  }

  /// Removes the files that were made.
  public func removeFiles() { folder.remove() }

  func weights() throws -> WeightsFile {
    if let readWeights { return readWeights }
    let file = try WeightsFile(contentsOf: weightsPath)
    readWeights = file
    return file
  }

  /// The scan of the standard matrix.
  func scan() throws -> BenchmarkScan {
    try scan(sizes.coils, sizes.matrix, oversampled: false)
  }

  func scan(
    _ coils: Int, _ matrix: (rows: Int, columns: Int), oversampled: Bool
  ) throws -> BenchmarkScan {
    let key = [coils, matrix.rows, matrix.columns]
    if let known = scans[key] { return known }
    let made = try BenchmarkScan(
      coils: coils, rows: matrix.rows, columns: matrix.columns, oversampled: oversampled)
    scans[key] = made
    return made
  }
}
