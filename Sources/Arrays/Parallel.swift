import Dispatch
import Synchronization

/// How many threads the process uses for one piece of work.
///
/// No result depends on it: work is cut into chunks of fixed size and each chunk is computed by one
/// thread in one order.
public enum Parallelism {
  private static let limit = Atomic<Int>(2)

  /// The number of threads, at least 1, set once at start-up.
  public static var threads: Int {
    get { limit.load(ordering: .relaxed) }
    set { limit.store(max(1, newValue), ordering: .relaxed) }
  }
}

/// Runs `body(0) … body(count - 1)`, shared out over `Parallelism.threads` threads.
///
/// The calling thread takes part and no thread spins, so that a busy machine slows the work down by
/// its share and no more. Each `body(i)` must write to memory of its own; it may call `parallelFor`
/// in turn.
public func parallelFor(_ count: Int, _ body: @Sendable (Int) -> Void) {
  let threads = min(Parallelism.threads, count)
  if threads <= 1 {
    for index in 0..<count { body(index) }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index)
    }
  }
}

/// The same with scratch memory: every thread that takes part is lent `scratch` floats of its own,
/// on a 64-byte boundary and with nothing defined in them, so that no chunk need allocate.
public func parallelFor(
  _ count: Int, scratch: Int, _ body: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
) {
  @Sendable func lend(_ work: (UnsafeMutablePointer<Float>) -> Void) {
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, scratch) * MemoryLayout<Float>.stride, alignment: 64)
    defer { memory.deallocate() }
    work(memory.bindMemory(to: Float.self, capacity: scratch))
  }
  let threads = min(Parallelism.threads, count)
  if threads <= 1 {
    lend { memory in
      for index in 0..<count { body(index, memory) }
    }
    return
  }
  let next = Atomic<Int>(0)
  DispatchQueue.concurrentPerform(iterations: threads) { _ in
    lend { memory in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if index >= count { return }
        body(index, memory)
      }
    }
  }
}
