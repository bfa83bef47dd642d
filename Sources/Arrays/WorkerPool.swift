import Dispatch
import Foundation
import Kernels
import Synchronization

/// Threads that wait for work close at hand: a parked thread takes 30 µs to wake, longer than many
/// a piece of a network's pass.
///
/// A worker that has nothing to do watches for the next region for `watch` nanoseconds, then sleeps
/// until it is woken. The caller takes every chunk that nobody else has begun, closes the region and
/// waits only for workers that are inside: one that a busy machine has not let run holds nothing up.
/// That last wait, too, ends in sleep.
final class WorkerPool: Sendable {
  static let shared = WorkerPool()

  /// Nanoseconds: several times the gap between two layers, and no more than a timer tick's fraction.
  private static let watch: UInt64 = 50_000
  /// Nanoseconds that the caller watches for the end of the last chunks, which take about 0.1 ms.
  private static let patience: UInt64 = 100_000

  /// One word, so that a worker enters a region and the caller closes it without a lock.
  private struct State {
    var bits: UInt64
    static let open: UInt64 = 1 << 16
    static let awaited: UInt64 = 1 << 17

    init(_ bits: UInt64) { self.bits = bits }

    init(region: UInt64, helpers: Int) {
      bits = region << 34 | UInt64(helpers) << 18 | Self.open
    }

    /// Workers inside the region.
    var inside: UInt64 { bits & 0xffff }
    var isOpen: Bool { bits & Self.open != 0 }
    /// Whether the caller sleeps until the last worker leaves.
    var isAwaited: Bool { bits & Self.awaited != 0 }
    /// Workers that may enter: those of a lower number.
    var helpers: Int { Int(bits >> 18 & 0xffff) }
    /// The region's number.
    var region: UInt64 { bits >> 34 }
  }

  private final class Worker: Sendable {
    let parked = Atomic<Bool>(false)
    let wake = DispatchSemaphore(value: 0)
  }

  private let owned = Atomic<Bool>(false)
  private let state = Atomic<UInt64>(0)
  private let finished = DispatchSemaphore(value: 0)
  /// Touched by the pool's owner alone.
  nonisolated(unsafe) private var workers: [Worker] = []
  /// Written before a region opens, read by workers inside it.
  nonisolated(unsafe) private var body: UnsafePointer<@Sendable () -> Void>?

  /// Calls `body` on this thread and on up to `helpers` workers at the same time, and returns when
  /// all calls have; false, and nothing done, if the pool is at work already: for another thread, or
  /// for the region that this call is part of.
  func run(helpers: Int, _ body: @Sendable () -> Void) -> Bool {
    let take = owned.compareExchange(
      expected: false, desired: true, successOrdering: .acquiring, failureOrdering: .relaxed)
    guard take.exchanged else { return false }
    let helpers = min(helpers, 0xffff)
    while workers.count < helpers { start() }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { pointer in
        self.body = pointer
        let region = State(state.load(ordering: .relaxed)).region &+ 1
        state.store(
          State(region: region, helpers: helpers).bits, ordering: .sequentiallyConsistent)
        for worker in workers.prefix(helpers)
        where worker.parked.load(ordering: .sequentiallyConsistent)
          && worker.parked.exchange(false, ordering: .sequentiallyConsistent)
        {
          worker.wake.signal()
        }
        body()
        close()
        self.body = nil
      }
    }
    owned.store(false, ordering: .releasing)
    return true
  }

  private func close() {
    var now = State(
      state.bitwiseAnd(~State.open, ordering: .acquiringAndReleasing).newValue)
    if now.inside > 0 {
      spin(for: Self.patience) {
        now = State(state.load(ordering: .acquiring))
        return now.inside == 0
      }
    }
    if now.inside > 0 {
      now = State(state.bitwiseOr(State.awaited, ordering: .acquiringAndReleasing).newValue)
      if now.inside > 0 { finished.wait() }
    }
  }

  private func start() {
    let (worker, number) = (Worker(), workers.count)
    workers.append(worker)
    Thread.detachNewThread { [self] in serve(worker, number: number) }
  }

  private func serve(_ worker: Worker, number: Int) -> Never {
    var last: UInt64 = 0
    while true {
      let found = nextRegion(after: last, worker, number: number)
      last = found.region
      guard enter(found) else { continue }
      perform()
      let before = State(state.wrappingSubtract(1, ordering: .acquiringAndReleasing).oldValue)
      if before.inside == 1 && before.isAwaited { finished.signal() }
    }
  }

  /// An open region that this worker has not been in; sleeps if none comes.
  private func nextRegion(after last: UInt64, _ worker: Worker, number: Int) -> State {
    func isNew(_ state: State) -> Bool {
      state.isOpen && state.region != last && number < state.helpers
    }
    while true {
      var now = State(0)
      spin(for: Self.watch) {
        now = State(state.load(ordering: .acquiring))
        return isNew(now)
      }
      if isNew(now) { return now }
      // The caller opens, then looks for sleepers; this thread says that it sleeps, then looks for an
      // open region: one of the two sees the other.
      worker.parked.store(true, ordering: .sequentiallyConsistent)
      now = State(state.load(ordering: .sequentiallyConsistent))
      if isNew(now) && worker.parked.exchange(false, ordering: .sequentiallyConsistent) {
        return now
      }
      worker.wake.wait()
    }
  }

  private func enter(_ found: State) -> Bool {
    var now = found
    while now.isOpen && now.region == found.region {
      let (exchanged, original) = state.compareExchange(
        expected: now.bits, desired: now.bits + 1, successOrdering: .acquiringAndReleasing,
        failureOrdering: .acquiring)
      if exchanged { return true }
      now = State(original)
    }
    return false
  }

  /// A function of its own: its reference to the body ends before the worker leaves the region.
  @inline(never)
  private func perform() { body?.pointee() }

  /// Until `isOver` or the time is up.
  private func spin(for nanoseconds: UInt64, until isOver: () -> Bool) {
    if isOver() { return }
    let start = DispatchTime.now().uptimeNanoseconds
    repeat {
      for _ in 0..<16 {
        if isOver() { return }
        spin_pause()
      }
    } while DispatchTime.now().uptimeNanoseconds - start < nanoseconds
  }
}
