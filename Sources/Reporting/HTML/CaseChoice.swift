import Evaluation
import Experiments

/// One slice under one mask that the report shows, and why.
struct ReportCase {
  /// The main method's row.
  let row: SliceResult
  /// Such as `worst SSIM`.
  var reasons: [String]
  /// In which order cases find room in the file.
  let priority: Int
}

/// Which slices the report shows: the worst, the median and the best of the main method at each
/// acceleration, by SSIM and by PSNR, over all scans, masks and seeds.
enum CaseChoice {
  private struct Key: Hashable {
    let condition: SliceResult.Condition
    let slice: Int
  }

  static func cases(_ content: ReportContent) -> [ReportCase] {
    guard let method = content.mainMethod, let region = region(content) else { return [] }
    let rows = content.tables.table.rows.filter {
      $0.condition.method == method && $0.region == region
    }
    var metrics = [Metric.ssim, .psnr].filter(content.tables.metrics.contains)
    if metrics.isEmpty { metrics = Array(content.tables.metrics.prefix(1)) }
    var cases: [ReportCase] = []
    var places: [Key: Int] = [:]
    for (position, metric) in metrics.enumerated() {
      for acceleration in Set(rows.map(\.condition.acceleration)).sorted() {
        let ranked = rank(
          rows.filter { $0.condition.acceleration == acceleration }, by: metric)
        guard !ranked.isEmpty else { continue }
        let picks = [
          ("worst", 0), ("median", (ranked.count - 1) / 2), ("best", ranked.count - 1),
        ]
        for (rank, (word, index)) in picks.enumerated() {
          let row = ranked[index]
          let key = Key(condition: row.condition, slice: row.slice)
          let reason = "\(word) \(metric.title)"
          if let place = places[key] {
            cases[place].reasons.append(reason)
          } else {
            places[key] = cases.count
            cases.append(
              ReportCase(row: row, reasons: [reason], priority: position * picks.count + rank))
          }
        }
      }
    }
    // By acceleration for the reader, the worst first.
    return cases.enumerated().sorted { a, b in
      (a.element.row.condition.acceleration, a.element.priority, a.offset)
        < (b.element.row.condition.acceleration, b.element.priority, b.offset)
    }.map(\.element)
  }

  /// The region that slices are ranked in: the whole image where it was measured.
  static func region(_ content: ReportContent) -> String? {
    content.regions.contains("image") ? "image" : content.regions.first
  }

  /// From the worst to the best; equal figures keep the order of the table.
  private static func rank(_ rows: [SliceResult], by metric: Metric) -> [SliceResult] {
    rows.enumerated().compactMap { index, row in
      row.metrics[metric.rawValue].flatMap { $0.isNaN ? nil : (index, $0, row) }
    }.sorted { a, b in
      (metric.isBetterHigh ? a.1 : -a.1, a.0) < (metric.isBetterHigh ? b.1 : -b.1, b.0)
    }.map(\.2)
  }
}
