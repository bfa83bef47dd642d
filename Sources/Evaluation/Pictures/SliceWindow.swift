public import Arrays

/// The grey window and the error scale that all pictures of one slice share, from its reference
/// alone, so that no method is shown more kindly than another.
public struct SliceWindow: Sendable, Equatable {
  /// How many times the error is enlarged: the last colour of an error map stands for a fifth of
  /// `white`.
  public static let errorFactor: Float = 5

  /// The value that is shown white: the 99.8th percentile of the reference's magnitude, as in
  /// `PictureSheet`.
  public let white: Float

  /// The window of `reference`, `[rows, columns]`.
  public init(reference: RealArray) {
    white = percentile(reference.values.map(abs), 99.8)
  }

  /// The magnitude of `image`, `[rows, columns]`, from black at 0 to white at `white`.
  public func grey(_ image: RealArray) -> GreyImage {
    GreyImage(RealArray(shape: image.shape, values: image.values.map(abs)), white: white)
  }

  /// The absolute error of `image` against `reference`, both `[rows, columns]`, enlarged by
  /// `errorFactor` on the scale from 0 to `white`.
  public func error(_ image: RealArray, _ reference: RealArray) -> MappedImage {
    guard image.shape == reference.shape, image.shape.count == 2 else {
      shapeError("an image of \(image.shape) has no error against one of \(reference.shape)")
    }
    let scale = white > 0 ? Self.errorFactor / white : 0
    return MappedImage(
      magnitudeError(image, reference).map { $0 * scale }, rows: image.shape[0],
      columns: image.shape[1], map: .inferno)
  }

  /// `share`, `[rows, columns]` of values from 0 to 1, on the colours of the error maps.
  public static func share(_ share: RealArray) -> MappedImage {
    guard share.shape.count == 2 else {
      shapeError("a map needs [rows, columns], not \(share.shape)")
    }
    return MappedImage(
      share.values, rows: share.shape[0], columns: share.shape[1], map: .inferno)
  }
}

extension ColourMap {
  /// The colour of every `step`-th entry as `#rrggbb`, the last one included, for a colour bar.
  public func hexadecimalColours(_ count: Int) -> [String] {
    let last = max(count - 1, 1)
    return (0..<count).map { index in
      let colour = colours[index * 255 / last]
      return "#"
        + [colour.red, colour.green, colour.blue].map {
          let digits = String($0, radix: 16)
          return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }
  }
}
