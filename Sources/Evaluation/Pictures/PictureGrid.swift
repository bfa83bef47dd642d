import Arrays

/// Pictures of one size in rows, each with a line above and one below.
public struct PictureGrid: Sendable {
  /// What a cell shows.
  public enum Picture: Sendable, Equatable {
    case grey(GreyImage)
    case mapped(MappedImage)
    /// A grey picture whose marked pixels, in row-major order, are tinted.
    case marked(GreyImage, [Bool])
    /// Nothing: the place stays white.
    case empty

    var size: (rows: Int, columns: Int)? {
      switch self {
      case .grey(let image), .marked(let image, _): (image.rows, image.columns)
      case .mapped(let image): (image.rows, image.columns)
      case .empty: nil
      }
    }
  }

  /// A picture with its words.
  public struct Cell: Sendable, Equatable {
    public let picture: Picture
    /// The line above.
    public let title: String
    /// The line below.
    public let note: String

    public init(_ picture: Picture, title: String, note: String = "") {
      self.picture = picture
      self.title = title
      self.note = note
    }
  }

  let heading: String
  let rows: [[Cell]]
  let foot: String
  let size: (rows: Int, columns: Int)

  /// A sheet of `rows` of cells under a `heading`, with `foot` and the usual notice below.
  ///
  /// - Throws: `PictureError` if there is no picture or if sizes differ.
  public init(heading: String, rows: [[Cell]], foot: String) throws(PictureError) {
    let cells = rows.flatMap { $0 }
    guard let size = cells.lazy.compactMap(\.picture.size).first, size.rows > 0, size.columns > 0
    else { throw .nothingToShow }
    for cell in cells {
      if let other = cell.picture.size, other != size {
        throw .shapeMismatch(
          title: cell.title, shape: [other.rows, other.columns],
          expected: [size.rows, size.columns])
      }
    }
    self.heading = heading
    self.rows = rows
    self.foot = foot
    self.size = size
  }

  /// Renders the sheet and writes it as a PNG by way of a temporary file beside `path`.
  ///
  /// - Throws: `OutputFileError` if the file cannot be written.
  public func writePNG(to path: String) throws {
    try rendered().writePNG(to: path)
  }

  /// Draws the whole sheet.
  public func rendered() -> ColourImage {
    let font = PictureFont.shared
    let zoom = PictureZoom(rows: size.rows, columns: size.columns)
    let (height, width) = (zoom.length(size.rows), zoom.length(size.columns))
    let (margin, gap, line) = (14, 8, font.height + 4)
    let (ink, faint) = (Colour(grey: 24), Colour(grey: 96))
    let most = rows.map(\.count).max() ?? 0
    let textWidth = max(most * (width + gap) - gap, 420)
    let head = font.wrap(heading, width: textWidth)
    let words = [foot, zoom.text, PictureSheet.notice].compactMap { $0 }.filter { !$0.isEmpty }
    let tail = font.wrap(words.joined(separator: " "), width: textWidth)
    func band(_ row: [Cell]) -> Int {
      line + height + (row.contains { !$0.note.isEmpty } ? line : 0) + gap
    }
    var canvas = ColourImage(
      rows: 2 * margin + (head.count + tail.count) * line + 2 * gap
        + rows.reduce(0) { $0 + band($1) },
      columns: 2 * margin + textWidth, colour: .white)

    var top = margin
    for text in head {
      font.draw(text, on: &canvas, row: top, column: margin, colour: ink)
      top += line
    }
    top += gap
    for row in rows {
      for (place, cell) in row.enumerated() {
        let left = margin + place * (width + gap)
        let title = font.cut(cell.title, width: width)
        font.draw(
          title, on: &canvas, row: top, column: left + (width - font.width(title)) / 2, colour: ink)
        draw(cell.picture, zoom, on: &canvas, top: top + line, left: left)
        let note = font.cut(cell.note, width: width)
        font.draw(
          note, on: &canvas, row: top + line + height + 2,
          column: left + (width - font.width(note)) / 2, colour: faint)
      }
      top += band(row)
    }
    top += gap
    for text in tail {
      font.draw(text, on: &canvas, row: top, column: margin, colour: faint)
      top += line
    }
    return canvas
  }

  private func draw(
    _ picture: Picture, _ zoom: PictureZoom, on canvas: inout ColourImage, top: Int, left: Int
  ) {
    let (rows, columns) = (zoom.length(size.rows), zoom.length(size.columns))
    /// Each of the three parts of the colour of every pixel, averaged over blocks where they are.
    func parts(_ colour: (Int) -> Colour) -> [[Float]] {
      let colours = (0..<size.rows * size.columns).map(colour)
      return [\Colour.red, \.green, \.blue].map { part in
        zoom.reduced(
          colours.map { Float($0[keyPath: part]) }, rows: size.rows, columns: size.columns)
      }
    }
    let values: [[Float]]
    switch picture {
    case .empty: return
    case .grey(let image): values = parts { Colour(grey: image.pixels[$0]) }
    case .mapped(let image): values = parts { image.colour($0) }
    case .marked(let image, let marks):
      values = parts { pixel in
        let grey = image.pixels[pixel]
        // Red stays bright on dark tissue, and the image shows through in the other two.
        return marks[pixel] ? Colour(max(200, grey), grey / 2, grey / 4) : Colour(grey: grey)
      }
    }
    let across = columns / zoom.enlarge
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row / zoom.enlarge * across + column / zoom.enlarge
        let part = values.map { UInt8($0[place].rounded()) }
        canvas[top + row, left + column] = Colour(part[0], part[1], part[2])
      }
    }
  }
}
