/// Draws text from the embedded glyphs, smooth-edged, at whole multiples of their size.
struct PictureFont: Sendable {
  /// The one typeface of all pictures.
  static let shared = PictureFont()

  private struct Glyph {
    /// The columns to move on by.
    let advance: Int
    /// Coverage from 0 to 1, `[height, advance + 2]`, the glyph's origin at column 1.
    let coverage: [Float]
  }

  private let glyphs: [Character: Glyph]
  private let unknown: Glyph

  private init() {
    let height = FontGlyphs.height
    let digits = FontGlyphs.coverage.utf8.map { digit in
      Float(Character(UnicodeScalar(digit)).hexDigitValue ?? 0) / 15
    }
    var glyphs: [Character: Glyph] = [:]
    var start = 0
    for (character, advance) in zip(FontGlyphs.characters, FontGlyphs.widths) {
      let count = (advance + 2) * height
      glyphs[character] = Glyph(
        advance: advance, coverage: Array(digits[start..<start + count]))
      start += count
    }
    precondition(
      start == digits.count && glyphs.count == FontGlyphs.widths.count,
      "the glyph table does not fit its widths")
    self.glyphs = glyphs
    // A character without a glyph shows as an open box.
    var box = [Float](repeating: 0, count: 11 * height)
    for row in 1..<FontGlyphs.ascent {
      for column in 2..<9 where row == 1 || row == FontGlyphs.ascent - 1 || [2, 8].contains(column)
      {
        box[row * 11 + column] = 0.8
      }
    }
    unknown = Glyph(advance: 9, coverage: box)
  }

  /// The pixel rows of a line of text at size 1.
  var height: Int { FontGlyphs.height }

  /// The pixel columns that `text` takes at `size`.
  func width(_ text: String, size: Int = 1) -> Int {
    text.reduce(0) { $0 + glyph($1).advance } * size
  }

  /// Draws `text` with its top left corner at `row`, `column`; what lies outside is cut off.
  func draw(
    _ text: String, on image: inout ColourImage, row: Int, column: Int, colour: Colour,
    size: Int = 1
  ) {
    var left = column
    for character in text {
      let glyph = glyph(character)
      let width = glyph.advance + 2
      for y in 0..<height * size {
        for x in 0..<width * size {
          let coverage = sample(glyph.coverage, width: width, x: x, y: y, size: size)
          if coverage > 0 {
            image.blend(colour, coverage, row: row + y, column: left - size + x)
          }
        }
      }
      left += glyph.advance * size
    }
  }

  /// Breaks `text` at spaces so that no line is wider than `width`; a longer word stands alone, cut.
  func wrap(_ text: String, width: Int, size: Int = 1) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      let longer = line.isEmpty ? String(word) : line + " " + word
      if self.width(longer, size: size) <= width || line.isEmpty {
        line = longer
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines.map { cut($0, width: width, size: size) }
  }

  /// `text`, shortened to end in … if it is wider than `width`.
  func cut(_ text: String, width: Int, size: Int = 1) -> String {
    guard self.width(text, size: size) > width else { return text }
    var short = text
    while !short.isEmpty, self.width(short + "…", size: size) > width { short.removeLast() }
    return short + "…"
  }

  private func glyph(_ character: Character) -> Glyph { glyphs[character] ?? unknown }

  /// Coverage at pixel `x`, `y` of the glyph enlarged `size` times, interpolated bilinearly.
  private func sample(_ coverage: [Float], width: Int, x: Int, y: Int, size: Int) -> Float {
    if size == 1 { return coverage[y * width + x] }
    let u = (Float(x) + 0.5) / Float(size) - 0.5
    let v = (Float(y) + 0.5) / Float(size) - 0.5
    func at(_ row: Int, _ column: Int) -> Float {
      row >= 0 && row < height && column >= 0 && column < width
        ? coverage[row * width + column] : 0
    }
    let (left, top) = (u.rounded(.down), v.rounded(.down))
    let (fx, fy, column, row) = (u - left, v - top, Int(left), Int(top))
    return (at(row, column) * (1 - fx) + at(row, column + 1) * fx) * (1 - fy)
      + (at(row + 1, column) * (1 - fx) + at(row + 1, column + 1) * fx) * fy
  }
}
