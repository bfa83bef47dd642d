/// The samples of one axial slice: square, their centre at the middle of the field of view.
///
/// Rows run from front to back, columns from the patient's right to the left, as radiologists view
/// the head.
struct SliceGrid: Sendable {
  let rows: Int
  let columns: Int
  /// Millimetres from sample to sample.
  let spacing: Float

  var count: Int { rows * columns }

  /// Millimetres to the patient's left of the centre.
  func x(_ column: Int) -> Float { Float(column - columns / 2) * spacing }

  /// Millimetres to the front of the centre.
  func y(_ row: Int) -> Float { Float(rows / 2 - row) * spacing }
}
