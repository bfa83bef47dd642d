public import Acquisition
public import Arrays
import Foundation
import Numerics

/// K-space in an HDF5 dataset whose axes are in another order than fastMRI's.
///
/// Calgary-Campinas, CMRxRecon and SKM-TEA; `ArrayLayout` has their axes.
public struct ArrayScan: Scan {
  public let file: String
  public var layout: ScanLayout { axes.layout }
  public let slices: Int
  public let coils: Int
  public let rows: Int
  public let columns: Int
  public let header = ScanHeader()
  public let frame: Int
  public let frames: Int
  public let acquiredColumns: Range<Int>
  public let acquiredRows: Range<Int>
  public var storedMask: [Bool]? { nil }
  public let sampledColumns: [Bool]
  public let sampledPoints: [Bool]?
  private let axes: ArrayLayout
  private let dataset: HDF5Dataset
  /// Whether the origin of k-space is element 0 of both axes, as the data show.
  private let hasCornerCentre: Bool

  /// Opens `source` if it has such a layout, else nil.
  ///
  /// The columns that hold data, and where the centre of k-space is, are read off the middle slice.
  /// Throws `ScanFileError` if its k-space has an empty axis, cannot be read or holds zeros only.
  init?(_ source: HDF5File, frame: Int) throws(ScanFileError) {
    guard let axes = try ArrayLayout.of(source) else { return nil }
    let dataset = try source.dataset(axes.dataset)
    guard !dataset.shape.contains(0) else {
      throw source.error(.zeroSize(dataset: axes.dataset, shape: dataset.shape))
    }
    func size(_ axis: ArrayLayout.Axis) -> Int? {
      axes.axes.firstIndex(of: axis).map { dataset.shape[$0] }
    }
    self.axes = axes
    self.dataset = dataset
    file = source.path
    self.frame = frame
    frames = size(.frame) ?? 1
    slices = size(.slice) ?? 1
    rows = size(.row) ?? 1
    columns = size(.column) ?? 1
    coils = size(.coil) ?? size(.coilParts).map { $0 / 2 } ?? 1
    guard frame >= 0, frame < frames else {
      throw source.error(.noSuchFrame(frame, frames: frames))
    }
    let middle = try Self.samples(
      dataset, axes.axes, frame: frame, slice: slices / 2, shape: [coils, rows, columns])
    hasCornerCentre =
      axes.hasCornerOrigin && Self.isCornerCentred(middle, rows: rows, columns: columns)
    var filled = filledColumns(middle, rows: rows, columns: columns)
    if hasCornerCentre { filled = Self.rolled(filled, by: columns / 2) }
    let sampling = ColumnSampling(filled: filled, planned: 0..<columns)
    guard sampling.sampled.contains(true) else { throw source.error(.maskEmpty) }
    (sampledColumns, acquiredColumns) = (sampling.sampled, sampling.acquired)
    acquiredRows =
      hasCornerCentre ? 0..<rows : filledRows(middle, rows: rows, columns: columns)
    let (centred, height, width) = (!hasCornerCentre, rows, columns)
    sampledPoints = filledPoints(middle, rows: rows, columns: columns).map { points in
      if centred { return points }
      return points.indices.map { place in
        let row = (place / width + height - height / 2) % height
        return points[row * width + (place % width + width - width / 2) % width]
      }
    }
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    guard slice >= 0, slice < slices else {
      throw ScanFileError(file: file, problem: .noSuchSlice(slice, slices: slices))
    }
    let shape = [coils, rows, columns]
    var values = try Self.samples(
      dataset, axes.axes, frame: frame, slice: slice, shape: shape)
    if let problem = kspaceProblem(values, shape, slice: slice) {
      throw ScanFileError(file: file, problem: problem)
    }
    if axes.hasCornerOrigin { centre(&values) }
    return ComplexArray(shape: shape, values: values)
  }

  public var remarks: [String: String] {
    var remarks = ["k-space dataset": axes.dataset]
    if axes.hasCornerOrigin {
      remarks["k-space centre in the file"] = hasCornerCentre ? "element 0" : "the middle"
    }
    return remarks
  }

  /// Brings k-space whose plain inverse transform is the image to the centred convention.
  ///
  /// With c = n / 2, sample k' = k + c (mod n) where the centre is element 0, times
  /// exp(−2πi c (k' − c) / n), which moves the image from element 0 to the middle.
  private func centre(_ values: inout [Complex<Float>]) {
    let rowFactors = Self.factors(rows)
    let columnFactors = Self.factors(columns)
    let source = values
    let (down, right) = hasCornerCentre ? (rows / 2, columns / 2) : (0, 0)
    for coil in 0..<coils {
      for row in 0..<rows {
        let line = (coil * rows + row) * columns
        let from = (coil * rows + (row - down + rows) % rows) * columns
        for column in 0..<columns {
          values[line + column] =
            source[from + (column - right + columns) % columns]
            * (rowFactors[row] * columnFactors[column])
        }
      }
    }
  }

  private static func factors(_ count: Int) -> [Complex<Float>] {
    let centre = count / 2
    return (0..<count).map { index in
      let turns = centre * (index - centre) % count
      let angle = -2 * Double.pi * Double(turns) / Double(count)
      return Complex(Float(cos(angle)), Float(sin(angle)))
    }
  }

  /// Whether the largest power lies nearer to element 0 of both axes, round the edges, than to the
  /// middle.
  private static func isCornerCentred(
    _ values: [Complex<Float>], rows: Int, columns: Int
  ) -> Bool {
    var power = [Double](repeating: 0, count: rows * columns)
    for (index, value) in values.enumerated() {
      let (a, b) = (Double(value.real), Double(value.imaginary))
      power[index % power.count] += a * a + b * b
    }
    guard let peak = power.indices.max(by: { power[$0] < power[$1] }) else { return false }
    func isNearEdge(_ index: Int, _ count: Int) -> Bool {
      min(index, count - index) < abs(index - count / 2)
    }
    return isNearEdge(peak / columns, rows) && isNearEdge(peak % columns, columns)
  }

  private static func rolled(_ values: [Bool], by shift: Int) -> [Bool] {
    values.indices.map { values[($0 - shift + values.count) % values.count] }
  }

  /// One slice `[coils, rows, columns]` of `dataset`, whose axes are `axes`.
  private static func samples(
    _ dataset: HDF5Dataset, _ axes: [ArrayLayout.Axis], frame: Int, slice: Int, shape: [Int]
  ) throws(ScanFileError) -> [Complex<Float>] {
    let start = axes.map { $0 == .frame ? frame : $0 == .slice ? slice : 0 }
    let count = axes.indices.map {
      axes[$0] == .frame || axes[$0] == .slice ? 1 : dataset.shape[$0]
    }
    let stored: [Complex<Float>]
    if axes.contains(.coilParts) {
      let parts = try dataset.floats(start: start, count: count)
      stored = (0..<parts.count / 2).map { Complex(parts[2 * $0], parts[2 * $0 + 1]) }
    } else {
      stored = try dataset.complexValues(start: start, count: count)
    }
    // The stride of each of our axes in what was read.
    var strides: [ArrayLayout.Axis: Int] = [:]
    var stride = 1
    for index in axes.indices.reversed() {
      let axis = axes[index] == .coilParts ? .coil : axes[index]
      strides[axis] = stride
      stride *= axes[index] == .coilParts ? count[index] / 2 : count[index]
    }
    let (coilStride, rowStride, columnStride) = (
      strides[.coil] ?? 0, strides[.row] ?? 0, strides[.column] ?? 0
    )
    var values: [Complex<Float>] = []
    values.reserveCapacity(stored.count)
    for coil in 0..<shape[0] {
      for row in 0..<shape[1] {
        let first = coil * coilStride + row * rowStride
        for column in 0..<shape[2] { values.append(stored[first + column * columnStride]) }
      }
    }
    return values
  }
}
