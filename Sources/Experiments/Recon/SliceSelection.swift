/// Which slices of a scan are meant, such as `0-3` or `2,5-7`; counted from 0.
public struct SliceSelection: Sendable, Equatable {
  private let ranges: [ClosedRange<Int>]

  /// Reads a list of slices and ranges of slices; throws `ExperimentError` if it is none.
  public init(_ text: String) throws(ExperimentError) {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends[0], let last = ends[ends.count - 1], ends.count <= 2, first <= last
      else {
        throw ExperimentError("'\(text)' names no slices; give slices from 0, such as 0-3 or 2,5-7")
      }
      ranges.append(first...last)
    }
    self.ranges = ranges
  }

  /// The slices, ascending and each once, of a scan of `count` slices.
  ///
  /// Throws `ExperimentError` for a slice that the scan does not have.
  public func indices(of count: Int, file: String) throws(ExperimentError) -> [Int] {
    if let range = ranges.first(where: { $0.upperBound >= count }) {
      throw ExperimentError(
        "\(file): has no slice \(range.upperBound); choose from 0 to \(count - 1)")
    }
    return (0..<count).filter { slice in ranges.contains { $0.contains(slice) } }
  }
}
