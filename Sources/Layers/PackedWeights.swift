/// Weights laid out for the kernels, on a 64-byte boundary: a vector that crosses two cache lines
/// costs two loads.
///
/// Immutable after `fill`, so that threads may share it.
final class PackedWeights: @unchecked Sendable {
  let values: UnsafePointer<Float>
  private let memory: UnsafeMutableRawPointer

  /// `fill` writes every one of the `count` floats.
  init(count: Int, _ fill: (UnsafeMutablePointer<Float>) -> Void) {
    memory = .allocate(byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: 64)
    let start = memory.bindMemory(to: Float.self, capacity: count)
    fill(start)
    values = UnsafePointer(start)
  }

  deinit { memory.deallocate() }
}
