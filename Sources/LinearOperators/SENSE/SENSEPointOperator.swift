import Arrays
import Kernels
import Numerics

/// `SENSEOperator` for a mask of points `[rows, columns]`.
///
/// Measurements are `[coils, 1, sampled points]`, in k-space along both axes. No row is by itself here, so
/// each coil is taken through map, transform and mask as a whole, coils beside each other; their sum is then
/// made pixel by pixel in the order of the coils, so that results do not depend on the number of threads.
struct SENSEPointOperator: LinearOperator {
  let domain: [Int]
  let codomain: [Int]
  let mask: [Bool]

  private let maps: ComplexArray
  /// The sampled points, in row-major order.
  private let places: [Int]
  private let transform: FourierTransform

  init(maps: ComplexArray, mask: [Bool]) {
    let (coils, rows, columns) = (maps.shape[0], maps.shape[1], maps.shape[2])
    (self.maps, self.mask) = (maps, mask)
    places = mask.indices.filter { mask[$0] }
    domain = [rows, columns]
    codomain = [coils, 1, places.count]
    transform = FourierTransform(rows: rows, columns: columns)
  }

  /// Centred k-space `[coils, rows, columns]` to measurements.
  func hybrid(_ kspace: ComplexArray) -> ComplexArray {
    guard kspace.shape == maps.shape else {
      shapeError("k-space \(kspace.shape) does not fit coil maps \(maps.shape)")
    }
    var result = ComplexArray(zeros: codomain)
    for coil in 0..<codomain[0] {
      for (index, place) in places.enumerated() {
        result.values[coil * places.count + index] = kspace.values[coil * pixels + place]
      }
    }
    return result
  }

  /// Measurements to centred, zero-filled k-space `[coils, rows, columns]`.
  func kspace(_ measurements: ComplexArray) -> ComplexArray {
    guard measurements.shape == codomain else {
      shapeError("measurements \(measurements.shape) are not \(codomain)")
    }
    var result = ComplexArray(zeros: maps.shape)
    for coil in 0..<codomain[0] {
      for (index, place) in places.enumerated() {
        result.values[coil * pixels + place] = measurements.values[coil * places.count + index]
      }
    }
    return result
  }

  func modulated(by phase: ComplexArray) -> SENSEPointOperator {
    guard phase.shape == domain else { shapeError("a phase \(phase.shape) for images \(domain)") }
    return SENSEPointOperator(maps: SensitivityOperator(maps: maps).forward(phase), mask: mask)
  }

  func resampled(by mask: [Bool]) -> SENSEPointOperator {
    SENSEPointOperator(maps: maps, mask: mask)
  }

  func forward(_ x: ComplexArray, into y: inout ComplexArray) {
    check(x.shape, y.shape)
    let count = places.count
    forEachCoil(image: x, measurements: &y) { coil, work, y in
      encode(coil, x, work)
      for (index, place) in places.enumerated() { y[coil * count + index] = work[place] }
    }
  }

  func adjoint(_ y: ComplexArray, into x: inout ComplexArray) {
    check(x.shape, y.shape)
    let count = places.count
    sum(into: &x) { coil, work in
      work.update(repeating: .zero, count: pixels)
      for (index, place) in places.enumerated() { work[place] = y.values[coil * count + index] }
      transform.inverse(work)
    }
  }

  func normal(_ x: ComplexArray, into y: inout ComplexArray) {
    checkNormal(x.shape, y.shape)
    sum(into: &y) { coil, work in
      encode(coil, x, work)
      for place in 0..<pixels where !mask[place] { work[place] = .zero }
      transform.inverse(work)
    }
  }

  func dataLoss(
    _ image: ComplexArray, measurements: ComplexArray, into gradient: inout ComplexArray
  ) -> Double {
    check(image.shape, measurements.shape)
    check(gradient.shape, measurements.shape)
    let count = places.count
    var losses = [Double](repeating: 0, count: codomain[0])
    losses.withUnsafeMutableBufferPointer { losses in
      nonisolated(unsafe) let losses = losses
      sum(into: &gradient) { coil, work in
        encode(coil, image, work)
        var loss = 0.0
        var next = 0
        for (index, place) in places.enumerated() {
          while next < place {
            work[next] = .zero
            next += 1
          }
          let misfit = work[place] - measurements.values[coil * count + index]
          loss += Double(misfit.lengthSquared)
          work[place] = misfit
          next = place + 1
        }
        while next < pixels {
          work[next] = .zero
          next += 1
        }
        losses[coil] = loss
        transform.inverse(work)
      }
    }
    return losses.reduce(0, +) / 2
  }

  private var pixels: Int { domain[0] * domain[1] }

  /// The k-space of `image` as the coil sees it.
  private func encode(
    _ coil: Int, _ image: ComplexArray, _ work: UnsafeMutablePointer<Complex<Float>>
  ) {
    maps.values.withUnsafeBufferPointer { maps in
      image.values.withUnsafeBufferPointer { image in
        for pixel in 0..<pixels { work[pixel] = maps[coil * pixels + pixel] * image[pixel] }
      }
    }
    transform.forward(work)
  }

  /// Runs `body` for each coil with memory for an image of its own.
  private func forEachCoil(
    image: ComplexArray, measurements: inout ComplexArray,
    _ body:
      @Sendable (
        Int, UnsafeMutablePointer<Complex<Float>>, UnsafeMutablePointer<Complex<Float>>
      ) -> Void
  ) {
    measurements.values.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      nonisolated(unsafe) let target = start
      parallelFor(codomain[0]) { coil in
        let memory = FloatMemory(count: 2 * pixels)
        memory.start.withMemoryRebound(to: Complex<Float>.self, capacity: pixels) {
          body(coil, $0, target)
        }
      }
    }
  }

  /// Σ conj(map) · image over the coils, of the coil images that `body` writes.
  private func sum(
    into image: inout ComplexArray,
    _ body: @Sendable (Int, UnsafeMutablePointer<Complex<Float>>) -> Void
  ) {
    let (coils, rows, columns) = (codomain[0], domain[0], domain[1])
    let memory = FloatMemory(count: 2 * coils * pixels)
    memory.start.withMemoryRebound(to: Complex<Float>.self, capacity: coils * pixels) {
      coilImages in
      nonisolated(unsafe) let coilImages = coilImages
      parallelFor(coils) { body($0, coilImages + $0 * pixels) }
      image.values.withUnsafeMutableBufferPointer { image in
        nonisolated(unsafe) let image = image
        maps.values.withUnsafeBufferPointer { maps in
          nonisolated(unsafe) let maps = maps
          parallelFor(rows) { row in
            for pixel in row * columns..<(row + 1) * columns { image[pixel] = .zero }
            for coil in 0..<coils {
              for pixel in row * columns..<(row + 1) * columns {
                image[pixel] +=
                  maps[coil * pixels + pixel].conjugate * coilImages[coil * pixels + pixel]
              }
            }
          }
        }
      }
    }
  }
}
