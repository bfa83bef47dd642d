public import Acquisition
public import Arrays

/// A scan that is made of another one, slice by slice; what it does not say itself is the source's.
public protocol DerivedScan: Scan {
  /// The scan that it is made of.
  var source: any Scan { get }
}

extension DerivedScan {
  public var file: String { source.file }
  public var layout: ScanLayout { source.layout }
  public var frame: Int { source.frame }
  public var frames: Int { source.frames }
  public var remarks: [String: String] { source.remarks }
  public var slices: Int { source.slices }
  public var coils: Int { source.coils }
  public var rows: Int { source.rows }
  public var columns: Int { source.columns }
  public var header: ScanHeader { source.header }
  public var acquiredRows: Range<Int> { source.acquiredRows }
  public var acquiredColumns: Range<Int> { source.acquiredColumns }
  public var storedMask: [Bool]? { source.storedMask }
  public var sampledColumns: [Bool] { source.sampledColumns }
  public var sampledPoints: [Bool]? { source.sampledPoints }

  public func reference(slice: Int) throws(ScanFileError) -> RealArray? {
    try source.reference(slice: slice)
  }

  public func plane(slice: Int) -> SlicePlane? { source.plane(slice: slice) }
}
