/// The pixels of one slice `[rows, columns]` that belong to a region.
public struct RegionMask: Sendable, Equatable {
  /// The rows of the slice.
  public let rows: Int
  /// The columns of the slice.
  public let columns: Int
  /// Whether a pixel belongs to the region, row after row.
  public let members: [Bool]

  /// A region of the pixels for which `members`, of `rows`·`columns` values, is true.
  public init(rows: Int, columns: Int, members: [Bool]) {
    precondition(members.count == rows * columns, "a mask needs one value per pixel")
    (self.rows, self.columns, self.members) = (rows, columns, members)
  }

  /// All pixels of a slice.
  public init(wholeOfRows rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, members: Array(repeating: true, count: rows * columns))
  }

  /// The number of pixels in the region.
  public var pixels: Int {
    members.count { $0 }
  }

  /// The row-major indices of the region's pixels, ascending.
  var pixelIndices: [Int] {
    members.indices.filter { members[$0] }
  }

  /// The indices, row-major, of those pixels of a map `[mapRows, mapColumns]` whose centres lie in the
  /// region, where the pixel `(i, j)` of the map is centred on `(origin + i·step, origin + j·step)`.
  func indices(mapRows: Int, mapColumns: Int, origin: Int, step: Int) -> [Int] {
    var out: [Int] = []
    for row in 0..<mapRows {
      for column in 0..<mapColumns
      where members[(origin + row * step) * columns + origin + column * step] {
        out.append(row * mapColumns + column)
      }
    }
    return out
  }

  /// The same for the map of the windows of `side` pixels, odd, that lie fully inside the slice.
  func windowIndices(side: Int) -> [Int] {
    indices(
      mapRows: rows - side + 1, mapColumns: columns - side + 1, origin: side / 2, step: 1)
  }

  /// The indices of the 2×2 blocks, row-major, of which at least half of the pixels lie in the region.
  ///
  /// A block at an odd last row or column has only the pixels inside the slice.
  func blockIndices() -> [Int] {
    let width = (columns + 1) / 2
    var inside = [Int](repeating: 0, count: (rows + 1) / 2 * width)
    var all = inside
    for row in 0..<rows {
      for column in 0..<columns {
        let block = row / 2 * width + column / 2
        all[block] += 1
        if members[row * columns + column] { inside[block] += 1 }
      }
    }
    return inside.indices.filter { 2 * inside[$0] >= all[$0] }
  }
}
