/// The ranks 1...n of a list, in which equal figures share the mean of their places.
///
/// The same as `scipy.stats.rankdata(method='average')`. The figures must not be NaN.
struct AverageRanks {
  /// The rank of each figure, in the order of the list.
  let ranks: [Double]
  /// Σ (t³ − t) over the groups of t equal figures, for tie corrections; 0 without ties.
  let tieSum: Double

  init(_ values: [Double]) {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var tieSum = 0.0
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // Places start+1...end share their mean.
      for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
      let tied = Double(end - start)
      tieSum += tied * tied * tied - tied
      start = end
    }
    self.ranks = ranks
    self.tieSum = tieSum
  }
}
