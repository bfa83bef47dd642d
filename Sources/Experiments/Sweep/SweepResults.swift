public import Arrays
import Foundation
import ScanFiles

/// What a sweep has found so far, read back from its folder for tables, report and export.
public struct SweepResults: Sendable {
  /// What one job cost.
  public struct Cost: Sendable, Equatable {
    public var job: String
    public var condition: SliceResult.Condition
    public var slices: Int
    /// Seconds of the method alone, over all slices of the job.
    public var seconds: Double
    /// The largest resident memory of the process that ran the job, in bytes, up to its end.
    public var peakMemory: Int
  }

  /// A job that failed.
  public struct Failure: Sendable, Equatable {
    public var job: String
    public var scan: String
    public var slices: [Int]
    public var method: String
    public var mask: String
    public var acceleration: Double
    public var seed: String
    public var reason: String
  }

  public let folder: SweepFolder
  public let settings: SweepProtocol
  public let record: SweepRecord
  /// In the protocol's order: scan, mask, method, slice, region.
  public let table: ResultsTable
  public let costs: [Cost]
  public let failures: [Failure]
  /// The reference file of each scan, by its name.
  let references: [String: String]

  /// The image `[rows, columns]` of the method in a row; nil if images were not kept.
  ///
  /// Throws `ScanFileError` if the file cannot be read.
  public func image(_ row: SliceResult) throws -> RealArray? {
    let path = folder.image(row.condition.job)
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    return try Self.slice(row.slice, of: "reconstruction", in: path)
  }

  /// The reference image `[rows, columns]` that a row was measured against.
  ///
  /// Throws `ScanFileError` if the file cannot be read.
  public func reference(_ row: SliceResult) throws -> RealArray {
    guard let id = references[row.condition.scan] else {
      throw ExperimentError("\(folder.path): holds no reference of \(row.condition.scan)")
    }
    return try Self.slice(row.slice, of: "reference", in: folder.reference(id))
  }

  /// The sampled columns of a row.
  public func mask(_ row: SliceResult) -> [Bool]? {
    let condition = row.condition
    let mask = record.masks.first {
      ($0.scan, $0.pattern, $0.acceleration, $0.seed)
        == (condition.scan, condition.mask, condition.acceleration, condition.seed)
        && $0.centerFraction == condition.centerFraction
    }
    return mask?.sampledColumns
  }

  /// The image of slice `slice` out of a file whose dataset `slices` numbers its images.
  private static func slice(_ slice: Int, of name: String, in path: String) throws -> RealArray {
    let file = try HDF5File(reading: path)
    let dataset = try file.dataset(name)
    guard let position = try file.dataset("slices").integers().firstIndex(of: slice) else {
      throw ExperimentError("\(path): holds no slice \(slice)")
    }
    let size = Array(dataset.shape.dropFirst())
    return RealArray(
      shape: size, values: try dataset.floats(start: [position, 0, 0], count: [1] + size))
  }
}

extension SweepRecord.Mask {
  /// The columns one by one.
  public var sampledColumns: [Bool] {
    let bits = columns.flatMap { digit in
      let bits = digit.hexDigitValue ?? 0
      return [8, 4, 2, 1].map { bits & $0 != 0 }
    }
    return Array(bits.prefix(columnCount))
  }
}
