import Arrays
import Generators
import Layers

/// The deviations of all levels as one flat vector, for images of one size.
///
/// A vector that ends with an earlier level leaves the finer ones at their prior's mean.
struct LatentSpace: Sendable {
  let generator: Generator
  let frame: ImageFrame
  /// Where each level's values lie, coarse to fine.
  let ranges: [Range<Int>]
  private let start: Generator.Start?

  init(generator: Generator, frame: ImageFrame) {
    self.generator = generator
    self.frame = frame
    self.start = generator.start(rows: frame.paddedRows, columns: frame.paddedColumns)
    var start = 0
    ranges = generator.levels.indices.map { level in
      let count = generator.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns
      ).reduce(1, *)
      defer { start += count }
      return start..<start + count
    }
  }

  /// Deviations, one entry per level, as one vector.
  func vector(_ deviations: [Features]) -> [Float] { deviations.flatMap { Array($0.values) } }

  /// `point` with as many zeros behind it as make it end with level `level`.
  func extended(_ point: [Float], to level: Int) -> [Float] {
    point + [Float](repeating: 0, count: max(0, ranges[level].upperBound - point.count))
  }

  /// The generator's pass for `point`; its output is in the generator's units and in the frame.
  func draw(_ point: [Float]) -> Generator.Pass {
    let deviations = ranges.enumerated().map { level, range -> Features? in
      guard range.upperBound <= point.count else { return nil }
      let shape = generator.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns)
      return Features(
        rows: shape[0], columns: shape[1], channels: shape[2], values: point[range])
    }
    return generator.forward(
      deviations, start: start, rows: frame.paddedRows, columns: frame.paddedColumns)
  }
}
