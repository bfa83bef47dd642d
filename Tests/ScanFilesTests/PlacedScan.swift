import Acquisition
import Arrays

@testable import ScanFiles

/// A scan of a known place, a millimetre from slice to slice, without data.
struct PlacedScan: Scan {
  let placed: SlicePlane
  var file: String { "placed" }
  var layout: ScanLayout { .ismrmrd }
  var slices: Int { 4 }
  var coils: Int { 1 }
  var rows: Int { 4 }
  var columns: Int { 4 }
  var header: ScanHeader {
    ScanHeader(
      encoded: .init(
        rows: 4, columns: 4, rowExtent: 4, columnExtent: 4, partitionExtent: 1))
  }
  var acquiredColumns: Range<Int> { 0..<4 }
  var storedMask: [Bool]? { nil }
  var sampledColumns: [Bool] { [true, true, true, true] }

  func kspace(slice: Int) throws(ScanFileError) -> ComplexArray { ComplexArray(zeros: [1, 4, 4]) }

  func plane(slice: Int) -> SlicePlane? {
    var plane = placed
    plane.position += plane.sliceDirection * Double(slice)
    return plane
  }
}
