/// The sampled columns of k-space as a strip, or its points as a picture: white on black, the centre in the
/// middle.
enum MaskStrip {
  /// One unit a column; the page scales the strip to its place.
  static func svg(_ samples: [Bool], rows: Int?, label: String) -> String {
    rows.map { plane(samples, rows: $0, label: label) } ?? strip(samples, label: label)
  }

  /// One unit a point.
  private static func plane(_ samples: [Bool], rows: Int, label: String) -> String {
    let columns = samples.count / rows
    var commands = ""
    for row in 0..<rows {
      var column = 0
      while column < columns {
        let start = column
        while column < columns, samples[row * columns + column] { column += 1 }
        if column > start { commands += "M\(start) \(row)h\(column - start)v1h\(start - column)z" }
        column += 1
      }
    }
    return "<svg class=\"plane\" role=\"img\" viewBox=\"0 0 \(columns) \(rows)\" "
      + "style=\"max-width:20em\" shape-rendering=\"crispEdges\">"
      + "<title>\(SVG.escaped(label))</title>"
      + "<rect width=\"\(columns)\" height=\"\(rows)\" fill=\"#000000\"/>"
      + "<path d=\"\(commands)\" fill=\"#ffffff\"/></svg>"
  }

  private static func strip(_ columns: [Bool], label: String) -> String {
    var commands = ""
    var column = 0
    while column < columns.count {
      guard columns[column] else {
        column += 1
        continue
      }
      let start = column
      while column < columns.count, columns[column] { column += 1 }
      commands += "M\(start) 0H\(column)V10H\(start)Z"
    }
    return "<svg class=\"strip\" role=\"img\" viewBox=\"0 0 \(columns.count) 10\" "
      + "preserveAspectRatio=\"none\" shape-rendering=\"crispEdges\">"
      + "<title>\(SVG.escaped(label))</title>"
      + "<rect width=\"\(columns.count)\" height=\"10\" fill=\"#000000\"/>"
      + "<path d=\"\(commands)\" fill=\"#ffffff\"/></svg>"
  }
}
