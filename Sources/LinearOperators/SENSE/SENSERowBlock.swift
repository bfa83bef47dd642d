import Arrays
import Kernels

/// A block of image rows on its way through the coils: the fused steps of `SENSEOperator`.
///
/// Pointers are to interleaved real and imaginary parts of whole arrays.
struct SENSERowBlock {
  let index: Int
  private let maps: SENSEMaps
  private let sampling: SENSESampling
  private let kernels: fourier_table
  private let memory: FloatMemory
  private var image: UnsafeMutablePointer<Float> { memory.start }
  private var sum: UnsafeMutablePointer<Float> { memory.start + maps.floats }
  private var data: UnsafeMutablePointer<Float> { memory.start + 2 * maps.floats }
  private var work: UnsafeMutablePointer<Float> { memory.start + 3 * maps.floats }

  init(
    index: Int, maps: SENSEMaps, sampling: SENSESampling, kernels: UnsafePointer<fourier_table>
  ) {
    (self.index, self.maps, self.sampling) = (index, maps, sampling)
    self.kernels = kernels.pointee
    memory = FloatMemory(count: 3 * maps.floats + maps.plan.workFloats)
  }

  /// `image` to measurements `[coils, rows, sampled columns]`.
  func forward(_ image: UnsafePointer<Float>, into measurements: UnsafeMutablePointer<Float>) {
    load(image)
    for coil in 0..<maps.coils {
      withCoil(coil) { kernels.encode($0, self.image) }
      kernels.store_lines(
        work, sampling.places, 0, 1, rows, sampled, measurements + offset(coil),
        sampling.places.count)
    }
  }

  /// Measurements to `image`, which is overwritten.
  func adjoint(_ measurements: UnsafePointer<Float>, into image: UnsafeMutablePointer<Float>) {
    sum.update(repeating: 0, count: maps.floats)
    for coil in 0..<maps.coils {
      work.update(repeating: 0, count: maps.floats)
      loadData(measurements, coil, into: work)
      withCoil(coil) { kernels.decode($0, sum) }
    }
    store(image)
  }

  /// `image` through the operator and back into `result`, which is overwritten.
  func normal(_ image: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>) {
    load(image)
    sum.update(repeating: 0, count: maps.floats)
    for coil in 0..<maps.coils {
      withCoil(coil) { kernels.normal($0, self.image, sum) }
    }
    store(result)
  }

  /// The squared residual of `image` against measurements; its adjoint overwrites `gradient`.
  func residual(
    _ image: UnsafePointer<Float>, _ measurements: UnsafePointer<Float>,
    into gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    load(image)
    sum.update(repeating: 0, count: maps.floats)
    data.update(repeating: 0, count: maps.floats)
    var energy = 0.0
    for coil in 0..<maps.coils {
      loadData(measurements, coil, into: data)
      withCoil(coil) { energy += kernels.residual($0, self.image, data, sum) }
    }
    store(gradient)
    return energy
  }

  private var rows: Int32 { Int32(maps.usedRows(index)) }
  private var columns: Int32 { Int32(maps.plan.size) }
  private var sampled: Int32 { Int32(sampling.places.count) }

  /// Where this block starts in the image.
  private var imageOffset: Int { 2 * maps.firstRow(index) * maps.plan.size }

  /// Where this block of `coil` starts in the measurements.
  private func offset(_ coil: Int) -> Int {
    2 * (coil * maps.rows + maps.firstRow(index)) * sampling.places.count
  }

  private func load(_ source: UnsafePointer<Float>) {
    kernels.load_lines(
      source + imageOffset, maps.plan.size, rows, columns, maps.places, 0, image)
  }

  private func store(_ target: UnsafeMutablePointer<Float>) {
    kernels.store_lines(
      sum, maps.places, 0, 1, rows, columns, target + imageOffset, maps.plan.size)
  }

  private func loadData(
    _ measurements: UnsafePointer<Float>, _ coil: Int, into block: UnsafeMutablePointer<Float>
  ) {
    kernels.load_lines(
      measurements + offset(coil), sampling.places.count, rows, sampled, sampling.places, 0, block)
  }

  private func withCoil(_ coil: Int, _ body: (UnsafePointer<fourier_coil>) -> Void) {
    sampling.weights.withUnsafeBufferPointer { weights in
      var task = fourier_coil(
        plan: maps.plan.tables, map: maps.start(index, coil), next_map: maps.next(index, coil),
        work: work, weights: weights.baseAddress)
      body(&task)
    }
  }
}

/// A mask along the columns in the order of the transform.
struct SENSESampling: Sendable {
  /// The acquired columns, ascending.
  let columns: [Int]
  /// Where each acquired column stands after the transform.
  let places: [Int32]
  /// By that order: 1 where a column is acquired, else 0.
  let weights: [Float]

  init(mask: [Bool], plan: FourierPlan) {
    columns = mask.indices.filter { mask[$0] }
    let all = plan.centredFrequencyPlaces
    places = columns.map { all[$0] }
    var weights = [Float](repeating: 0, count: mask.count)
    for place in places { weights[Int(place)] = 1 }
    self.weights = weights
  }
}
