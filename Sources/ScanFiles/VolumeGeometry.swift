import Acquisition

/// Where the elements of an image volume lie, in NIfTI's world: x to the patient's right, y to the
/// front and z to the head (RAS), in millimetres.
public struct VolumeGeometry: Equatable, Sendable {
  /// The distances from column to column, row to row and slice to slice; 1 where the scan does not
  /// say.
  public let spacing: SIMD3<Double>
  /// The thickness of a slice in millimetres, without the gap to the next; nil where the scan does not
  /// say.
  public let thickness: Double?
  /// Whether `spacing` within slices is known.
  public let hasKnownSpacing: Bool
  /// The steps in the world per column, row and slice, and the place of element 0; nil where the
  /// scan does not say how its slices lie.
  public let axes: Axes?

  /// An affine map from (column, row, slice) to the world.
  public struct Axes: Equatable, Sendable {
    public var column: SIMD3<Double>
    public var row: SIMD3<Double>
    public var slice: SIMD3<Double>
    public var origin: SIMD3<Double>
  }

  /// The geometry of images `size` of the slices `slices` of `scan`, cut from its centre.
  ///
  /// Image element rows / 2 of the uncut image lies at the slice's position, because there the
  /// centred Fourier transform has its origin. With `padded`, rows and columns, it is that of images whose
  /// k-space was padded to it: smaller elements over the same extent. Throws `ScanFileError` if the slices are
  /// not evenly spaced, which no affine map can say.
  public init(
    of scan: any Scan, slices: [Int], size: (rows: Int, columns: Int), padded: [Int]? = nil
  ) throws(ScanFileError) {
    let (rows, columns) = padded.map { ($0[0], $0[1]) } ?? (scan.rows, scan.columns)
    let pixel = scan.pixelSize.map {
      (
        $0.rows * Double(scan.rows) / Double(rows),
        $0.columns * Double(scan.columns) / Double(columns)
      )
    }
    hasKnownSpacing = pixel != nil
    let (height, width) = pixel ?? (1, 1)
    let space = scan.header.encoded
    thickness = space?.partitionExtent.map { $0 / Double(space?.partitions ?? 1) }
    let planes = slices.compactMap { scan.plane(slice: $0) }
    guard pixel != nil, planes.count == slices.count, let first = planes.first,
      let last = planes.last
    else {
      axes = nil
      spacing = SIMD3(width, height, thickness ?? 1)
      return
    }
    var step = first.sliceDirection * (thickness ?? 1)
    if planes.count > 1 {
      step = (last.position - first.position) / Double(planes.count - 1)
      for (index, plane) in planes.enumerated() {
        let away = plane.position - (first.position + step * Double(index))
        guard Self.length(away) < 0.01 + 0.01 * Self.length(step), Self.length(step) > 0 else {
          throw ScanFileError(
            file: scan.file,
            problem: .unsupported(
              "its slices \(slices.map(String.init).joined(separator: ", ")) are not evenly spaced, "
                + "as those of a volume must be", cure: "choose others with --slices"))
        }
      }
    }
    func world(_ vector: SIMD3<Double>) -> SIMD3<Double> { SIMD3(-vector.x, -vector.y, vector.z) }
    let column = world(first.phaseDirection) * width
    let row = world(first.readDirection) * height
    // The element of the cut image that was rows / 2 before.
    let middle = (
      row: rows / 2 - (rows - size.rows) / 2,
      column: columns / 2 - (columns - size.columns) / 2
    )
    axes = Axes(
      column: column, row: row, slice: world(step),
      origin: world(first.position) - row * Double(middle.row) - column * Double(middle.column))
    spacing = SIMD3(width, height, Self.length(step))
  }

  private static func length(_ vector: SIMD3<Double>) -> Double {
    (vector * vector).sum().squareRoot()
  }
}
