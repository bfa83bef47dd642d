import Acquisition
import Arrays
import Evaluation
import Foundation
import Numerics
import ScanFiles
import TestSupport

/// A folder of small files to train on.
struct ImageFolder {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A disc with a stripe pattern of its own, `[side, side]` of 0 to about `white`.
  static func disc(_ number: Int, side: Int, white: Float = 200) -> [Float] {
    (0..<side * side).map { pixel in
      let (y, x) = (
        2 * Float(pixel / side) / Float(side) - 1, 2 * Float(pixel % side) / Float(side) - 1
      )
      let stripes = 0.7 + 0.3 * Float.cos(Float(number % 9 + 3) * x + 5 * y)
      return x * x + y * y < 0.6 ? white * stripes : 0
    }
  }

  /// A stack; the images of the numbers in `broken` hold NaN, so that reading them is an error.
  func stack(
    _ name: String, subjects: [String], splits: [String]? = nil, side: Int = 32,
    broken: Set<Int> = [], black: Set<Int> = []
  ) throws {
    let file = try HDF5File(creating: folder.file(name))
    let count = subjects.count
    let values = subjects.indices.flatMap { number -> [Float] in
      if broken.contains(number) { return Array(repeating: .nan, count: side * side) }
      if black.contains(number) { return Array(repeating: 0, count: side * side) }
      return Self.disc(number, side: side).map { $0.rounded() }
    }
    try file.createDataset("images", shape: [count, side, side], type: .float).write(values)
    try file.writeStrings("subject", subjects)
    if let splits { try file.writeStrings("split", splits) }
    try file.close()
  }

  /// A scan of two coils in fastMRI's layout; `sampled` leaves columns out.
  func scan(_ name: String, slices: Int = 2, side: Int = 32, sampled: (Int) -> Bool = { _ in true })
    throws
  {
    var values: [Complex<Float>] = []
    for slice in 0..<slices {
      var kspace = ComplexArray(zeros: [2, side, side])
      for (pixel, value) in Self.disc(slice, side: side, white: 1e-5).enumerated() {
        kspace.values[pixel] = Complex(0.6 * value, 0)
        kspace.values[side * side + pixel] = Complex(0, 0.8 * value)
      }
      FourierTransform(rows: side, columns: side).forward(&kspace)
      for index in kspace.values.indices where !sampled(index % side) {
        kspace.values[index] = .zero
      }
      values += kspace.values
    }
    let file = try HDF5File(creating: folder.file(name))
    try file.createDataset("kspace", shape: [slices, 2, side, side], type: .complex).write(values)
    try file.close()
  }

  func picture(_ name: String, _ number: Int, side: Int = 32) throws {
    let path = folder.file(name)
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try GreyImage(
      RealArray(shape: [side, side], values: Self.disc(number, side: side)), white: 255
    ).writePNG(to: path)
  }
}
