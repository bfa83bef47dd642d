public import Arrays
import Numerics

/// Images that no scanner of heads gives, made to see whether a score tells them from heads.
///
/// All are magnitudes `[rows, columns]` in the generator's units, at most about `1.2`.
public enum UnfamiliarImages: String, Sendable, CaseIterable {
  /// The magnitude of complex white noise.
  case noise
  /// A head with its contrast turned upside down between the first and last bright pixel of each row.
  case inverted
  /// Black and white squares.
  case chessboard
  /// A small patch of a head that fills the image.
  case texture
  /// A head cut into 4 × 4 blocks that change places.
  case shuffled
  /// Cross-sections of two legs: fat, muscle, bone and marrow.
  case legs
  /// Discs that hide each other, the number of a radius falling with its cube, as in photographs (the
  /// dead leaves of Lee, Mumford and Huang, Int. J. Comput. Vis. 41:35, 2001).
  case leaves
  /// Clouds: noise whose amplitude falls with the spatial frequency.
  case clouds

  /// One such image; `head` is a magnitude image `[rows, columns]` to make it from.
  public func image(from head: RealArray, random: inout RandomStream) -> RealArray {
    switch self {
    case .noise: Self.noise(head.shape, &random)
    case .inverted: Self.inverted(head)
    case .chessboard: Self.chessboard(head.shape, &random)
    case .texture: Self.texture(head, &random)
    case .shuffled: Self.shuffled(head, &random)
    case .legs: Self.legs(head.shape, &random)
    case .leaves: Self.leaves(head.shape, &random)
    case .clouds: Self.clouds(head.shape, &random)
    }
  }

  /// The brightness of the brightest pixels.
  private static let white: Float = 1.2

  private static func noise(_ shape: [Int], _ random: inout RandomStream) -> RealArray {
    var image = RealArray(zeros: shape)
    for index in image.values.indices {
      let (a, b) = RandomStream.normalPair(random.next())
      image.values[index] = white / 3 * (a * a + b * b).squareRoot()
    }
    return image
  }

  private static func inverted(_ head: RealArray) -> RealArray {
    let columns = head.shape[1]
    var image = RealArray(zeros: head.shape)
    for row in 0..<head.shape[0] {
      let line = row * columns..<(row + 1) * columns
      guard let first = line.first(where: { head.values[$0] > white / 10 }),
        let last = line.last(where: { head.values[$0] > white / 10 })
      else { continue }
      for index in first...last { image.values[index] = max(0, white - head.values[index]) }
    }
    return image
  }

  private static func chessboard(_ shape: [Int], _ random: inout RandomStream) -> RealArray {
    let side = 6 + Int(26 * random.uniform())
    var image = RealArray(zeros: shape)
    for index in image.values.indices {
      let (row, column) = (index / shape[1], index % shape[1])
      image.values[index] = (row / side + column / side) % 2 == 0 ? 0.1 : white
    }
    return image
  }

  private static func texture(_ head: RealArray, _ random: inout RandomStream) -> RealArray {
    let (rows, columns) = (head.shape[0], head.shape[1])
    let zoom = 5 + 5 * random.uniform()
    // From the middle half, where there is a head.
    let top = Float(rows) * (0.3 + 0.2 * random.uniform())
    let left = Float(columns) * (0.3 + 0.2 * random.uniform())
    var image = RealArray(zeros: head.shape)
    for row in 0..<rows {
      for column in 0..<columns {
        let (y, x) = (top + Float(row) / zoom, left + Float(column) / zoom)
        let (y0, x0) = (min(Int(y), rows - 2), min(Int(x), columns - 2))
        let (fy, fx) = (y - Float(y0), x - Float(x0))
        func at(_ row: Int, _ column: Int) -> Float { head.values[row * columns + column] }
        image.values[row * columns + column] =
          (1 - fy) * ((1 - fx) * at(y0, x0) + fx * at(y0, x0 + 1))
          + fy * ((1 - fx) * at(y0 + 1, x0) + fx * at(y0 + 1, x0 + 1))
      }
    }
    let peak = percentile(image.values, 99.8)
    if peak > 0 { image.values = image.values.map { $0 * white / peak } }
    return image
  }

  private static func shuffled(_ head: RealArray, _ random: inout RandomStream) -> RealArray {
    let (height, width, columns) = (head.shape[0] / 4, head.shape[1] / 4, head.shape[1])
    let order = (0..<16).shuffled(using: &random)
    var image = RealArray(zeros: head.shape)
    for (block, from) in order.enumerated() {
      for row in 0..<height {
        for column in 0..<width {
          let to = (block / 4 * height + row) * columns + block % 4 * width + column
          image.values[to] =
            head.values[(from / 4 * height + row) * columns + from % 4 * width + column]
        }
      }
    }
    return image
  }

  private static func legs(_ shape: [Int], _ random: inout RandomStream) -> RealArray {
    var image = clouds(shape, &random)
    let radius = 0.36 + 0.08 * random.uniform()
    let (fat, bone) = (0.8 + 0.1 * random.uniform(), 0.28 + 0.2 * random.uniform())
    for row in 0..<shape[0] {
      for column in 0..<shape[1] {
        let y = (2 * Float(row) / Float(shape[0]) - 1) / (2 * radius)
        let x = abs(2 * Float(column) / Float(shape[1]) - 1) / (2 * radius) - 0.58
        let distance = (x * x * 2.6 + y * y).squareRoot()
        let index = row * shape[1] + column
        let muscle = 0.25 + 0.2 * image.values[index]
        image.values[index] =
          distance > 1
          ? 0
          : distance > fat
            ? white
            : distance < bone ? 0.9 * white : distance < bone + 0.08 ? 0.05 : muscle
      }
    }
    return image
  }

  private static func leaves(_ shape: [Int], _ random: inout RandomStream) -> RealArray {
    var image = RealArray(zeros: shape)
    let (least, most) = (Float(shape[1]) / 64, Float(shape[1]) / 3)
    for _ in 0..<1500 {
      // The inverse of the distribution function of r⁻³ between the two radii.
      let share = random.uniform()
      let radius =
        1 / ((1 - share) / (least * least) + share / (most * most)).squareRoot()
      let (y, x) = (random.uniform() * Float(shape[0]), random.uniform() * Float(shape[1]))
      let grey = white * random.uniform()
      for row in max(0, Int(y - radius))..<min(shape[0], Int(y + radius) + 1) {
        for column in max(0, Int(x - radius))..<min(shape[1], Int(x + radius) + 1) {
          let (dy, dx) = (Float(row) - y, Float(column) - x)
          if dy * dy + dx * dx < radius * radius { image.values[row * shape[1] + column] = grey }
        }
      }
    }
    return image
  }

  private static func clouds(_ shape: [Int], _ random: inout RandomStream) -> RealArray {
    var spectrum = ComplexArray(zeros: shape)
    for index in spectrum.values.indices {
      let y = Float(index / shape[1] - shape[0] / 2)
      let x = Float(index % shape[1] - shape[1] / 2)
      let (a, b) = RandomStream.normalPair(random.next())
      let amplitude = 1 / max(1, (y * y + x * x).squareRoot())
      spectrum.values[index] = Complex(a * amplitude, b * amplitude)
    }
    FourierTransform(rows: shape[0], columns: shape[1]).inverse(&spectrum)
    var image = RealArray(shape: shape, values: spectrum.values.map(\.real))
    let low = percentile(image.values, 1)
    let high = percentile(image.values, 99.8)
    let scale = high > low ? white / (high - low) : 0
    image.values = image.values.map { min(white, max(0, ($0 - low) * scale)) }
    return image
  }
}
