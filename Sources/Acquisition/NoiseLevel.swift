public import Arrays
public import Numerics

/// The noise of a scan, from its sampled columns alone.
///
/// Where k-space is far from its centre along both axes, hardly anything but noise is left, save that
/// of edges; and edges, once this outer part is brought to space along the readout, lie in some rows
/// and not in others. (A Hann window over the part's rows keeps them there; without one the part's own
/// ends spread them out.) So the rows in which all coils together are quietest are taken, and the noise
/// is the median magnitude there. The quiet rows are chosen by every second of the columns, and the
/// median is that of the others, each half in turn: a row that is quiet by chance in one half is not in
/// the other, so that the choice does not make the estimate too small.
///
/// Along columns nothing is transformed, and so undersampling does no harm. White noise stays white.
/// The median is that of Donoho's estimate by the finest wavelets (Biometrika 81:425, 1994), for the
/// magnitude of complex values: it is σ √(2 ln 2).
///
/// Of a mask of points neither axis is complete, and nothing can be brought to space: see
/// `deviations(ofPoints:)`.
///
/// What edges leave makes the estimate too large where the signal is far above the noise. On a
/// simulated head of 256 × 216 it is within 10 % of the truth at an SNR of 15 to 100, at 4x and 8x
/// (HeadNoiseTests); coarse matrices, which end where edges are still strong, are harder. On one measured
/// head at 8x, `mri-ilo recon brain_t1_7coil.h5 --accel 8 --seed 1`, the coils together are 4 % above,
/// and each coil between 2 % below and 13 % above, the median magnitude in the image's corners of 20 × 20
/// pixels from all data.
public struct NoiseLevel: Sendable, Equatable {
  /// The standard deviation of the noise in the real and in the imaginary part of a sample, coil by
  /// coil, in units of the k-space.
  ///
  /// The transform being unitary, it is that of a coil image too.
  public let deviations: [Float]

  /// The share of the sampled columns, those farthest from the centre, that are looked at.
  static let columnShare = 1.0 / 3
  /// The share of the rows' bandwidth, farthest from the centre, that is looked at.
  static let rowShare = 3.0 / 4
  /// The share of positions along the readout that count as quiet.
  static let quietShare = 0.2
  /// The fewest columns and rows of that outer part from which noise is estimated.
  static let (fewestColumns, fewestRows) = (4, 8)
  /// The fewest outer points of a mask of points, and the rings that they are parted into.
  static let (fewestPoints, rings) = (128, 8)

  /// Estimates the noise of `kspace` `[coils, rows, columns]`, of which only what `mask` samples is
  /// looked at.
  ///
  /// Columns and rows that are zero in all coils, as after partial sampling, are left out. Throws
  /// `NoiseLevelError` where too little is left, for a coil of zeros and for values that are not
  /// finite.
  public init(kspace: ComplexArray, mask: SamplingMask) throws(NoiseLevelError) {
    guard kspace.shape.count == 3, mask.fits(kspace.shape) else {
      shapeError("k-space \(kspace.shape) got a mask of \(mask.columns.count) columns")
    }
    let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
    if mask.rows != nil {
      let places = mask.samples.indices.filter { mask.samples[$0] }
      deviations = try Self.deviations(
        ofPoints: (0..<coils).flatMap { coil in
          places.map { kspace.values[coil * rows * columns + $0] }
        }, coils: coils, mask: mask)
      return
    }
    func value(_ coil: Int, _ row: Int, _ column: Int) -> Complex<Float> {
      kspace.values[(coil * rows + row) * columns + column]
    }
    let measuredColumns = mask.columns.indices.filter { column in
      mask.columns[column]
        && (0..<coils).contains { coil in
          (0..<rows).contains { value(coil, $0, column) != .zero }
        }
    }
    let outer = Self.farthest(measuredColumns, share: Self.columnShare, from: columns / 2)
    let energies = (0..<rows).map { row -> Double in
      var sum = 0.0
      for coil in 0..<coils {
        for column in outer { sum += Double(value(coil, row, column).lengthSquared) }
      }
      return sum
    }
    // Zeros that went through a Fourier transform and back are no longer quite that.
    let least = 1e-10 * (energies.max() ?? 0)
    let measuredRows = (0..<rows).filter { !(energies[$0] <= least) }
    // Positive frequencies before negative ones: a band without a gap about the highest frequency.
    let band = Self.farthest(measuredRows, share: Self.rowShare, from: rows / 2)
    let order = band.filter { $0 >= rows / 2 } + band.filter { $0 < rows / 2 }
    guard outer.count >= Self.fewestColumns, order.count >= Self.fewestRows else {
      throw .tooFewSamples(columns: outer.count, rows: order.count)
    }
    var part = ComplexArray(zeros: [coils, order.count, outer.count])
    let window = Self.window(order.count)
    for coil in 0..<coils {
      for (place, row) in order.enumerated() {
        for (position, column) in outer.enumerated() {
          part.values[(coil * order.count + place) * outer.count + position] =
            value(coil, row, column).multiplied(by: window[place])
        }
      }
    }
    FourierTransform(rows: order.count, columns: outer.count, axes: .rows).inverse(&part)
    let magnitudes = part.values.map(\.length)
    guard magnitudes.allSatisfy(\.isFinite) else { throw .notFinite }
    deviations = try Self.deviations(
      magnitudes, coils: coils, rows: order.count, columns: outer.count)
  }

  /// The noise of the sampled points of a mask of points, coil by coil; `values` are `[coils, points]`.
  ///
  /// A mask of all points of a rectangle is a smaller k-space, of which the noise is told as of any. Of others
  /// the half of the points that lies farthest from the centre is taken ring by ring; the power of a ring is
  /// by the first quartile of the magnitudes, which few edges reach and which is σ √(2 ln 4/3) for complex
  /// noise. Edges are there all the same: on one measured head the outermost ring has twice the power of
  /// the noise. The k-space of a region with a smooth boundary falls off as r^(−3/2), so σ² + a/r³ is fitted
  /// to the powers and σ is what is left at infinity, but at least half of what the outermost ring has.
  /// On a simulated head at 8x the estimate is 1 to 6 % too high at an SNR of 15, and 13 to 35 % at one of 40
  /// (HeadNoiseTests); on the measured one it is 8 to 20 % above the image's corners.
  /// Throws `NoiseLevelError` for fewer than 128 points there, for a coil of zeros and for values that are
  /// not finite.
  public static func deviations(
    ofPoints values: [Complex<Float>], coils: Int, mask: SamplingMask
  ) throws(NoiseLevelError) -> [Float] {
    if let block = mask.sampledRectangle {
      // Complete along both axes: a smaller k-space, which can be brought to space.
      guard
        let columns = try? SamplingMask.fullySampled(columns: block.columns.count)
      else { throw .tooFewPoints(0) }
      return try NoiseLevel(
        kspace: ComplexArray(
          shape: [coils, block.rows.count, block.columns.count], values: values), mask: columns
      ).deviations
    }
    let all = mask.distances
    let distances = mask.samples.indices.filter { mask.samples[$0] }.map { all[$0] }
    let count = (distances.count + 1) / 2
    guard count >= fewestPoints else { throw .tooFewPoints(count) }
    let outer = distances.indices.sorted { (distances[$0], $0) > (distances[$1], $1) }
      .prefix(count)
    let rings = (0..<Self.rings).map { ring in
      Array(outer[ring * count / Self.rings..<(ring + 1) * count / Self.rings])
    }
    let decays = rings.map { ring in
      ring.reduce(0) { $0 + 1 / max(1e-3, distances[$1] * distances[$1] * distances[$1]) }
        / Double(ring.count)
    }
    var deviations: [Float] = []
    for coil in 0..<coils {
      var powers: [Double] = []
      for ring in rings {
        let magnitudes = ring.map { values[coil * distances.count + $0].length }
        guard magnitudes.allSatisfy(\.isFinite) else { throw .notFinite }
        let quartile = Double(percentile(magnitudes, 25))
        guard quartile > 0 else { throw .silentCoil(coil) }
        powers.append(quartile * quartile / (2 * Double.log(4.0 / 3)))
      }
      let least = powers[0] / 4
      deviations.append(Float(max(least, limit(of: powers, decays)).squareRoot()))
    }
    return deviations
  }

  /// p of the fit p + a·decay to `powers`, whose errors are in proportion to them, with a ≥ 0.
  private static func limit(of powers: [Double], _ decays: [Double]) -> Double {
    var (weight, decay, square, power, product) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (value, x) in zip(powers, decays) {
      let share = 1 / (value * value)
      weight += share
      decay += share * x
      square += share * x * x
      power += share * value
      product += share * x * value
    }
    let determinant = weight * square - decay * decay
    let slope = determinant > 0 ? (weight * product - decay * power) / determinant : 0
    return slope > 0 ? (power - slope * decay) / weight : power / weight
  }

  /// The deviation of all coils taken together: the root of the mean of their squares.
  public var pooled: Float {
    let sum = deviations.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Float((sum / Double(deviations.count)).squareRoot())
  }

  /// The noise of `magnitudes` `[coils, rows, columns]`, rows being positions along the readout.
  private static func deviations(
    _ magnitudes: [Float], coils: Int, rows: Int, columns: Int
  ) throws(NoiseLevelError) -> [Float] {
    // Coils differ in gain: each counts in units of its own first guess.
    var guesses: [Float] = []
    for coil in 0..<coils {
      let guess = percentile(
        Array(magnitudes[coil * rows * columns..<(coil + 1) * rows * columns]), 50)
      guard guess > 0 else { throw .silentCoil(coil) }
      guesses.append(guess)
    }
    let count = max(2, Int((quietShare * Double(rows)).rounded()))
    var quiet: [[Float]] = Array(repeating: [], count: coils)
    for half in 0..<2 {
      let loudness = (0..<rows).map { row -> Double in
        var sum = 0.0
        for coil in 0..<coils {
          for column in stride(from: half, to: columns, by: 2) {
            let ratio = Double(
              magnitudes[(coil * rows + row) * columns + column] / guesses[coil])
            sum += ratio * ratio
          }
        }
        return sum
      }
      let chosen = (0..<rows).sorted { (loudness[$0], $0) < (loudness[$1], $1) }.prefix(count)
      for coil in 0..<coils {
        for row in chosen {
          for column in stride(from: 1 - half, to: columns, by: 2) {
            quiet[coil].append(magnitudes[(coil * rows + row) * columns + column])
          }
        }
      }
    }
    return quiet.map { percentile($0, 50) / Float(2 * Double.log(2)).squareRoot() }
  }

  /// A Hann window of `count` samples whose mean square is 1, so that white noise keeps its variance.
  private static func window(_ count: Int) -> [Float] {
    let values = (0..<count).map { 1 - Double.cos(2 * .pi * (Double($0) + 0.5) / Double(count)) }
    let mean = values.reduce(0) { $0 + $1 * $1 } / Double(count)
    return values.map { Float($0 / mean.squareRoot()) }
  }

  /// The `share` of ascending `indices` that lies farthest from `centre`, ascending.
  private static func farthest(_ indices: [Int], share: Double, from centre: Int) -> [Int] {
    let count = Int((share * Double(indices.count)).rounded(.up))
    return indices.sorted { (abs($0 - centre), $0) > (abs($1 - centre), $1) }.prefix(count).sorted()
  }
}

/// Why the noise of a scan cannot be told.
public enum NoiseLevelError: Error, CustomStringConvertible, Equatable {
  case tooFewSamples(columns: Int, rows: Int)
  case tooFewPoints(Int)
  case silentCoil(Int)
  case notFinite

  public var description: String {
    switch self {
    case .tooFewSamples(let columns, let rows):
      "the noise cannot be estimated from \(columns) columns and \(rows) rows at the edge of k-space; "
        + "it takes \(NoiseLevel.fewestColumns) and \(NoiseLevel.fewestRows)"
    case .tooFewPoints(let points):
      "the noise cannot be estimated from \(points) points at the edge of k-space; it takes "
        + "\(NoiseLevel.fewestPoints)"
    case .silentCoil(let coil):
      "the noise of coil \(coil) cannot be estimated: it holds zeros at the edge of k-space; leave "
        + "the coil out"
    case .notFinite:
      "the sampled k-space holds values that are not finite; check the file for damage"
    }
  }
}
