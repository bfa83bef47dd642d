import Arrays
import Generators
import Layers
import LinearOperators

/// The loss of a stage as a function of the deviations of levels 0 … k, one flat vector.
///
/// ‖s A G(ε) − y‖² / (2σ²) + ½ w ‖ε‖² (+ a penalty beyond the l1 radii), with the finer levels at
/// their prior's mean and a fixed scale s.
struct LatentObjective {
  let generator: Generator
  /// Maps with the image's phase folded in, Fourier transform, mask.
  let system: SENSEOperator
  let measurements: ComplexArray
  let frame: ImageFrame
  /// The number of levels that move.
  let levels: Int
  let scale: Float
  /// The misfit's standard deviation σ.
  let misfit: Float
  let priorWeight: Float
  /// Penalty beyond these sums of absolute values, one a level; none if nil.
  let penaltyRadii: [Double]?

  /// The number of values of each level's deviation.
  static func counts(_ generator: Generator, _ frame: ImageFrame) -> [Int] {
    generator.levels.indices.map {
      generator.deviationShape(level: $0, rows: frame.paddedRows, columns: frame.paddedColumns)
        .reduce(1, *)
    }
  }

  /// The deviations in a flat vector, nil for levels beyond it.
  static func deviations(
    _ point: [Float], generator: Generator, frame: ImageFrame
  ) -> [Features?] {
    var start = 0
    return counts(generator, frame).enumerated().map { level, count in
      guard start + count <= point.count else { return nil }
      defer { start += count }
      let s = generator.deviationShape(
        level: level, rows: frame.paddedRows, columns: frame.paddedColumns)
      return Features(
        rows: s[0], columns: s[1], channels: s[2], values: Array(point[start..<start + count]))
    }
  }

  /// The generated image, unscaled, with the pass that a gradient needs.
  static func draw(
    _ point: [Float], generator: Generator, frame: ImageFrame
  ) -> Generator.Pass {
    generator.forward(
      deviations(point, generator: generator, frame: frame), rows: frame.paddedRows,
      columns: frame.paddedColumns)
  }

  func callAsFunction(_ point: [Float], _ gradient: inout [Float]) -> Double {
    let pass = Self.draw(point, generator: generator, frame: frame)
    let image = frame.cut(pass.output, scale: scale)
    var back = ComplexArray(zeros: system.domain)
    let weight = 1 / (misfit * misfit)
    var value =
      Double(weight) * system.dataLoss(image, measurements: measurements, into: &back)
    let gradients = generator.backward(
      frame.paste(back, scale: scale * weight), pass: pass
    ).deviations
    var start = 0
    for level in 0..<levels {
      for (i, g) in gradients[level].values.enumerated() {
        let e = point[start + i]
        gradient[start + i] = g + priorWeight * e
        value += 0.5 * Double(priorWeight) * Double(e * e)
      }
      start += gradients[level].values.count
    }
    if let penaltyRadii { value += addPenalty(penaltyRadii, point, &gradient) }
    return value
  }

  /// (max(0, ‖ε‖₁ − r))² / (2 n) for each level of n values: zero inside the ball, and rising as
  /// the square of the mean excess outside.
  private func addPenalty(
    _ radii: [Double], _ point: [Float], _ gradient: inout [Float]
  ) -> Double {
    var value = 0.0
    var start = 0
    for (level, count) in Self.counts(generator, frame).prefix(levels).enumerated() {
      let range = start..<start + count
      let sum = range.reduce(0.0) { $0 + Double(abs(point[$1])) }
      let excess = max(0, sum - radii[level])
      value += excess * excess / (2 * Double(count))
      let slope = Float(excess / Double(count))
      if slope > 0 {
        for i in range where point[i] != 0 { gradient[i] += point[i] > 0 ? slope : -slope }
      }
      start += count
    }
    return value
  }
}
