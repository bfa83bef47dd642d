import Arrays
import Kernels
import Numerics

/// Coil maps as the SENSE kernels want them: `[blocks of rows][coils][columns][re, im][8 rows]`.
///
/// The columns are rotated by half their number, which is the centring of the transform, and the
/// maps carry its scale `columns^(-1/2)`. Rows that the last block lacks are zero.
struct SENSEMaps: Sendable {
  let coils: Int
  let rows: Int
  let plan: FourierPlan
  /// The place of each column in a block.
  let places: [Int32]
  private let memory: FloatMemory

  /// The layout of `maps` `[coils, rows, columns]`.
  init(_ maps: ComplexArray) {
    self.init(coils: maps.shape[0], rows: maps.shape[1], plan: .shared(size: maps.shape[2]))
    fill(from: maps)
  }

  /// `other` times `phase` `[rows, columns]`.
  init(_ other: SENSEMaps, times phase: ComplexArray) {
    self.init(coils: other.coils, rows: other.rows, plan: other.plan)
    fill(from: other, times: phase)
  }

  private init(coils: Int, rows: Int, plan: FourierPlan) {
    (self.coils, self.rows, self.plan) = (coils, rows, plan)
    places = plan.centredPlaces
    memory = FloatMemory(count: Self.blocks(rows) * coils * plan.size * Int(FOURIER_STRIDE))
  }

  private func fill(from maps: ComplexArray) {
    let scale = Float(1 / Double(plan.size).squareRoot())
    maps.values.withInterleaved { maps in
      nonisolated(unsafe) let maps = maps
      parallelFor(blocks) { block in
        for coil in 0..<coils {
          let target = start(block, coil)
          load(maps + 2 * coil * rows * plan.size, block, into: target)
          for index in 0..<floats { target[index] *= scale }
        }
      }
    }
  }

  private func fill(from other: SENSEMaps, times phase: ComplexArray) {
    phase.values.withInterleaved { phase in
      nonisolated(unsafe) let phase = phase
      parallelFor(blocks) { block in
        let factors = FloatMemory(count: floats)
        load(phase, block, into: factors.start)
        for coil in 0..<coils {
          fourier_kernels().pointee.multiply(
            Int32(plan.size), factors.start, other.start(block, coil), start(block, coil))
        }
      }
    }
  }

  /// Copies a block of `image` `[rows, columns]`.
  private func load(
    _ image: UnsafePointer<Float>, _ block: Int, into target: UnsafeMutablePointer<Float>
  ) {
    fourier_kernels().pointee.load_lines(
      image + 2 * firstRow(block) * plan.size, plan.size, Int32(usedRows(block)),
      Int32(plan.size), places, 0, target)
  }

  /// Rows that are taken through together.
  private static let lanes = Int(FOURIER_LANES)
  private static func blocks(_ rows: Int) -> Int { (rows + lanes - 1) / lanes }

  /// Blocks of rows.
  var blocks: Int { Self.blocks(rows) }
  /// The floats of one block of an image or map.
  var floats: Int { plan.size * Int(FOURIER_STRIDE) }
  /// The first row of a block.
  func firstRow(_ block: Int) -> Int { block * Self.lanes }
  /// The rows of a block: 8, or fewer in the last.
  func usedRows(_ block: Int) -> Int { min(Self.lanes, rows - firstRow(block)) }

  /// The map of a coil in a block.
  func start(_ block: Int, _ coil: Int) -> UnsafeMutablePointer<Float> {
    memory.start + (block * coils + coil) * floats
  }

  /// The map that is needed after that of `coil`, or nil after the last.
  func next(_ block: Int, _ coil: Int) -> UnsafeMutablePointer<Float>? {
    (block, coil) == (blocks - 1, coils - 1) ? nil : start(block, coil) + floats
  }
}
