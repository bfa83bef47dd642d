extension LocalEngine {
  /// How the work is shared out.
  struct Settings: Sendable {
    var workers: Int
    /// Threads of each worker.
    var threads: Int
    /// The path of this program.
    var program: String
    /// The memory at which a worker is ended and its job has failed, in bytes.
    var memoryLimit: Int
  }

  /// So many workers that die one after the other without a job done between stop the sweep.
  static let deathsInARow = 20

  /// The memory at which a worker is ended whose share is `share`: far beyond it, for the estimate
  /// of small jobs is rough, and no more than a quarter beyond a large share, as the machine has.
  static func memoryLimit(share: Int) -> Int { max(share / 4 * 5, share + 256 << 20) }
}
