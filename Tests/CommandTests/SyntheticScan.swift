import Acquisition
import Arrays
import Foundation
import Numerics
import ScanFiles

/// A small scan of a disc with stripes, seen by coils with smooth maps, with noise.
struct SyntheticScan {
  var slices = 2
  var coils = 4
  var rows = 32
  var columns = 40
  /// Rows of the readout over rows of the image.
  var oversampling = 1
  /// Rows and columns of the reconstructed space; as large as the matrix when nil.
  var image: (rows: Int, columns: Int)?
  /// Columns outside are zero and named as padding in the header.
  var acquired: Range<Int>?
  /// Stores a mask and clears the columns that it leaves out.
  var mask: [Bool]?
  /// Scales the data, as small as real ones.
  var scale: Float = 1e-6
  /// The noise per real part in units of `scale`.
  var noise: Float = 0.01
  /// Leaves the coil axis out.
  var isSingleCoil = false
  /// The last touch, on `[slices, coils, rows, columns]`.
  var spoil: (inout ComplexArray) -> Void = { _ in }

  /// The k-space as it is written.
  var kspace: ComplexArray {
    let readout = rows * oversampling
    let shape = [slices, coils, readout, columns]
    var random = RandomStream(seed: 5)
    var values: [Complex<Float>] = []
    for slice in 0..<slices {
      var part = ComplexArray(zeros: [coils, readout, columns])
      for coil in 0..<coils {
        let angle = 2 * Float.pi * Float(coil) / Float(coils)
        for row in 0..<readout {
          for column in 0..<columns {
            let y = 2 * Float(row - readout / 2) / Float(rows)
            let x = 2 * Float(column - columns / 2) / Float(columns)
            guard x * x / 0.6 + y * y / 0.7 < 1 else { continue }
            let (dx, dy) = (x - 1.2 * .cos(angle), y - 1.2 * .sin(angle))
            let brightness =
              Float(slice + 2) * (1 + 0.4 * .cos(9 * x + 4 * y)) * .exp(-(dx * dx + dy * dy) / 2)
            part.values[(coil * readout + row) * columns + column] = Complex(
              length: scale * brightness, phase: angle + 0.6 * x + 0.4 * dy)
          }
        }
      }
      FourierTransform(rows: readout, columns: columns).forward(&part)
      for index in part.values.indices {
        let column = index % columns
        let isKept = (acquired?.contains(column) ?? true) && (mask?[column] ?? true)
        let noise = Complex(random.normal(), random.normal()).multiplied(by: scale * self.noise)
        part.values[index] = isKept ? part.values[index] + noise : .zero
      }
      values += part.values
    }
    var result = ComplexArray(shape: shape, values: values)
    spoil(&result)
    return result
  }

  var header: ScanHeader {
    let image = image ?? (rows, columns)
    let band = acquired ?? 0..<columns
    return ScanHeader(
      encoded: .init(
        rows: rows * oversampling, columns: columns, rowExtent: 200 * Double(oversampling),
        columnExtent: 250),
      reconstructed: .init(
        rows: image.rows, columns: image.columns, rowExtent: 200, columnExtent: 250),
      phaseEncodingCentre: columns / 2 - band.lowerBound, phaseEncodingMaximum: band.count - 1)
  }

  func write(_ path: String) throws {
    let kspace = kspace
    let file = try HDF5File(creating: path)
    let shape = isSingleCoil ? [slices, rows * oversampling, columns] : kspace.shape
    try file.createDataset("kspace", shape: shape, type: .complex).write(kspace.values)
    try file.writeString("ismrmrd_header", header.xml)
    if let mask {
      try file.createDataset("mask", shape: [columns], type: .uint8).write(
        mask.map { $0 ? UInt8(1) : 0 })
    }
    try file.close()
  }
}
