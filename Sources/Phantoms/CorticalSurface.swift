import Arrays
import Numerics

/// The folded surface of the brain in one slice: what is inside it, and how deep.
struct CorticalSurface: Sendable {
  /// Whether a sample lies within the smooth hull of the brain.
  let hull: [Bool]
  /// Whether a sample lies in one of the large clefts.
  let cleft: [Bool]
  /// The distance to the fluid in sulci and clefts and around the brain, in millimetres; 0 in it.
  let depth: [Float]

  /// The surface of `anatomy` at height `z`, on a grid.
  ///
  /// Sulci are the zero set of a random field, down to a depth that varies from place to place.
  /// The field is stretched across the hull, so that most of them run inwards from it.
  init(_ anatomy: HeadAnatomy, grid: SliceGrid, z: Float) {
    let (hull, cleft) = Self.smoothSurface(anatomy, grid: grid, z: z)
    let outside = hull.indices.map { !hull[$0] || cleft[$0] }
    let smoothDepth = distances(to: outside, rows: grid.rows, columns: grid.columns)
      .map { $0 * grid.spacing }
    let sulci = Self.sulci(anatomy, grid: grid, z: z, smoothDepth: smoothDepth)
    let fluid = hull.indices.map { outside[$0] || sulci[$0] }
    self.hull = hull
    self.cleft = cleft
    depth = distances(to: fluid, rows: grid.rows, columns: grid.columns).map { $0 * grid.spacing }
  }

  private static func smoothSurface(
    _ anatomy: HeadAnatomy, grid: SliceGrid, z: Float
  ) -> (hull: [Bool], cleft: [Bool]) {
    let values = mapSamples(grid) { x, y, _ in
      let head = anatomy.head(scannerX: x, scannerY: y)
      guard anatomy.hullDepth(head.x, head.y, z) > 0 else { return UInt8(0) }
      let bent = anatomy.bent(head, z)
      let standard = SIMD3(bent.x, bent.y, z) / anatomy.stretch
      let offset = head.x - anatomy.midlineX(head.y, z)
      let between = Fissures.interhemispheric(
        offset, standard.y, standard.z, halfWidth: 0.9 + 0.5 * anatomy.sulcusWidth)
      let swung = anatomy.bent(head, z, by: 2.6)
      let width = (0.3 + 0.9 * anatomy.sulcusWidth) * (1 + 0.35 * anatomy.foldDepth.value(x, y, z))
      let sylvian = Fissures.sylvian(
        swung.x / anatomy.stretch.x, swung.y / anatomy.stretch.y, standard.z, halfWidth: width)
      return min(between, sylvian) < 0 ? 2 : 1
    }
    return (values.map { $0 > 0 }, values.map { $0 == 2 })
  }

  private static func sulci(
    _ anatomy: HeadAnatomy, grid: SliceGrid, z: Float, smoothDepth: [Float]
  ) -> [Bool] {
    // The distance bends sharply midway between two walls; smoothed, its gradient fades there.
    let ramp = blurred(
      smoothDepth, rows: grid.rows, columns: grid.columns, radius: 2.5 / grid.spacing)
    let fields = mapSamples(grid) { x, y, index in
      guard smoothDepth[index] > 0, smoothDepth[index] < deepest + 1 else {
        return SIMD2<Float>.zero
      }
      let slope = gradient(ramp, index, grid)
      let inwards = (1 - flattening) * min(ramp[index], deepest)
      let px = x - inwards * slope.x + 2.5 * anatomy.bendX.value(x, y, z)
      let py = y - inwards * slope.y + 2.5 * anatomy.bendY.value(x, y, z)
      return SIMD2(anatomy.folds.value(px, py, z), anatomy.smallFolds.value(px, py, z))
    }
    let deep = fields.map(\.x)
    let shallow = fields.map(\.y)
    return mapSamples(grid) { x, y, index in
      let depth = smoothDepth[index]
      guard depth > 0, depth < deepest else { return false }
      let head = anatomy.head(scannerX: x, scannerY: y)
      let standard = SIMD3(head.x, head.y, z) / anatomy.stretch
      let core = (standard - SIMD3(0, -6, 2)) / SIMD3(33, 47, 34)
      let room = smoothStep(1, 1.3, (core * core).sum().squareRoot())
      let relief = anatomy.foldDepth.value(x, y, z)
      // Sulci open towards the hull, whose gyral crowns become round by it, and end thin.
      let open = 1.1 * Float.exp(-depth / 1.6)
      func isSulcus(_ field: [Float], floor: Float, width: Float, leastSlope: Float) -> Bool {
        guard depth < floor else { return false }
        let slope = gradient(field, index, grid)
        // Where the field is flat two sulci meet: the bound keeps the junction narrow.
        let steepness = max(leastSlope, (slope * slope).sum().squareRoot())
        let half = anatomy.sulcusWidth * (open + 0.22 + width * (1 - depth / floor))
        return abs(field[index]) < half * steepness
      }
      return isSulcus(deep, floor: room * (21 + 4 * relief), width: 0.32, leastSlope: 0.14)
        || isSulcus(shallow, floor: room * (6.5 - 4.5 * relief), width: 0.2, leastSlope: 0.2)
    }
  }

  /// No sulcus reaches deeper below the hull, in millimetres.
  private static let deepest: Float = 26
  /// How much slower the field varies inwards than along the hull.
  private static let flattening: Float = 0.3
}

/// The slope of a field per millimetre, to the left and to the front, by central differences.
private func gradient(_ field: [Float], _ index: Int, _ grid: SliceGrid) -> SIMD2<Float> {
  let (row, column) = (index / grid.columns, index % grid.columns)
  guard row > 0, row < grid.rows - 1, column > 0, column < grid.columns - 1 else { return .zero }
  return SIMD2(
    field[index + 1] - field[index - 1], field[index - grid.columns] - field[index + grid.columns])
    / (2 * grid.spacing)
}

extension HeadAnatomy {
  /// A head position moved by irregular bends of about `amplitude` millimetres.
  func bent(_ head: SIMD2<Float>, _ z: Float, by amplitude: Float = 1.1) -> SIMD2<Float> {
    head
      + amplitude * SIMD2(deepX.value(head.x, head.y, z), deepY.value(head.x, head.y, z))
  }
}
