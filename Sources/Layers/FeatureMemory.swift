import Synchronization

/// The blocks of floats that features live in: lent, returned and lent again.
///
/// Passes through a network ask for the same sizes again and again. A block that is no longer used
/// waits here for the next request of its size, so that from the second pass on nothing is taken
/// from the system and no page is touched for the first time. Blocks start on a cache line: a
/// 64-byte vector is then never split over two. A block that was not asked for during `patience`
/// requests goes back to the system.
public enum FeatureMemory {
  /// What was taken from the system.
  public struct Statistics: Sendable, Equatable {
    /// Requests so far.
    public var requests = 0
    /// Requests that no waiting block could meet.
    public var allocations = 0
    /// Bytes held, lent or waiting.
    public var bytes = 0
  }

  /// The counts since the program began.
  public static var statistics: Statistics { state.withLock { $0.statistics } }

  /// Gives all waiting blocks back to the system.
  public static func releaseWaitingBlocks() {
    state.withLock { $0.release(olderThan: .max) }
  }

  private struct Waiting {
    let address: UInt
    let returned: Int
  }

  private struct State {
    var waiting: [Int: [Waiting]] = [:]
    var statistics = Statistics()

    /// Frees the blocks that have waited since before request `limit`.
    mutating func release(olderThan limit: Int) {
      for (capacity, blocks) in waiting {
        // The last returned is the first lent: the oldest lie in front.
        let stale = blocks.prefix { $0.returned < limit }
        for block in stale {
          UnsafeMutableRawPointer(bitPattern: block.address)?.deallocate()
          statistics.bytes -= 4 * capacity
        }
        let kept = Array(blocks.dropFirst(stale.count))
        waiting[capacity] = kept.isEmpty ? nil : kept
      }
    }
  }

  private static let state = Mutex(State())
  private static let alignment = 64
  /// Requests that a block waits for one of its size.
  private static let patience = 8192

  /// Floats in whole cache lines, at least one.
  static func capacity(_ count: Int) -> Int { max(16, (count + 15) / 16 * 16) }

  fileprivate static func lend(_ capacity: Int) -> UnsafeMutablePointer<Float> {
    let address = state.withLock { state -> UInt in
      state.statistics.requests += 1
      if state.statistics.requests % 1024 == 0 {
        state.release(olderThan: state.statistics.requests - patience)
      }
      if let block = state.waiting[capacity]?.popLast() { return block.address }
      state.statistics.allocations += 1
      state.statistics.bytes += 4 * capacity
      return UInt(
        bitPattern: UnsafeMutableRawPointer.allocate(
          byteCount: 4 * capacity, alignment: alignment))
    }
    guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else {
      fatalError("no memory for \(capacity) floats")
    }
    return pointer.bindMemory(to: Float.self, capacity: capacity)
  }

  fileprivate static func take(back block: UnsafeMutablePointer<Float>, capacity: Int) {
    let address = UInt(bitPattern: block)
    state.withLock { state in
      let now = state.statistics.requests
      state.waiting[capacity, default: []].append(Waiting(address: address, returned: now))
    }
  }
}

/// One lent block; returned when nobody refers to it any more.
final class FeatureBlock: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  init(count: Int) {
    self.count = count
    base = FeatureMemory.lend(FeatureMemory.capacity(count))
  }

  deinit { FeatureMemory.take(back: base, capacity: FeatureMemory.capacity(count)) }
}
