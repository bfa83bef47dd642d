public import Acquisition
public import Arrays

/// A scan whose coils have been compressed to fewer virtual ones.
///
/// The compression is that of the whole scan: it comes from the calibration lines of up to `sliceLimit`
/// slices, which are read one after the other.
public struct CoilCompressedScan: DerivedScan {
  public let source: any Scan
  /// The mixing that each slice goes through.
  public let compression: CoilCompression

  /// The most slices that the compression is made from, spread evenly.
  public static let sliceLimit = 16

  /// Compresses the coils of `source` by the calibration lines that `mask` samples.
  ///
  /// `mask` is of the matrix of `source`; `slices` are those to be read, all when nil. Throws `ScanFileError`
  /// if a slice cannot be read, `CoilCompressionError` if there can be no such compression.
  public init(
    _ source: any Scan, request: CoilCompressionRequest, mask: SamplingMask, slices: [Int]? = nil
  ) throws {
    if case .coils(let asked) = request.size, asked > source.coils {
      throw CoilCompressionError.tooMany(asked: asked, coils: source.coils)
    }
    let slices = slices ?? Array(0..<source.slices)
    let count = min(Self.sliceLimit, slices.count)
    var covariances = CoilCovariances(coils: source.coils, rows: source.rows, mask: mask)
    for position in 0..<count {
      // The middles of as many equal parts.
      let slice = slices[(2 * position + 1) * slices.count / (2 * count)]
      try covariances.add(try source.kspace(slice: slice), mask: mask)
    }
    self.source = source
    compression = try covariances.compression(request)
  }

  public var coils: Int { compression.virtualCoils }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    compression.apply(try source.kspace(slice: slice))
  }

  /// Those of the source, and what was done with its coils.
  public var remarks: [String: String] {
    source.remarks.merging(["coil compression": compression.text]) { $1 }
  }
}
