public import Arrays
import Kernels

/// Changes an image's wavelet coefficients in place, under a circular shift of the wavelets.
///
/// Haar wavelets of L levels do not reach beyond blocks of 2^L samples, odd ends included. Strips of
/// 2^L rows are therefore taken through analysis, change and synthesis one by one in cache-sized
/// memory: the image is read and written once. Longer filters go through the whole image level by
/// level. The shift is in the addressing and costs no copy.
public struct ShiftedWavelets: Sendable {
  /// The transform that is shifted.
  public let transform: WaveletOperator
  private let table: image_kernel_table

  /// Shifted versions of `transform`.
  public init(_ transform: WaveletOperator) { self.init(transform, kernelSet: nil) }

  /// The same by kernels of the name `kernelSet`, for tests.
  init(_ transform: WaveletOperator, kernelSet: String?) {
    guard let table = kernelSet.map({ image_kernels_named($0) }) ?? image_kernels() else {
      fatalError("this processor has no kernels called \(kernelSet ?? "")")
    }
    self.transform = transform
    self.table = table.pointee
  }

  /// The proximal map of `threshold` · ‖W x‖₁: shortens each complex coefficient, at most to 0.
  ///
  /// `image` is `[rows, columns]`; the transform sees it moved by `shift`, of which both parts are from
  /// 0 to below the sizes. A value that is not finite stays so.
  public func shrink(
    _ image: inout ComplexArray, threshold: Float, shift: (down: Int, right: Int)
  ) {
    change(&image, beside: nil, shift) { count, coefficients, _ in
      table.soft_threshold(count, coefficients, threshold)
    }
  }

  /// The proximal map of Σ `toZero` |W x| + `toCentre` |W(x − g)|, of real and imaginary parts apart.
  ///
  /// - Parameters:
  ///   - image: x, `[rows, columns]`.
  ///   - centre: g; nil for 0.
  ///   - shift: as for `shrink`.
  public func shrink(
    _ image: inout ComplexArray, towards centre: ComplexArray?, toZero: Float, toCentre: Float,
    shift: (down: Int, right: Int)
  ) {
    change(&image, beside: centre, shift) { count, coefficients, centres in
      table.centred_threshold(count, coefficients, centres, toZero, toCentre)
    }
  }

  private typealias Change =
    @Sendable (Int, UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>?) -> Void

  private func change(
    _ image: inout ComplexArray, beside centre: ComplexArray?, _ shift: (down: Int, right: Int),
    _ body: Change
  ) {
    let (rows, columns) = (transform.domain[0], transform.domain[1])
    guard image.shape == transform.domain, centre.map({ $0.shape == transform.domain }) ?? true
    else { shapeError("wavelets of \(transform.domain) for an image \(image.shape)") }
    if image.count == 0 { return }
    image.values.withMutableInterleaved { image in
      withOptional(centre) { centre in
        if transform.levels == 0 {
          body(rows * columns, image, centre)
        } else if transform.filter == .haar {
          changeStrips(image, centre, shift, body)
        } else {
          changeBlock(image, centre, shift, first: 0, rows: rows, sharedOut: true, body)
        }
      }
    }
  }

  private func changeStrips(
    _ image: UnsafeMutablePointer<Float>, _ centre: UnsafeMutablePointer<Float>?,
    _ shift: (down: Int, right: Int), _ body: Change
  ) {
    let (rows, height) = (transform.domain[0], 1 << transform.levels)
    nonisolated(unsafe) let (image, centre) = (image, centre)
    parallelFor((rows + height - 1) / height) { strip in
      let first = strip * height
      changeBlock(
        image, centre, shift, first: first, rows: min(height, rows - first), sharedOut: false, body)
    }
  }

  private func changeBlock(
    _ image: UnsafeMutablePointer<Float>, _ centre: UnsafeMutablePointer<Float>?,
    _ shift: (down: Int, right: Int), first: Int, rows: Int, sharedOut: Bool, _ body: Change
  ) {
    let (imageRows, columns) = (transform.domain[0], transform.domain[1])
    let cascade = WaveletCascade(
      filter: transform.filter, rows: rows, columns: columns, levels: transform.levels)
    let floats = 2 * cascade.count
    let memory = UnsafeMutablePointer<Float>.allocate(
      capacity: (centre == nil ? 1 : 2) * floats + cascade.workFloats)
    defer { memory.deallocate() }
    let (centres, work) = (memory + floats, memory + (centre == nil ? 1 : 2) * floats)
    var place = WaveletCascade.Place(
      image: image, imageRows: imageRows, rowOffset: (first + imageRows - shift.down) % imageRows,
      columnOffset: (columns - shift.right) % columns)
    if let centre {
      place.image = centre
      cascade.analyse(place, into: centres, work: work, sharedOut: sharedOut)
      place.image = image
    }
    cascade.analyse(place, into: memory, work: work, sharedOut: sharedOut)
    body(cascade.count, memory, centre == nil ? nil : centres)
    cascade.synthesise(memory, into: place, work: work, sharedOut: sharedOut)
  }

  private func withOptional(
    _ array: ComplexArray?, _ body: (UnsafeMutablePointer<Float>?) -> Void
  ) {
    guard let array else { return body(nil) }
    array.values.withInterleaved { body(UnsafeMutablePointer(mutating: $0)) }
  }
}
