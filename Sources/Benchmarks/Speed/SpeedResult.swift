import Arrays
import Experiments
import Layers

/// How fast a piece ran.
public struct SpeedResult: Codable, Equatable, Sendable {
  public let piece: String
  public let threads: Int
  public let milliseconds: Spread
  /// Floating-point operations of the direct algorithm; nil where their number depends on the data.
  public let flops: Double?
  /// Bytes moved at least.
  public let bytes: Double
  public let gigaflops: Double?
  public let gigabytesPerSecond: Double
  /// Of the machine's measured peak with these threads; above 1 where a fast algorithm needs fewer
  /// operations.
  public let shareOfPeak: Double?
  /// Of the machine's measured bandwidth with these threads; above 1 where caches hold the data.
  public let shareOfBandwidth: Double?
  /// The process's largest resident memory while the piece ran, in bytes.
  public let peakMemory: Int

  init(
    piece: SpeedPiece, threads: Int, seconds: [Double], limit: Machine.Limit?, peakMemory: Int
  ) {
    let spread = Spread(seconds.map { 1000 * $0 })
    let median = spread.median / 1000
    self.piece = piece.name
    self.threads = threads
    milliseconds = spread
    flops = piece.work.flops
    bytes = piece.work.bytes
    let rate = piece.work.flops.map { $0 / median / 1e9 }
    let moved = piece.work.bytes / median / 1e9
    gigaflops = rate
    gigabytesPerSecond = moved
    shareOfPeak = limit.flatMap { limit in rate.map { $0 / limit.gigaflops } }
    shareOfBandwidth = limit.map { moved / $0.gigabytes }
    self.peakMemory = peakMemory
  }
}

extension SpeedPiece {
  /// Times the piece with `threads` threads; throws what its preparation or its run throws.
  public func timed(
    threads: Int, repetition: Repetition, limit: Machine.Limit?
  ) throws -> SpeedResult {
    try withThreads(threads) {
      let run = try prepare()
      // What earlier pieces left behind is not this one's memory.
      FeatureMemory.releaseWaitingBlocks()
      MemoryReuse.giveBack()
      ProcessUsage.restartPeak()
      let times = try repetition.measure(run)
      return SpeedResult(
        piece: self, threads: threads, seconds: times, limit: limit,
        peakMemory: ProcessUsage.peakMemory)
    }
  }
}
