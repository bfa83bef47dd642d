/// Which columns of a scan hold data, and which of them were planned to.
struct ColumnSampling: Equatable, Sendable {
  /// The columns that hold data, `[columns]`.
  let sampled: [Bool]
  /// The columns that the scan was planned to hold; those outside are padding.
  let acquired: Range<Int>

  /// Takes `filled` `[columns]` for the sampling of a scan whose header plans the columns `planned`.
  ///
  /// Unfilled columns at the edges only, with at least three quarters of the columns between them,
  /// are padding (or a partial Fourier scan) and not undersampling. So is a gap at one edge alone
  /// that no pattern leaves: see `partialFourier`.
  init(filled: [Bool], planned: Range<Int>) {
    let sampled = filled.indices.map { filled[$0] && planned.contains($0) }
    self.sampled = sampled
    let band = withoutPadding(planned, sampled)
    acquired = band == planned ? Self.partialFourier(planned, sampled) ?? planned : band
  }

  /// The planned columns without a gap at one edge, if partial Fourier alone explains it; else nil.
  ///
  /// It does if the gap is more than four times as wide as any between sampled columns and a sixteenth of all,
  /// the other edge has no wider gap than there are between columns, the centre is sampled, and more
  /// than half of the columns (nine sixteenths) are left.
  static func partialFourier(_ planned: Range<Int>, _ sampled: [Bool]) -> Range<Int>? {
    let places = sampled.indices.filter { sampled[$0] }
    guard let first = places.first, let last = places.last, sampled[sampled.count / 2] else {
      return nil
    }
    let inner = zip(places, places.dropFirst()).map { $1 - $0 - 1 }.max() ?? 0
    let (left, right) = (first - planned.lowerBound, planned.upperBound - 1 - last)
    let (least, most) = (min(left, right), max(left, right))
    guard least <= inner, most > 4 * inner, 16 * most >= sampled.count else { return nil }
    let rest = left > right ? first..<planned.upperBound : planned.lowerBound..<last + 1
    return 16 * rest.count >= 9 * sampled.count ? rest : nil
  }
}
