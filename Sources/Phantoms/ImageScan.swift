public import Arrays
import Numerics

/// A simulated multi-coil scan of given magnitude images, slice by slice.
///
/// The k-space of coil c is the centred unitary Fourier transform of
/// `magnitude · exp(i · phase) · sensitivity_c`, plus white complex Gaussian noise. The phase is
/// smooth, as that of a gradient echo. The sensitivities are the fields of an array of loops
/// around the image, divided at each pixel by their root sum of squares: the source images already
/// carry the brightness of the coils that they were taken with, so without noise the root sum of
/// squares is the given image again.
///
/// The object is the given pixels and nothing between them: it is band-limited to the matrix, so
/// that there is neither truncation (Gibbs ringing beyond that of the source) nor signal from
/// outside the matrix. Real scans are harder in this. What a method sees is not the model in closed
/// form all the same: maps are estimated from noisy data, and the noise is that of k-space.
///
/// The same settings give the same bytes, whatever the number of threads.
public struct ImageScan: Sendable {
  /// How the images are scanned.
  public struct Settings: Sendable, Equatable {
    /// Receiver coils.
    public var coils = 8
    /// The mean magnitude of the foreground over the standard deviation of the noise in the real and
    /// in the imaginary part of the image that all coils combined give.
    ///
    /// As the transform is unitary and the sensitivities have the root sum of squares 1, that is
    /// also the deviation in the real and imaginary part of every sample of every coil.
    public var signalToNoise: Float = 40
    /// The seed of coils, phase, noise and motion.
    public var seed: UInt64 = 1
    /// The standard deviation, in pixels along each axis, of the place in which the object lies while the
    /// moved columns are acquired; 0 for an object that lies still.
    public var motion: Float = 0
    /// The share of the columns of k-space, chosen at random, that are acquired after the object moved.
    public var movedShare: Float = 0.1

    public init() {}

    /// One sentence on the first setting that makes no sense, if there is one.
    public var fault: String? {
      guard (1...64).contains(coils) else { return "coils is \(coils); give 1 to 64" }
      guard signalToNoise > 0, signalToNoise.isFinite else {
        return "the signal-to-noise ratio is \(signalToNoise); give a number above 0"
      }
      guard motion >= 0, motion < 100 else {
        return "the motion is \(motion) pixels; give 0 to less than 100"
      }
      guard (0...1).contains(movedShare) else {
        return "the share of moved lines is \(movedShare); give 0 to 1"
      }
      return nil
    }
  }

  /// The standard deviation of the noise in the real and in the imaginary part of every sample.
  public let noiseDeviation: Float
  let grid: SliceGrid
  private let coils: Int
  private let loops: ReceiverLoops
  private let phase: RandomWaves
  private let noise: RandomStream
  private let moves: RandomStream
  private let settings: Settings

  /// Scanners give small numbers; nothing may rely on their scale.
  static let receiverScale: Float = 1e-4

  /// A scan of images of `rows` × `columns` pixels whose foreground has the mean magnitude
  /// `signal`; `name` tells scans of one seed apart.
  ///
  /// The settings' `fault` must be nil and `signal` above 0.
  public init(rows: Int, columns: Int, signal: Float, name: String, settings: Settings) {
    if let fault = settings.fault { shapeError(fault) }
    guard rows > 0, columns > 0, signal > 0 else {
      shapeError("a scan of images of \(rows) × \(columns) pixels and a signal of \(signal)")
    }
    // Each part draws from a stream of its own; the name picks the streams, and not the scan's
    // place in a list, so that a scan does not change with those beside it.
    let streams = RandomStream(seed: settings.seed).split(stream: Self.number(of: name))
    var coilStream = streams.split(stream: 1)
    var phaseStream = streams.split(stream: 2)
    loops = ReceiverLoops(count: settings.coils, &coilStream)
    phase = RandomWaves(wavelength: 220, band: 0.3, waves: 16, &phaseStream)
    noise = streams.split(stream: 3)
    moves = streams.split(stream: 4)
    self.settings = settings
    coils = settings.coils
    noiseDeviation = Self.receiverScale * signal / settings.signalToNoise
    // Whatever the true field of view and plane, the image is scaled into the array: its corners
    // lie on the ellipse of the loops' centres, which leaves a head that fills the image about as
    // far from the loops as a head coil does.
    let (half, across) = (Float(rows) / 2, Float(columns) / 2)
    let reach = Complex<Float>(across / ReceiverLoops.semiAxes.x, half / ReceiverLoops.semiAxes.y)
    grid = SliceGrid(rows: rows, columns: columns, spacing: 1 / reach.length)
  }

  /// The fully sampled, noisy k-space of one slice, `[coils, rows, columns]`.
  ///
  /// `image` holds magnitudes `[rows, columns]` on the scale of the `signal`, `slice` numbers the
  /// noise, and `position`, 0 to 1, is the place of the slice in its stack: coils and phase vary
  /// along it.
  public func kspace(of image: RealArray, slice: Int, position: Float) -> ComplexArray {
    let still = stillKspace(of: image, slice: slice, position: position)
    guard settings.motion > 0, settings.movedShare > 0 else { return still }
    var random = moves.split(stream: UInt64(slice))
    let moved = stillKspace(
      of: image, slice: slice, position: position,
      shift: (settings.motion * random.normal(), settings.motion * random.normal()))
    var columns = Array(0..<grid.columns)
    columns.shuffle(using: &random)
    let chosen = Set(columns.prefix(Int(Float(grid.columns) * settings.movedShare)))
    var result = still
    for index in result.values.indices where chosen.contains(index % grid.columns) {
      result.values[index] = moved.values[index]
    }
    return result
  }

  /// The same of an object that does not move.
  ///
  /// With `shift`, in pixels along rows and columns, it lies elsewhere between the same coils; the noise is
  /// the same. The shift is that of the band-limited image, by a linear phase in its k-space.
  public func stillKspace(
    of image: RealArray, slice: Int, position: Float, shift: (rows: Float, columns: Float) = (0, 0)
  ) -> ComplexArray {
    guard image.shape == [grid.rows, grid.columns], slice >= 0 else {
      shapeError("an image of \(image.shape) for a scan of \(grid.rows) × \(grid.columns) pixels")
    }
    let height = ReceiverLoops.middle + 60 * (min(1, max(0, position)) - 0.5)
    let maps = sensitivities(height: height)
    var object = mapSamples(grid) { [phase] x, y, index in
      Complex<Float>(
        length: Self.receiverScale * image.values[index],
        phase: 0.7 * phase.value(x, y, height) + 0.004 * y)
    }
    let size = grid.count
    let transform = FourierTransform(rows: grid.rows, columns: grid.columns)
    let (deviation, stream) = (noiseDeviation, noise.split(stream: UInt64(slice)))
    let shape = [grid.rows, grid.columns]
    if shift != (0, 0) { move(&object, by: shift, transform) }
    let placed = object
    var result = ComplexArray(zeros: [coils] + shape)
    result.values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let start = base
      parallelFor(coils) { coil in
        var signal = ComplexArray(zeros: shape)
        for index in 0..<size { signal.values[index] = placed[index] * maps[coil * size + index] }
        transform.forward(&signal)
        var random = stream.split(stream: UInt64(coil))
        for index in 0..<size {
          let noise = Complex(deviation * random.normal(), deviation * random.normal())
          start[coil * size + index] = signal.values[index] + noise
        }
      }
    }
    return result
  }

  /// Moves an object `[rows, columns]`.
  private func move(
    _ object: inout [Complex<Float>], by shift: (rows: Float, columns: Float),
    _ transform: FourierTransform
  ) {
    var spectrum = ComplexArray(shape: [grid.rows, grid.columns], values: object)
    transform.forward(&spectrum)
    for row in 0..<grid.rows {
      for column in 0..<grid.columns {
        let turns =
          shift.rows * Float(row - grid.rows / 2) / Float(grid.rows)
          + shift.columns * Float(column - grid.columns / 2) / Float(grid.columns)
        let phasor = Complex<Float>(length: 1, phase: -2 * .pi * turns)
        spectrum.values[row * grid.columns + column] *= phasor
      }
    }
    transform.inverse(&spectrum)
    object = spectrum.values
  }

  /// The sensitivities at `height`, `[coils, rows, columns]`, of root sum of squares 1.
  func sensitivities(height: Float) -> [Complex<Float>] {
    let size = grid.count
    var maps: [Complex<Float>] = []
    maps.reserveCapacity(coils * size)
    for coil in 0..<coils {
      maps += mapSamples(grid) { [loops] x, y, _ in
        loops.sensitivity(coil, at: SIMD3(x, y, height))
      }
    }
    for index in 0..<size {
      let sum = (0..<coils).reduce(Float(0)) { $0 + maps[$1 * size + index].lengthSquared }
      // The middle of the head has 1; only a field that vanishes altogether could make it 0.
      let factor = 1 / max(1e-6, sum.squareRoot())
      for coil in 0..<coils {
        maps[coil * size + index] = maps[coil * size + index].multiplied(by: factor)
      }
    }
    return maps
  }

  /// A number that belongs to a name: its UTF-8 bytes by the FNV-1a hash of 64 bits.
  private static func number(of name: String) -> UInt64 {
    name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }
}
