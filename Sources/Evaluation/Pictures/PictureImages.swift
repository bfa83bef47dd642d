public import Arrays

/// Red, green and blue from 0 to 255.
public struct Colour: Sendable, Equatable {
  /// The red part.
  public let red: UInt8
  /// The green part.
  public let green: UInt8
  /// The blue part.
  public let blue: UInt8

  /// A colour of three parts.
  public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// A grey.
  public init(grey: UInt8) { self.init(grey, grey, grey) }

  static let white = Colour(grey: 255)
  static let black = Colour(grey: 0)
}

/// An 8-bit grey picture, `[rows, columns]`.
public struct GreyImage: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// The pixels in row-major order.
  public var pixels: [UInt8]

  /// A picture of one grey.
  public init(rows: Int, columns: Int, grey: UInt8 = 0) {
    self.rows = rows
    self.columns = columns
    pixels = Array(repeating: grey, count: rows * columns)
  }

  /// Shows `image`, `[rows, columns]`, linearly from black at 0 to white at `white`.
  ///
  /// NaN shows black; `PictureSheet` refuses it.
  public init(_ image: RealArray, white: Float) {
    guard image.shape.count == 2 else {
      shapeError("a picture needs [rows, columns], not \(image.shape)")
    }
    self.init(rows: image.shape[0], columns: image.shape[1])
    let scale = white > 0 ? 255 / white : 0
    for index in pixels.indices {
      let value = image.values[index] * scale
      pixels[index] = value >= 255 ? 255 : value > 0 ? UInt8(value.rounded()) : 0
    }
  }
}

/// An 8-bit colour picture, `[rows, columns]`.
public struct ColourImage: Sendable, Equatable {
  /// The number of rows.
  public let rows: Int
  /// The number of columns.
  public let columns: Int
  /// Red, green and blue of each pixel in row-major order.
  public var pixels: [UInt8]

  /// A picture of one colour.
  public init(rows: Int, columns: Int, colour: Colour) {
    self.rows = rows
    self.columns = columns
    pixels = []
    pixels.reserveCapacity(3 * rows * columns)
    for _ in 0..<rows * columns { pixels += [colour.red, colour.green, colour.blue] }
  }

  /// The colour at a pixel inside the picture; setting one outside does nothing.
  public subscript(row: Int, column: Int) -> Colour {
    get {
      let start = 3 * (row * columns + column)
      return Colour(pixels[start], pixels[start + 1], pixels[start + 2])
    }
    set {
      guard row >= 0, row < rows, column >= 0, column < columns else { return }
      let start = 3 * (row * columns + column)
      pixels[start] = newValue.red
      pixels[start + 1] = newValue.green
      pixels[start + 2] = newValue.blue
    }
  }

  /// Fills a rectangle with `colour`, `opacity` from 0 (nothing) to 1 (cover).
  mutating func fill(_ area: PixelArea, _ colour: Colour, opacity: Float = 1) {
    for row in area.top..<area.top + area.rows {
      for column in area.left..<area.left + area.columns {
        blend(colour, opacity, row: row, column: column)
      }
    }
  }

  /// Mixes `colour` into one pixel; outside the picture nothing happens.
  mutating func blend(_ colour: Colour, _ opacity: Float, row: Int, column: Int) {
    guard row >= 0, row < rows, column >= 0, column < columns else { return }
    let old = self[row, column]
    func mix(_ from: UInt8, _ to: UInt8) -> UInt8 {
      UInt8((Float(from) + (Float(to) - Float(from)) * opacity).rounded())
    }
    self[row, column] = Colour(
      mix(old.red, colour.red), mix(old.green, colour.green), mix(old.blue, colour.blue))
  }
}

/// A rectangle of pixels in a picture.
struct PixelArea {
  var top: Int
  var left: Int
  var rows: Int
  var columns: Int
}
