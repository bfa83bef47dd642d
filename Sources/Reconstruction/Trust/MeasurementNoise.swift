public import Acquisition
public import Arrays
import Numerics

/// The noise of a scan, estimated from its sampled columns alone.
///
/// The readout is fully sampled whatever the mask. So in hybrid space, where rows are places, the rows
/// of air above and below the head hold noise and nothing that is aliased; and of those the outer columns
/// of k-space, where the least leaks in from the head. The quietest eighth of the rows is found by one
/// half of these columns and measured by the other half, and the other way round: measured on the
/// samples that chose them, the quietest rows would look quieter than they are.
///
/// Where the head fills the whole readout no row is air and the estimate is too high. A scan that was
/// filtered, denoised or zero-filled before it was stored has no noise that could be seen in it.
///
/// With a mask of points there is no hybrid space: see `NoiseLevel.deviations(ofPoints:)`.
public struct MeasurementNoise: Sendable, Equatable {
  /// The standard deviation in the real and in the imaginary part of every sample of each coil, in units
  /// of the measurements.
  public let deviations: [Float]

  /// How many of the rows are measured on: one in eight, four at least.
  private static let rowShare = 8

  /// Measures the noise of `measurements` of a `SENSEOperator`, sampled as `mask` says.
  public init(measurements: ComplexArray, mask: SamplingMask) {
    let (coils, rows, sampled) = (
      measurements.shape[0], measurements.shape[1], measurements.shape[2]
    )
    if mask.rows != nil {
      deviations =
        (try? NoiseLevel.deviations(ofPoints: measurements.values, coils: coils, mask: mask))
        ?? Array(repeating: 0, count: coils)
      return
    }
    let columns = mask.columns.indices.filter { mask.columns[$0] }
    guard columns.count == sampled else {
      shapeError("measurements \(measurements.shape) of a mask of \(columns.count) columns")
    }
    let outer = Self.outerColumns(columns, of: mask.columns.count)
    let halves = [0, 1].map { half in
      stride(from: half, to: outer.count, by: 2).map { outer[$0] }
    }
    func energy(_ coil: Int, _ row: Int, _ places: [Int]) -> Double {
      let start = (coil * rows + row) * sampled
      return places.reduce(0) { sum, place in
        let value = measurements.values[start + place]
        let (a, b) = (Double(value.real), Double(value.imaginary))
        return sum + a * a + b * b
      }
    }
    let wanted = min(rows, max(4, rows / Self.rowShare))
    var sums = [Double](repeating: 0, count: coils)
    var samples = 0
    for half in 0..<2 {
      // With a single column it must do both.
      let (chooser, measured) = (halves[half], halves[1 - half])
      guard !measured.isEmpty else { continue }
      let energies = (0..<rows).map { row in
        (0..<coils).reduce(0.0) {
          $0 + energy($1, row, chooser.isEmpty ? measured : chooser)
        }
      }
      let quiet = (0..<rows).sorted { (energies[$0], $0) < (energies[$1], $1) }.prefix(wanted)
      for coil in 0..<coils {
        sums[coil] += quiet.reduce(0.0) { $0 + energy(coil, $1, measured) }
      }
      samples += quiet.count * measured.count
    }
    deviations = sums.map { Float(($0 / Double(2 * max(1, samples))).squareRoot()) }
  }

  /// Noise of a known `deviation`, the same in every measurement.
  init(deviation: Float) { deviations = [deviation] }

  /// The mean over the coils, as a root mean square.
  public var deviation: Float {
    let sum = deviations.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Float((sum / Double(max(1, deviations.count))).squareRoot())
  }

  /// The expected energy Σ|n|² of the noise in measurements `[coils, …, …]`.
  public func energy(shape: [Int]) -> Double {
    deviations.reduce(0) { $0 + 2 * Double($1) * Double($1) } * Double(shape[1] * shape[2])
  }

  /// Noise of this level in measurements of `shape`, coils first where there is more than one deviation.
  func draw(shape: [Int], random: inout RandomStream) -> ComplexArray {
    var noise = ComplexArray(zeros: shape)
    let size = noise.count / deviations.count
    for index in noise.values.indices {
      let deviation = deviations[index / size]
      let (a, b) = RandomStream.normalPair(random.next())
      noise.values[index] = Complex(deviation * a, deviation * b)
    }
    return noise
  }

  /// The places among the sampled `columns` of those in the outer half of k-space; where these are fewer
  /// than eight, of the half that lies farthest out.
  private static func outerColumns(_ columns: [Int], of count: Int) -> [Int] {
    func distance(_ place: Int) -> Int { abs(columns[place] - count / 2) }
    let outer = columns.indices.filter { 4 * distance($0) >= count }
    if outer.count >= 8 { return outer }
    let farthest = columns.indices.sorted { (distance($1), $0) < (distance($0), $1) }
    return farthest.prefix(max(1, (columns.count + 1) / 2)).sorted()
  }
}
