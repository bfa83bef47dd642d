public import Evaluation
public import Experiments
import Foundation

/// What one method gave for one scan under one mask in one region: a row of `volumes.csv`.
///
/// The figures follow fastMRI's definitions for a volume (facebookresearch/fastMRI:
/// fastmri/evaluate.py), kept to the pixels of the region: NMSE is the sum of the squared errors over
/// the sum of the squared reference, PSNR = 10 log₁₀(M² / (squared error / pixels)) in dB with M the
/// maximum of the reference over the scan, NRMSE the root of NMSE, and every other metric the mean of
/// the slices that have it.
public struct VolumeResult: Sendable, Equatable {
  /// What the slices have in common; `job` is empty, because a scan may be the work of several.
  public let condition: SliceResult.Condition
  /// `image`, `foreground` or `box:` with the label of a marked region.
  public let region: String
  /// The slices, from 0, ascending.
  public let slices: [Int]
  /// The pixels of the region over all slices.
  public let pixels: Int
  /// M, the maximum of the reference over the scan's slices.
  public let dataRange: Double
  /// The sum of the squared differences, in the units of the file squared.
  public let squaredError: Double
  /// The sum of the squared reference.
  public let referenceEnergy: Double
  /// The figures; those that do not exist are missing, and none is NaN.
  ///
  /// The PSNR of an exact image is infinite.
  public let metrics: [Metric: Double]

  /// Sums up the `rows` of one scan, mask, method and region.
  init(_ rows: [SliceResult], of metrics: [Metric]) {
    var condition = rows[0].condition
    condition.job = ""
    self.condition = condition
    region = rows[0].region
    slices = Set(rows.map(\.slice)).sorted()
    pixels = rows.reduce(0) { $0 + $1.pixels }
    dataRange = rows.reduce(0) { max($0, $1.dataRange) }
    squaredError = rows.reduce(0) { $0 + $1.squaredError }
    referenceEnergy = rows.reduce(0) { $0 + $1.referenceEnergy }
    let nmse = squaredError / referenceEnergy
    var figures: [Metric: Double] = [:]
    for metric in metrics {
      let figure: Double
      switch metric {
      case .nmse: figure = nmse
      case .nrmse: figure = nmse.squareRoot()
      case .psnr:
        // Of a reference that is zero everywhere nothing can be said, not even −∞.
        figure =
          dataRange > 0
          ? 10 * log10(dataRange * dataRange / (squaredError / Double(pixels))) : .nan
      default:
        let values = rows.compactMap { $0.metrics[metric.rawValue] }.filter { !$0.isNaN }
        figure = values.isEmpty ? .nan : values.reduce(0, +) / Double(values.count)
      }
      if !figure.isNaN { figures[metric] = figure }
    }
    self.metrics = figures
  }
}

extension VolumeResult {
  /// The volumes of a table of slices, in the order in which each first appears.
  ///
  /// A metric of the table whose name is none of `metrics` is left out.
  static func all(of table: ResultsTable, metrics: [Metric]) -> [VolumeResult] {
    struct Key: Hashable {
      var condition: SliceResult.Condition
      var region: String
    }
    var places: [Key: Int] = [:]
    var groups: [[SliceResult]] = []
    for row in table.rows {
      var key = Key(condition: row.condition, region: row.region)
      key.condition.job = ""
      if let place = places[key] {
        groups[place].append(row)
      } else {
        places[key] = groups.count
        groups.append([row])
      }
    }
    return groups.map { VolumeResult($0, of: metrics) }
  }
}
