import Arrays
import Foundation
import Numerics
import Synchronization

/// The slices of a three-dimensional scan, whose partitions are transformed into them.
///
/// The transform is centred and unitary as all are. As many slices as fit a quarter of a gigabyte
/// are made in one pass over the partitions and kept, so that memory does not grow with their
/// number.
final class PartitionTransform: Sendable {
  private static let budget = 1 << 28
  private let partitions: Int
  private let slices: Range<Int>
  private let read: @Sendable (Int) throws(ScanFileError) -> ComplexArray
  private struct Block {
    var range = 0..<0
    var slices: [ComplexArray] = []
  }
  private let block = Mutex(Block())

  /// Makes the `slices`, counted in the field of view of all partitions, of what `read` gives for
  /// each partition, `[coils, rows, columns]`.
  init(
    partitions: Int, slices: Range<Int>,
    read: @escaping @Sendable (Int) throws(ScanFileError) -> ComplexArray
  ) {
    self.partitions = partitions
    self.slices = slices
    self.read = read
  }

  /// K-space `[coils, rows, columns]` of slice `slice`, from 0.
  func slice(_ slice: Int) throws(ScanFileError) -> ComplexArray {
    try block.withLock { block throws(ScanFileError) in
      if !block.range.contains(slice) { block = try made(from: slice) }
      return block.slices[slice - block.range.lowerBound]
    }
  }

  private func made(from first: Int) throws(ScanFileError) -> Block {
    var range = first..<first + 1
    var sums: [ComplexArray] = []
    for partition in 0..<partitions {
      let part = try read(partition)
      if sums.isEmpty {
        let fitting = max(1, Self.budget / max(1, 8 * part.count))
        range = first..<min(slices.count, first + fitting)
        sums = range.map { _ in ComplexArray(zeros: part.shape) }
      }
      for (index, slice) in range.enumerated() {
        let factor = twiddle(partition, slices.lowerBound + slice)
        sums[index].values.withUnsafeMutableBufferPointer { sum in
          for position in sum.indices { sum[position] += factor * part.values[position] }
        }
      }
    }
    return Block(range: range, slices: sums)
  }

  private func twiddle(_ partition: Int, _ slice: Int) -> Complex<Float> {
    let centre = partitions / 2
    let turns = (partition - centre) * (slice - centre) % partitions
    let angle = 2 * Double.pi * Double(turns) / Double(partitions)
    let length = 1 / Double(partitions).squareRoot()
    return Complex(Float(length * cos(angle)), Float(length * sin(angle)))
  }
}
