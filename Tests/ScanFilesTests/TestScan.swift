import Arrays
import Numerics

@testable import ScanFiles

/// Values that differ everywhere and are never zero.
func pattern(_ shape: [Int]) -> ComplexArray {
  let count = shape.reduce(1, *)
  return ComplexArray(
    shape: shape, values: (0..<count).map { Complex(Float($0 + 1), -0.5 * Float($0) - 0.25) })
}

/// What a test file holds; every part but the k-space may be missing.
struct TestScan {
  var kspace = pattern([2, 3, 5, 8])
  var mask: [Float]?
  var xml: String?
  var reference: RealArray?
  var referenceName = "reconstruction_rss"
  var attributes: [String: HDF5Attribute] = [:]

  func write(_ path: String) throws {
    let file = try HDF5File(creating: path)
    try file.createDataset("kspace", shape: kspace.shape, type: .complex).write(kspace.values)
    if let mask { try file.createDataset("mask", shape: [mask.count], type: .float).write(mask) }
    if let xml { try file.writeString("ismrmrd_header", xml) }
    if let reference {
      try file.createDataset(referenceName, shape: reference.shape, type: .float)
        .write(reference.values)
    }
    for (name, value) in attributes { try file.setAttribute(name, value) }
    try file.close()
  }
}

/// The error that opening or reading every slice of a file throws, if any.
func scanError(_ path: String) -> ScanFileError? {
  do throws(ScanFileError) {
    let scan = try FastMRIScan(path: path)
    for slice in 0..<scan.slices { _ = try scan.kspace(slice: slice) }
    return nil
  } catch {
    return error
  }
}
