public import Arrays
import Foundation

/// Random changes of geometry and contrast that make a few thousand slices stand for many.
///
/// Ranges as measured to work on real scans.
public struct Augmentation: Sendable, Codable, Equatable {
  /// Zoom factor.
  public var zoom: ClosedRange<Float> = 0.75...1.25
  /// Rotation in radians, either way.
  public var rotation: Float = 0.3
  /// The chance of a further quarter, half or three-quarter turn.
  public var quarterTurns: Float = 0.3
  /// Shift as a share of half the image, either way.
  public var shift: Float = 0.2
  /// Gamma is e^±this.
  public var logGamma: Float = 0.4
  /// Standard deviation of the log of the smooth bias field on a 3 × 3 grid.
  public var logBias: Float = 0.25
  /// Overall scale.
  public var scale: ClosedRange<Float> = 0.8...1.2
  /// The share of k-space's width that a view keeps along both axes; all if nil.
  public var resolution: ClosedRange<Float>?

  /// The `resolution` that changes nothing.
  static let fullResolution: ClosedRange<Float> = 1...1

  public init() {}

  /// A sentence if the ranges make no sense, else nil.
  var fault: String? {
    if !(zoom.lowerBound > 0 && zoom.upperBound <= 8) {
      return "augmentation.zoom must lie in (0, 8]"
    }
    if !(rotation >= 0 && rotation <= .pi) { return "augmentation.rotation must lie from 0 to π" }
    if !(quarterTurns >= 0 && quarterTurns <= 1) {
      return "augmentation.quarter_turns must lie between 0 and 1"
    }
    if !(shift >= 0 && shift <= 1) { return "augmentation.shift must lie between 0 and 1" }
    if !(logGamma >= 0 && logGamma <= 2 && logBias >= 0 && logBias <= 2) {
      return "augmentation.log_gamma and log_bias must lie between 0 and 2"
    }
    if let resolution, !(resolution.lowerBound >= 0.1 && resolution.upperBound <= 1) {
      return "augmentation.resolution must lie between 0.1 and 1"
    }
    return scale.lowerBound > 0 && scale.upperBound <= 8
      ? nil : "augmentation.scale must lie in (0, 8]"
  }

  /// A random view of `image`: `crop × crop` pixels, row-major.
  public func view(
    of image: [Float], rows: Int, columns: Int, crop: Int, random stream: inout RandomStream
  ) -> [Float] {
    var out = [Float](repeating: 0, count: crop * crop)
    func uniform(_ range: ClosedRange<Float>) -> Float {
      range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform()
    }
    let size = 1 / uniform(zoom)
    var angle = uniform(-rotation...rotation)
    if stream.uniform() < quarterTurns {
      angle += Float.pi / 2 * Float(1 + Int(stream.uniform() * 3))
    }
    let flip: Float = stream.uniform() < 0.5 ? -1 : 1
    let (shiftY, shiftX) = (uniform(-shift...shift), uniform(-shift...shift))
    let cropY = Int(stream.uniform() * Float(max(0, rows - crop) + 1))
    let cropX = Int(stream.uniform() * Float(max(0, columns - crop) + 1))
    let gamma = exp(uniform(-logGamma...logGamma))
    let bias = (0..<9).map { _ in exp(logBias * stream.normal()) }
    let overall = uniform(scale)

    let (halfY, halfX) = (Float(rows) / 2, Float(columns) / 2)
    let (cosine, sine) = (size * cos(angle), size * sin(angle))
    let ceiling: Float = 1.5
    for y in 0..<crop {
      for x in 0..<crop {
        // Centred coordinates of the view, turned, zoomed, mirrored and shifted into the image.
        let v = Float(y + cropY) + 0.5 - halfY
        let u = Float(x + cropX) + 0.5 - halfX
        let sx = cosine * flip * u - sine * v + shiftX * halfX + halfX - 0.5
        let sy = sine * flip * u + cosine * v + shiftY * halfY + halfY - 0.5
        let value = Self.sample(image, rows: rows, columns: columns, y: sy, x: sx)
        let field = Self.field(
          bias, y: Float(y) / Float(max(1, crop - 1)), x: Float(x) / Float(max(1, crop - 1)))
        let contrast = pow(min(max(value, 0), ceiling) / ceiling, gamma) * ceiling
        out[y * crop + x] = contrast * field * overall
      }
    }
    guard let resolution else { return out }
    return KSpaceCut(share: uniform(resolution)).applied(to: out, side: crop)
  }

  /// Bilinear interpolation, zero outside.
  private static func sample(
    _ image: [Float], rows: Int, columns: Int, y: Float, x: Float
  ) -> Float {
    guard y > -1, x > -1, y < Float(rows), x < Float(columns) else { return 0 }
    let (y0, x0) = (Int(y.rounded(.down)), Int(x.rounded(.down)))
    let (fy, fx) = (y - Float(y0), x - Float(x0))
    func at(_ r: Int, _ c: Int) -> Float {
      r >= 0 && r < rows && c >= 0 && c < columns ? image[r * columns + c] : 0
    }
    return (1 - fy) * ((1 - fx) * at(y0, x0) + fx * at(y0, x0 + 1))
      + fy * ((1 - fx) * at(y0 + 1, x0) + fx * at(y0 + 1, x0 + 1))
  }

  /// The quadratic through a 3 × 3 grid over the unit square: smooth everywhere.
  private static func field(_ grid: [Float], y: Float, x: Float) -> Float {
    func weights(_ t: Float) -> (Float, Float, Float) {
      ((1 - t) * (1 - t), 2 * t * (1 - t), t * t)
    }
    let (a, b) = (weights(y), weights(x))
    let top = b.0 * grid[0] + b.1 * grid[1] + b.2 * grid[2]
    let middle = b.0 * grid[3] + b.1 * grid[4] + b.2 * grid[5]
    let bottom = b.0 * grid[6] + b.1 * grid[7] + b.2 * grid[8]
    return a.0 * top + a.1 * middle + a.2 * bottom
  }
}
