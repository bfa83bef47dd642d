/// How a simulated head is scanned.
public struct HeadScanSettings: Equatable, Sendable {
  /// The image's rows, from front to back; the readout holds twice as many samples.
  public var rows = 256
  /// The image's columns, the phase-encode axis.
  public var columns = 216
  /// Axial slices.
  public var slices = 2
  /// Receiver coils.
  public var coils = 8
  /// The weighting.
  public var contrast = Contrast.t1
  /// Signal of white matter in the middle of the head, coils combined, over the noise's standard
  /// deviation in the real and in the imaginary part.
  public var signalToNoise: Float = 40
  /// The seed of the head and of the noise.
  public var seed: UInt64 = 1
  /// The extent of the rows in millimetres; pixels are square.
  public var fieldOfView: Float = 240
  /// The height of the middle of the stack above the plane of the commissures, in millimetres.
  public var position: Float = 14
  /// From slice to slice in millimetres.
  public var spacing: Float = 6
  /// The thickness of a slice in millimetres.
  public var thickness: Float = 3

  /// The heights that the simulated anatomy covers: from the basal ganglia to below the vertex.
  public static let heights: ClosedRange<Float> = -2...58
  /// The smallest field of view into which every head fits, in millimetres.
  public static let leastExtents: (rows: Float, columns: Float) = (220, 180)

  /// The standard scan; change what is to differ.
  public init() {}

  /// The side of a pixel in millimetres.
  public var pixel: Float { fieldOfView / Float(rows) }

  /// The height of a slice's middle above the plane of the commissures, in millimetres.
  public func height(slice: Int) -> Float {
    position + (Float(slice) - Float(slices - 1) / 2) * spacing
  }

  /// One sentence on the first setting that makes no sense, if there is one.
  public var fault: String? {
    func outside(_ name: String, _ value: Int, _ range: ClosedRange<Int>) -> String? {
      range.contains(value)
        ? nil : "\(name) is \(value); give \(range.lowerBound) to \(range.upperBound)"
    }
    let counts =
      outside("rows", rows, 32...1024) ?? outside("columns", columns, 32...1024)
      ?? outside("slices", slices, 1...200) ?? outside("coils", coils, 1...64)
    if let counts { return counts }
    let least = Self.leastExtents
    guard fieldOfView >= least.rows, fieldOfView <= 1000 else {
      return "the field of view is \(fieldOfView) mm; give \(least.rows) to 1000"
    }
    guard pixel * Float(columns) >= least.columns else {
      return "\(columns) columns of \(pixel) mm leave no room for a head \(least.columns) mm wide; "
        + "give more columns, fewer rows or a larger field of view"
    }
    guard signalToNoise > 0, signalToNoise.isFinite else {
      return "the signal-to-noise ratio is \(signalToNoise); give a number above 0"
    }
    guard spacing >= 0, thickness > 0, thickness <= 20, spacing.isFinite else {
      return "slices \(thickness) mm thick every \(spacing) mm make no stack; give a thickness "
        + "above 0 and up to 20, and a spacing of at least 0"
    }
    let (lowest, highest) = (height(slice: 0), height(slice: slices - 1))
    guard Self.heights.contains(lowest), Self.heights.contains(highest) else {
      return "the slices lie at \(lowest) to \(highest) mm; the simulated head has anatomy only "
        + "from \(Self.heights.lowerBound) to \(Self.heights.upperBound) mm"
    }
    return nil
  }
}
