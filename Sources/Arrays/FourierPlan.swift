package import Kernels
import Numerics
import Synchronization

/// The tables of a discrete Fourier transform of one size: radices, twiddle factors, order.
///
/// A plan follows from its size alone, so that results are the same in every run. It is made once
/// for each size and kept for the life of the process.
package final class FourierPlan: @unchecked Sendable {
  /// The number of values of a line.
  package let size: Int
  /// The plan that the kernels take.
  package let tables: UnsafePointer<fourier_plan>
  /// The floats of a work area; the block is its first part.
  package let workFloats: Int

  private let memory: UnsafeMutableRawPointer

  private static let made = Mutex<[Int: FourierPlan]>([:])

  /// The plan for lines of `size` values.
  package static func shared(size: Int) -> FourierPlan {
    made.withLock { plans in
      if let known = plans[size] { return known }
      let new = FourierPlan(size: size)
      plans[size] = new
      return new
    }
  }

  private init(size: Int) {
    self.size = size
    let (length, alignment) = (Int32(size), 64)
    memory = .allocate(byteCount: fourier_plan_bytes(length), alignment: alignment)
    tables = fourier_make_plan(length, memory)
    workFloats = fourier_work_floats(tables)
  }

  deinit { memory.deallocate() }

  /// The place in a block of each value of a centred line, before the transform.
  ///
  /// Centring is a rotation of the line: `X[k] = Σ x[j] exp(-2πi (k - c)(j - c) / n)` with
  /// `c = n / 2` is the plain transform of `x` read from index `c`, written from index `c`.
  package var centredPlaces: [Int32] {
    let centre = size / 2
    return (0..<size).map { Int32(($0 + size - centre) % size) }
  }

  /// The place in a block of each frequency of a centred line, after the transform.
  package var centredFrequencyPlaces: [Int32] {
    centredPlaces.map { tables.pointee.position[Int($0)] }
  }
}

/// Aligned floats for the kernels, freed with the owner.
package final class FloatMemory: @unchecked Sendable {
  /// The first float, on the boundary of a cache line.
  package let start: UnsafeMutablePointer<Float>

  /// Memory for `count` floats, not initialised.
  package init(count: Int) {
    let bytes = max(1, count) * MemoryLayout<Float>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    start = raw.bindMemory(to: Float.self, capacity: max(1, count))
  }

  deinit { start.deallocate() }
}
