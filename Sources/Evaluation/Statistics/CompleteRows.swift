/// The rows without a missing figure (nil or NaN); rows of different length stop the program.
func completeRows(_ rows: [[Double?]]) -> [[Double]] {
  guard rows.allSatisfy({ $0.count == rows[0].count }) else {
    fatalError("the rows of a table of scores must have one length")
  }
  return rows.map { $0.compactMap { $0 }.filter { !$0.isNaN } }
    .filter { $0.count == rows[0].count }
}
