import Kernels
public import Numerics

/// The centred, unitary discrete Fourier transform of one `[rows, columns]` image, in place.
///
/// Along each transformed axis of size `n` with centre `c = n / 2` (rounded down) it computes
/// `X[k] = n^(-1/2) Σ x[j] exp(-2πi (k - c)(j - c) / n)`, which is `fftshift(fft(ifftshift(x)))` with
/// "ortho" scaling: the centre of k-space lies at index `n / 2`, as in fastMRI. The shifts are not
/// carried out: eight lines at a time are copied into a block for the kernels and back again, and
/// the copies put each value where the shift would have moved it.
///
/// A value is cheap to make: the tables of a size are made once and kept for the life of the
/// process. Transforms may run from many threads at once. Every size will do; those whose prime
/// factors are at most 13 are the fastest. The root-mean-square error, relative to that of the
/// values, against sums in double precision is below 1.5e-7 for sizes without large prime factors
/// and below 2.5e-7 for all others up to 800.
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

  /// What transforms along the rows' axis, and then along the columns', where asked for.
  private let passes: [AxisPass]

  /// A transform of images `[rows, columns]` along `axes`.
  public init(rows: Int, columns: Int, axes: Axes = .rowsAndColumns) {
    self.init(rows: rows, columns: columns, axes: axes, kernels: fourier_kernels())
  }

  /// A transform by the kernels of the name, for tests; see `fourier_kernels_named`.
  package init?(rows: Int, columns: Int, axes: Axes = .rowsAndColumns, kernelSet: String) {
    guard let kernels = fourier_kernels_named(kernelSet) else { return nil }
    self.init(rows: rows, columns: columns, axes: axes, kernels: kernels)
  }

  private init(rows: Int, columns: Int, axes: Axes, kernels: UnsafePointer<fourier_table>) {
    guard rows > 0, columns > 0 else {
      shapeError("a Fourier transform of [\(rows), \(columns)] has an empty axis")
    }
    self.rows = rows
    self.columns = columns
    self.axes = axes
    var passes: [AxisPass] = []
    if axes != .columns {
      passes.append(
        AxisPass(size: rows, lines: columns, step: columns, isContiguous: false, kernels: kernels))
    }
    if axes != .rows {
      passes.append(
        AxisPass(size: columns, lines: rows, step: columns, isContiguous: true, kernels: kernels))
    }
    self.passes = passes
  }

  /// Image to k-space, in place on `rows * columns` values, on the calling thread.
  public func forward(_ image: UnsafeMutablePointer<Complex<Float>>) {
    transform(image, inverse: false)
  }

  /// K-space to image, in place on `rows * columns` values, on the calling thread: the inverse and
  /// adjoint of `forward`.
  public func inverse(_ image: UnsafeMutablePointer<Complex<Float>>) {
    transform(image, inverse: true)
  }

  /// Image to k-space for every image of an array `[…, rows, columns]`, in place.
  public func forward(_ array: inout ComplexArray) { transform(&array, inverse: false) }

  /// K-space to image for every image of an array `[…, rows, columns]`, in place.
  public func inverse(_ array: inout ComplexArray) { transform(&array, inverse: true) }

  private func transform(_ image: UnsafeMutablePointer<Complex<Float>>, inverse: Bool) {
    let floats = UnsafeMutableRawPointer(image).assumingMemoryBound(to: Float.self)
    for pass in passes { pass.run(floats, blocks: 0..<pass.blocks, inverse: inverse) }
  }

  /// Few images are shared out by blocks of lines, many as a whole.
  ///
  /// A whole image stays in the cache of one processor. No value depends on it, because no line depends on its neighbours.
  private func transform(_ array: inout ComplexArray, inverse: Bool) {
    guard array.shape.count >= 2, array.shape.suffix(2) == [rows, columns] else {
      shapeError("a Fourier transform of [\(rows), \(columns)] got an array \(array.shape)")
    }
    let size = rows * columns
    let images = array.count / size
    array.values.withMutableInterleaved { floats in
      nonisolated(unsafe) let floats = floats
      if images >= 4 {
        parallelFor(images) { index in
          let image = floats + 2 * index * size
          for pass in passes { pass.run(image, blocks: 0..<pass.blocks, inverse: inverse) }
        }
        return
      }
      for index in 0..<images {
        for pass in passes {
          parallelFor((pass.blocks + pass.chunk - 1) / pass.chunk) { part in
            let first = part * pass.chunk
            let end = min(first + pass.chunk, pass.blocks)
            pass.run(floats + 2 * index * size, blocks: first..<end, inverse: inverse)
          }
        }
      }
    }
  }
}

/// The transform of all lines of an image along one of its axes.
private struct AxisPass: @unchecked Sendable {
  private let plan: FourierPlan
  private let places: [Int32]
  private let frequencyPlaces: [Int32]
  private let lines: Int
  private let step: Int
  private let isContiguous: Bool
  private let kernels: UnsafePointer<fourier_table>

  private static let lanes = Int(FOURIER_LANES)

  /// `lines` lines of `size` values; `step` values lie between rows of the image, and a line is one
  /// of its rows where it `isContiguous`, else one of its columns.
  init(
    size: Int, lines: Int, step: Int, isContiguous: Bool, kernels: UnsafePointer<fourier_table>
  ) {
    plan = .shared(size: size)
    places = plan.centredPlaces
    frequencyPlaces = plan.centredFrequencyPlaces
    (self.lines, self.step, self.isContiguous, self.kernels) = (lines, step, isContiguous, kernels)
  }

  /// Blocks of eight lines.
  var blocks: Int { (lines + Self.lanes - 1) / Self.lanes }

  /// Blocks that are worth a thread's while: about 8,192 values.
  var chunk: Int { max(1, 1024 / plan.size) }

  /// Transforms the lines of `blocks`.
  ///
  /// The inverse is the same with real and imaginary parts
  /// exchanged on both ways.
  func run(_ image: UnsafeMutablePointer<Float>, blocks: Range<Int>, inverse: Bool) {
    let memory = FloatMemory(count: plan.workFloats)
    let work = memory.start
    let kernels = kernels.pointee
    let (count, swapped) = (Int32(plan.size), Int32(inverse ? 1 : 0))
    let scale = Float(1 / Double(plan.size).squareRoot())
    let load = isContiguous ? kernels.load_lines! : kernels.load_columns!
    let store = isContiguous ? kernels.store_lines! : kernels.store_columns!
    for block in blocks {
      let first = block * Self.lanes
      let used = Int32(min(Self.lanes, lines - first))
      let start = image + 2 * first * (isContiguous ? step : 1)
      load(start, step, used, count, places, swapped, work)
      kernels.forward(plan.tables, work)
      store(work, frequencyPlaces, swapped, scale, used, count, start, step)
    }
  }
}
