/// Rows of a batch cut into pieces of fixed size, the unit of work that threads share.
///
/// The cut depends on the shape alone, never on the number of threads.
struct RowChunks: Sendable {
  let images: Int
  let rows: Int
  let rowsPerChunk: Int

  /// `work` is the cost of one row in floats or multiply-adds; a chunk gets about `target` of it.
  init(rows: Int, work: Int, images: Int, target: Int = 32768) {
    self.images = images
    self.rows = rows
    rowsPerChunk = max(1, min(rows, target / max(1, work)))
  }

  var perImage: Int { (rows + rowsPerChunk - 1) / rowsPerChunk }
  var count: Int { images * perImage }

  subscript(index: Int) -> (image: Int, rows: Range<Int>) {
    let first = index % perImage * rowsPerChunk
    return (index / perImage, first..<min(rows, first + rowsPerChunk))
  }
}
