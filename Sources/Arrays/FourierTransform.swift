import CFFTW
public import Numerics
import Synchronization

/// The centred, unitary discrete Fourier transform of one `[rows, columns]` image, in place.
///
/// Along each transformed axis of size `n` with centre `c = n / 2` (rounded down) it computes
/// `X[k] = n^(-1/2) Σ x[j] exp(-2πi (k - c)(j - c) / n)`, which is `fftshift(fft(ifftshift(x)))` with
/// "ortho" scaling: the centre of k-space lies at index `n / 2`, as in fastMRI. The shifts are not
/// carried out: they are phase factors before and after FFTW's transform (plain signs when `n` is
/// even), and the scale rides along.
///
/// A value is cheap to make: plans are made once per size and kept for the life of the process.
/// Transforms may run from many threads at once; each runs on the calling thread.
public struct FourierTransform: Sendable {
  /// Which axes of `[rows, columns]` are transformed.
  public enum Axes: Hashable, Sendable {
    /// Both axes.
    case rowsAndColumns
    /// The readout axis only: every column is transformed on its own.
    case rows
    /// The phase-encode axis only: every row is transformed on its own.
    case columns
  }

  /// The size of the first axis.
  public let rows: Int
  /// The size of the second, contiguous axis.
  public let columns: Int
  /// The transformed axes.
  public let axes: Axes

  private let plans: FourierPlans
  private let rowCentring: Centring
  private let columnCentring: Centring

  /// A transform of images `[rows, columns]` along `axes`.
  public init(rows: Int, columns: Int, axes: Axes = .rowsAndColumns) {
    guard rows > 0, columns > 0 else {
      shapeError("a Fourier transform of [\(rows), \(columns)] has an empty axis")
    }
    self.rows = rows
    self.columns = columns
    self.axes = axes
    plans = FourierPlans.shared(rows: rows, columns: columns, axes: axes)
    rowCentring = axes == .columns ? Centring(untransformed: rows) : Centring(size: rows)
    columnCentring = axes == .rows ? Centring(untransformed: columns) : Centring(size: columns)
  }

  /// Image to k-space, in place on `rows * columns` values.
  public func forward(_ image: UnsafeMutablePointer<Complex<Float>>) {
    centre(image, rowCentring.before, columnCentring.before, conjugated: false)
    transform(image, inverse: false)
    centre(image, rowCentring.after, columnCentring.after, conjugated: false)
  }

  /// K-space to image, in place on `rows * columns` values: the inverse and adjoint of `forward`.
  public func inverse(_ image: UnsafeMutablePointer<Complex<Float>>) {
    centre(image, rowCentring.before, columnCentring.before, conjugated: true)
    transform(image, inverse: true)
    centre(image, rowCentring.after, columnCentring.after, conjugated: true)
  }

  /// Image to k-space for every image of an array `[…, rows, columns]`, in place.
  public func forward(_ array: inout ComplexArray) {
    forEachImage(&array) { forward($0) }
  }

  /// K-space to image for every image of an array `[…, rows, columns]`, in place.
  public func inverse(_ array: inout ComplexArray) {
    forEachImage(&array) { inverse($0) }
  }

  /// FFTW's own transform: neither centred nor scaled, in place on `rows * columns` values.
  ///
  /// For fused operators that fold `centringBefore` and `centringAfter` into passes of their own.
  package func transform(_ image: UnsafeMutablePointer<Complex<Float>>, inverse: Bool) {
    plans.execute(image, inverse: inverse)
  }

  /// The factors along columns that `forward` applies before FFTW's transform; `inverse` applies
  /// their conjugates.
  package var centringBefore: [Complex<Float>] { columnCentring.before }

  /// The factors along columns, scale included, that `forward` applies after FFTW's transform;
  /// `inverse` applies their conjugates.
  package var centringAfter: [Complex<Float>] { columnCentring.after }

  private func forEachImage(
    _ array: inout ComplexArray, _ body: @Sendable (UnsafeMutablePointer<Complex<Float>>) -> Void
  ) {
    guard array.shape.count >= 2, array.shape.suffix(2) == [rows, columns] else {
      shapeError("a Fourier transform of [\(rows), \(columns)] got an array \(array.shape)")
    }
    let size = rows * columns
    let images = array.count / size
    array.values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let start = base
      parallelFor(images) { body(start + $0 * size) }
    }
  }

  /// Multiplies the image by the outer product of the two axes' factors.
  private func centre(
    _ image: UnsafeMutablePointer<Complex<Float>>, _ rowFactors: [Complex<Float>],
    _ columnFactors: [Complex<Float>], conjugated: Bool
  ) {
    if rowCentring.isReal && columnCentring.isReal {
      // Real factors need no complex products: one multiplication per float.
      let values = UnsafeMutableRawPointer(image).assumingMemoryBound(to: Float.self)
      let pattern = columnFactors.flatMap { [$0.real, $0.real] }
      for row in 0..<rows {
        let line = values + row * 2 * columns
        let factor = rowFactors[row].real
        for index in 0..<2 * columns { line[index] *= factor * pattern[index] }
      }
    } else {
      for row in 0..<rows {
        let line = image + row * columns
        for column in 0..<columns {
          let factor = rowFactors[row] * columnFactors[column]
          line[column] *= conjugated ? factor.conjugate : factor
        }
      }
    }
  }
}

/// The factors along one axis that turn FFTW's transform into the centred, unitary one.
///
/// From `(k - c)(j - c) = kj - jc - (k - c)c`: `exp(2πi jc / n)` before and
/// `n^(-1/2) exp(2πi (k - c)c / n)` after. For even `n` these are `±1` and `±n^(-1/2)`.
private struct Centring {
  let before: [Complex<Float>]
  let after: [Complex<Float>]
  let isReal: Bool

  init(size: Int) {
    let centre = size / 2
    let scale = 1 / Double(size).squareRoot()
    // The exponent is reduced modulo n as an integer, so that no precision is lost at large sizes.
    func factor(_ exponent: Int, _ length: Double) -> Complex<Float> {
      let reduced = ((exponent % size) + size) % size
      if reduced == 0 { return Complex(Float(length), 0) }
      if 2 * reduced == size { return Complex(Float(-length), 0) }
      let angle = 2 * Double.pi * Double(reduced) / Double(size)
      return Complex(Float(length * .cos(angle)), Float(length * .sin(angle)))
    }
    before = (0..<size).map { factor($0 * centre, 1) }
    after = (0..<size).map { factor(($0 - centre) * centre, scale) }
    isReal = size % 2 == 0 || size == 1
  }

  init(untransformed size: Int) {
    before = Array(repeating: Complex(1, 0), count: size)
    after = before
    isReal = true
  }
}

/// The four FFTW plans of one size: forward and inverse, for aligned and for unaligned memory.
///
/// FFTW's planner is not thread-safe, execution on new arrays is
/// (fftw.org, "Thread safety"): hence one lock around planning and none around execution.
/// `FFTW_ESTIMATE` because measured plans differ from run to run, and with them the last bits.
private final class FourierPlans: @unchecked Sendable {
  private struct Key: Hashable {
    let rows: Int
    let columns: Int
    let axes: FourierTransform.Axes
  }

  private static let made = Mutex<[Key: FourierPlans]>([:])

  private let forward: fftwf_plan
  private let inverse: fftwf_plan
  private let forwardUnaligned: fftwf_plan
  private let inverseUnaligned: fftwf_plan

  static func shared(rows: Int, columns: Int, axes: FourierTransform.Axes) -> FourierPlans {
    made.withLock { plans in
      let key = Key(rows: rows, columns: columns, axes: axes)
      if let known = plans[key] { return known }
      let new = FourierPlans(rows: rows, columns: columns, axes: axes)
      plans[key] = new
      return new
    }
  }

  private init(rows: Int, columns: Int, axes: FourierTransform.Axes) {
    guard let scratch = fftwf_alloc_complex(rows * columns) else {
      fatalError("no memory to plan a Fourier transform of [\(rows), \(columns)]")
    }
    defer { fftwf_free(scratch) }
    func plan(_ sign: Int32, _ flags: UInt32) -> fftwf_plan {
      let (rows, columns) = (Int32(rows), Int32(columns))
      let made: fftwf_plan? =
        switch axes {
        case .rowsAndColumns:
          fftwf_plan_dft_2d(rows, columns, scratch, scratch, sign, flags)
        case .rows:
          fftwf_plan_many_dft(
            1, [rows], columns, scratch, nil, columns, 1, scratch, nil, columns, 1, sign, flags)
        case .columns:
          fftwf_plan_many_dft(
            1, [columns], rows, scratch, nil, 1, columns, scratch, nil, 1, columns, sign, flags)
        }
      guard let made else { fatalError("FFTW made no plan for [\(rows), \(columns)]") }
      return made
    }
    let estimate = UInt32(FFTW_ESTIMATE)
    let unaligned = UInt32(FFTW_ESTIMATE) | UInt32(FFTW_UNALIGNED)
    forward = plan(FFTW_FORWARD, estimate)
    inverse = plan(FFTW_BACKWARD, estimate)
    forwardUnaligned = plan(FFTW_FORWARD, unaligned)
    inverseUnaligned = plan(FFTW_BACKWARD, unaligned)
  }

  func execute(_ image: UnsafeMutablePointer<Complex<Float>>, inverse isInverse: Bool) {
    let raw = UnsafeMutableRawPointer(image)
    let values = raw.assumingMemoryBound(to: fftwf_complex.self)
    let isAligned = fftwf_alignment_of(raw.assumingMemoryBound(to: Float.self)) == 0
    switch (isInverse, isAligned) {
    case (false, true): fftwf_execute_dft(forward, values, values)
    case (false, false): fftwf_execute_dft(forwardUnaligned, values, values)
    case (true, true): fftwf_execute_dft(inverse, values, values)
    case (true, false): fftwf_execute_dft(inverseUnaligned, values, values)
    }
  }
}
