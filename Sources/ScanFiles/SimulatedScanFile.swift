public import Acquisition
public import Arrays
import Numerics
import Synchronization

/// Writes k-space in fastMRI's HDF5 layout, for simulated scans and tests.
///
/// Each slice brings its `reconstruction_rss`, the root sum of squares of the fully sampled coil
/// images or of those of another k-space, cut to the size that the header states. The attributes `max` and `norm` follow from them
/// on `commit()`, under which the file appears under its name.
public final class SimulatedScanFile: Sendable {
  private let writer: AtomicHDF5Writer
  private let kspace: HDF5Dataset
  private let reference: HDF5Dataset
  private let size: (rows: Int, columns: Int)
  private struct Summary {
    var maximum = 0.0
    var squares: [Int: Double] = [:]
  }
  private let summary = Mutex(Summary())

  /// Starts the file at `path` for k-space `(slices, coils, rows, columns)`.
  ///
  /// The header's `patient` and `acquisition` become attributes, its spaces the XML header; without
  /// a reconstructed space the whole image is the reference. Throws `ScanFileError` if the file
  /// cannot be written.
  public init(
    path: String, slices: Int, coils: Int, rows: Int, columns: Int, header: ScanHeader,
    gzip: Int? = nil
  ) throws(ScanFileError) {
    writer = try AtomicHDF5Writer(path: path)
    size = (
      min(rows, header.reconstructed?.rows ?? rows),
      min(columns, header.reconstructed?.columns ?? columns)
    )
    kspace = try writer.file.createDataset(
      "kspace", shape: [slices, coils, rows, columns], type: .complex,
      chunk: [1, 1, rows, columns],
      gzip: gzip)
    reference = try writer.file.createDataset(
      "reconstruction_rss", shape: [slices, size.rows, size.columns], type: .float, gzip: gzip)
    try writer.file.writeString("ismrmrd_header", header.xml)
    try writer.file.setAttribute("patient_id", .string(header.patient ?? "phantom"))
    try writer.file.setAttribute("acquisition", .string(header.acquisition ?? "simulated"))
  }

  /// Writes the fully sampled k-space `[coils, rows, columns]` of one slice and its reference, which is
  /// that of the k-space `ideal` where one is given.
  public func write(
    _ slice: ComplexArray, slice index: Int, ideal: ComplexArray? = nil
  ) throws(ScanFileError) {
    guard slice.shape == Array(kspace.shape.dropFirst()), index >= 0, index < kspace.shape[0] else {
      shapeError("\(slice.shape) at slice \(index) does not fit a file of \(kspace.shape)")
    }
    let image = rootSumOfSquares(ideal ?? slice, size: size)
    try kspace.write(slice.values, start: [index, 0, 0, 0], count: [1] + slice.shape)
    try reference.write(image, start: [index, 0, 0], count: [1, size.rows, size.columns])
    summary.withLock { summary in
      summary.maximum = max(summary.maximum, Double(image.max() ?? 0))
      summary.squares[index] = image.reduce(0.0) { $0 + Double($1) * Double($1) }
    }
  }

  /// Brings the file to the disk under its name; throws `ScanFileError` if a slice is missing or
  /// the disk fails.
  public func commit() throws(ScanFileError) {
    let summary = summary.withLock { $0 }
    if let missing = (0..<kspace.shape[0]).first(where: { summary.squares[$0] == nil }) {
      throw writer.file.error(.incomplete(dataset: "kspace", slice: missing))
    }
    let squares = summary.squares.sorted { $0.key < $1.key }.reduce(0.0) { $0 + $1.value }
    try writer.file.setAttribute("max", .number(summary.maximum))
    try writer.file.setAttribute("norm", .number(squares.squareRoot()))
    try writer.commit()
  }
}

/// The root sum of squares over the coil images of k-space `[coils, rows, columns]`, cut to the
/// central `size` as fastMRI's `center_crop` does.
private func rootSumOfSquares(
  _ kspace: ComplexArray, size: (rows: Int, columns: Int)
) -> [Float] {
  let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
  var images = kspace
  FourierTransform(rows: rows, columns: columns).inverse(&images)
  let (top, left) = ((rows - size.rows) / 2, (columns - size.columns) / 2)
  var result = [Float](repeating: 0, count: size.rows * size.columns)
  for row in 0..<size.rows {
    for column in 0..<size.columns {
      var sum = 0.0
      for coil in 0..<coils {
        sum += Double(
          images.values[(coil * rows + row + top) * columns + column + left].lengthSquared)
      }
      result[row * size.columns + column] = Float(sum.squareRoot())
    }
  }
  return result
}
