/// Which columns of a scan hold data, and which of them were planned to.
struct ColumnSampling: Equatable, Sendable {
  /// The columns that hold data, `[columns]`.
  let sampled: [Bool]
  /// The columns that the scan was planned to hold; those outside are padding.
  let acquired: Range<Int>

  /// Takes `filled` `[columns]` for the sampling of a scan whose header plans the columns `planned`.
  ///
  /// Unfilled columns at the edges only, with at least three quarters of the columns between them,
  /// are padding (or a partial Fourier scan) and not undersampling.
  init(filled: [Bool], planned: Range<Int>) {
    sampled = filled.indices.map { filled[$0] && planned.contains($0) }
    acquired = withoutPadding(planned, sampled)
  }
}
