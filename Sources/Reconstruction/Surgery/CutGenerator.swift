package import Arrays
package import Generators
import Layers

/// A generator without its coarsest levels, for images of one size: all that its rest reads is one flat
/// vector.
///
/// The vector holds the features that the levels before the cut would have given, and behind them the
/// deviations of the levels that are left, coarse to fine.
package struct CutGenerator: Sendable {
  private let whole: Generator
  private let rest: Generator
  let frame: ImageFrame
  /// `[rows, columns, channels]` of the features at the cut.
  private let featureShape: [Int]
  /// Where features, and behind them each level's deviations, lie in the vector.
  package let ranges: [Range<Int>]

  /// A generator cut behind its first `cut` levels, at least one of which is left, for images of `shape`
  /// `[rows, columns]`.
  package init(_ network: LadderNetwork, cut: Int, shape: [Int]) {
    let architecture = network.architecture
    guard (1..<max(2, architecture.levels)).contains(cut) else {
      shapeError("a cut behind \(cut) of \(architecture.levels) levels")
    }
    whole = network.generator
    rest = network.generator.suffix(from: cut)
    let frame = ImageFrame(shape: shape, factor: architecture.coarsestFactor)
    self.frame = frame
    let side = architecture.coarsestFactor >> (cut - 1)
    featureShape = [
      frame.paddedRows / side, frame.paddedColumns / side, architecture.widths[cut - 1],
    ]
    var ranges = [0..<featureShape.reduce(1, *)]
    for level in cut..<architecture.levels {
      let count = network.generator.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns
      ).reduce(1, *)
      ranges.append((ranges.last?.upperBound ?? 0)..<(ranges.last?.upperBound ?? 0) + count)
    }
    self.ranges = ranges
  }

  /// Where the features lie in the vector.
  package var features: Range<Int> { ranges[0] }
  /// The length of the vector.
  package var count: Int { ranges.last?.upperBound ?? 0 }

  /// The vector with which the rest draws what the whole generator draws of the deviations `values` of its
  /// coarsest levels, all of them or some; those that are missing are zeros.
  package func vector(ofDeviations values: [Float]) -> [Float] {
    var deviations: [Features?] = []
    var start = 0
    for level in whole.levels.indices {
      let shape = whole.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns)
      let end = start + shape.reduce(1, *)
      guard end <= values.count else { break }
      deviations.append(
        Features(
          rows: shape[0], columns: shape[1], channels: shape[2], values: values[start..<end]))
      start = end
    }
    let cut = rest.firstLevel
    let pass = whole.prefix(cut).forward(
      Array(deviations.prefix(cut)), rows: frame.paddedRows, columns: frame.paddedColumns)
    var vector = Array(pass.output.values)
    for deviation in deviations.dropFirst(cut) {
      vector += deviation.map { Array($0.values) } ?? []
    }
    return vector + [Float](repeating: 0, count: count - vector.count)
  }

  /// The number of deviations of the levels before the cut.
  package var deviationsBefore: Int {
    (0..<rest.firstLevel).reduce(0) {
      $0
        + whole.deviationShape(
          level: $1, rows: frame.paddedRows, columns: frame.paddedColumns
        ).reduce(1, *)
    }
  }

  /// The pass of the rest for a vector; its output is in the generator's units and in the frame.
  func draw(_ vector: [Float]) -> Generator.Pass {
    let deviations = zip(ranges.dropFirst(), rest.firstLevel...).map { range, level -> Features? in
      let shape = rest.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns)
      return Features(
        rows: shape[0], columns: shape[1], channels: shape[2], values: vector[range])
    }
    return rest.forward(
      deviations,
      from: Features(
        rows: featureShape[0], columns: featureShape[1], channels: featureShape[2],
        values: vector[features]), rows: frame.paddedRows, columns: frame.paddedColumns)
  }

  /// The image `[rows, columns]` of a vector, times `scale`.
  package func image(of vector: [Float], scale: Float) -> ComplexArray {
    frame.cut(draw(vector).output, scale: scale)
  }

  /// What a gradient with respect to the image, `[rows, columns]`, is with respect to the vector.
  package func pulledBack(_ image: ComplexArray, at vector: [Float]) -> [Float] {
    var gradient = vector
    pullBack(image, scale: 1, pass: draw(vector), into: &gradient)
    return gradient
  }

  /// Writes what a gradient with respect to the image, `[rows, columns]`, times `scale` is with respect to
  /// the vector.
  func pullBack(
    _ image: ComplexArray, scale: Float, pass: Generator.Pass, into gradient: inout [Float]
  ) {
    let (deviations, features) = rest.backward(
      frame.paste(image, scale: scale, channels: pass.output.channels), pass: pass)
    guard let features else { fatalError("a cut generator without features") }
    gradient.withUnsafeMutableBufferPointer { out in
      for (range, values) in zip(ranges, [features] + deviations) {
        values.values.withUnsafeBufferPointer { from in
          _ = UnsafeMutableBufferPointer(rebasing: out[range]).update(from: from)
        }
      }
    }
  }
}
