/// The sampled columns of k-space as a strip: white lines on black, centre in the middle.
enum MaskStrip {
  /// One unit a column; the page scales the strip to its place.
  static func svg(_ columns: [Bool], label: String) -> String {
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
