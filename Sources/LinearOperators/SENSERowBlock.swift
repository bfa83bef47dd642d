import Arrays
import Numerics

/// A block of image rows on its way through one coil: the fused steps of `SENSEOperator`.
///
/// Pointers are to interleaved real and imaginary parts of whole arrays; `scratch` holds the block
/// `[rows, columns]` and, behind it, one compact line. The owner deallocates `scratch`.
struct SENSERowBlock {
  let index: Int
  let first: Int
  let rows: Int
  let imageRows: Int
  let columns: Int
  let maps: UnsafePointer<Float>
  let sampled: UnsafeBufferPointer<Int>
  let after: UnsafePointer<Float>
  let scratch: UnsafeMutablePointer<Float>
  let transform: FourierTransform
  private var line: UnsafeMutablePointer<Float> { scratch + 2 * rows * columns }

  init(
    index: Int, first: Int, transform: FourierTransform, imageRows: Int,
    maps: UnsafePointer<Float>, sampled: UnsafeBufferPointer<Int>, after: UnsafePointer<Float>
  ) {
    (self.index, self.first, self.imageRows) = (index, first, imageRows)
    (rows, columns, self.transform) = (transform.rows, transform.columns, transform)
    (self.maps, self.sampled, self.after) = (maps, sampled, after)
    let bytes = (rows + 1) * columns * MemoryLayout<Complex<Float>>.stride
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    scratch = memory.bindMemory(to: Float.self, capacity: 2 * (rows + 1) * columns)
  }

  /// Where this block of `coil` starts in measurements `[coils, rows, sampled columns]`.
  func measurement(_ coil: Int) -> Int { (coil * imageRows + first) * sampled.count }

  private func map(_ coil: Int) -> UnsafePointer<Float> {
    maps + 2 * (coil * imageRows + first) * columns
  }

  private func transformScratch(inverse: Bool) {
    let raw = UnsafeMutableRawPointer(scratch)
    transform.transform(raw.assumingMemoryBound(to: Complex<Float>.self), inverse: inverse)
  }

  /// Sets this block of `image` to zero.
  func clear(_ image: UnsafeMutablePointer<Float>) {
    (image + 2 * first * columns).update(repeating: 0, count: 2 * rows * columns)
  }

  /// Fills scratch with the transformed product of `image` and the coil's map.
  func encode(_ coil: Int, _ image: UnsafePointer<Float>) {
    let (map, image, target) = (map(coil), image + 2 * first * columns, scratch)
    for index in 0..<rows * columns {
      let (a, b) = (map[2 * index], map[2 * index + 1])
      let (c, d) = (image[2 * index], image[2 * index + 1])
      target[2 * index] = a * c - b * d
      target[2 * index + 1] = a * d + b * c
    }
    transformScratch(inverse: false)
  }

  /// Transforms scratch back and adds its product with the conjugate map to `image`.
  func decode(_ coil: Int, _ image: UnsafeMutablePointer<Float>) {
    transformScratch(inverse: true)
    let (map, image, source) = (map(coil), image + 2 * first * columns, scratch)
    for index in 0..<rows * columns {
      let (a, b) = (map[2 * index], map[2 * index + 1])
      let (c, d) = (source[2 * index], source[2 * index + 1])
      image[2 * index] += a * c + b * d
      image[2 * index + 1] += a * d - b * c
    }
  }

  /// Copies the acquired columns of scratch, centred and scaled, to `measurements`.
  func gather(_ measurements: UnsafeMutablePointer<Float>) {
    for row in 0..<rows {
      gatherLine(scratch + 2 * row * columns, measurements + 2 * row * sampled.count)
    }
  }

  private func gatherLine(
    _ source: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    for position in 0..<sampled.count {
      let column = sampled[position]
      let (a, b) = (after[2 * position], after[2 * position + 1])
      let (c, d) = (source[2 * column], source[2 * column + 1])
      target[2 * position] = a * c - b * d
      target[2 * position + 1] = a * d + b * c
    }
  }

  /// Fills scratch with `measurements` at the acquired columns and zero elsewhere.
  func scatter(_ measurements: UnsafePointer<Float>) {
    for row in 0..<rows {
      scatterLine(measurements + 2 * row * sampled.count, scratch + 2 * row * columns)
    }
  }

  private func scatterLine(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    target.update(repeating: 0, count: 2 * columns)
    for position in 0..<sampled.count {
      let column = sampled[position]
      let (a, b) = (after[2 * position], after[2 * position + 1])
      let (c, d) = (source[2 * position], source[2 * position + 1])
      target[2 * column] = a * c + b * d
      target[2 * column + 1] = a * d - b * c
    }
  }

  /// Applies the mask to scratch in place: gather and scatter in one, where the phases cancel.
  func keepSampled() {
    let scale = 1 / Float(columns)
    for row in 0..<rows {
      let values = scratch + 2 * row * columns
      var next = 0
      for column in sampled {
        for index in 2 * next..<2 * column { values[index] = 0 }
        values[2 * column] *= scale
        values[2 * column + 1] *= scale
        next = column + 1
      }
      for index in 2 * next..<2 * columns { values[index] = 0 }
    }
  }

  /// Replaces scratch by its residual against `measurements`; returns the residual's energy.
  func residual(_ measurements: UnsafePointer<Float>) -> Double {
    let width = 2 * sampled.count
    var energy = 0.0
    for row in 0..<rows {
      let values = scratch + 2 * row * columns
      let expected = measurements + row * width
      gatherLine(values, line)
      for index in 0..<width { line[index] -= expected[index] }
      energy += squaredSum(line, width)
      scatterLine(line, values)
    }
    return energy
  }
}
