public import Arrays

/// A part of a slice over which metrics are taken.
public enum ImageRegion: Sendable, Hashable {
  /// Every pixel.
  case whole
  /// The pixels of the reference above Otsu's threshold of that slice (`otsuThreshold`).
  ///
  /// Nothing else is done: holes are not filled, and no component is left out. A slice of one value
  /// has no foreground.
  case foreground
  /// A rectangle, clipped to the slice.
  case box(RegionBox)

  /// The name in tables: `whole`, `foreground` or the label of the box.
  public var name: String {
    switch self {
    case .whole: "whole"
    case .foreground: "foreground"
    case .box(let box): box.label
    }
  }

  /// The pixels of the region in a slice with the magnitude image `reference`, `[rows, columns]`.
  ///
  /// - Throws: `RegionError` for a box without a pixel in the slice, a reference that is no slice and,
  ///   for the foreground, a reference that is not finite.
  public func mask(of reference: RealArray) throws(RegionError) -> RegionMask {
    guard reference.shape.count == 2 else { throw .notSlice(shape: reference.shape) }
    let (rows, columns) = (reference.shape[0], reference.shape[1])
    switch self {
    case .whole:
      return RegionMask(wholeOfRows: rows, columns: columns)
    case .foreground:
      if let bad = reference.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(row: bad / columns, column: bad % columns)
      }
      let values = reference.values.map(Double.init)
      let threshold = otsuThreshold(values)
      return RegionMask(
        rows: rows, columns: columns,
        members: values.map { value in threshold.map { value > $0 } ?? false })
    case .box(let box):
      let part = try box.clipped(rows: rows, columns: columns)
      var members = [Bool](repeating: false, count: rows * columns)
      for row in part.row..<part.row + part.height {
        for column in part.column..<part.column + part.width {
          members[row * columns + column] = true
        }
      }
      return RegionMask(rows: rows, columns: columns, members: members)
    }
  }
}
