public import Arrays

/// One picture that compares reconstructions of a slice: reference, panels, error maps on one
/// common scale, sampled lines, and a caption that says what is shown.
///
/// All images are magnitudes `[rows, columns]` of one shape.
public struct PictureSheet: Sendable {
  /// A reconstruction with its name and, where there is a reference, its metrics.
  public struct Panel: Sendable {
    /// The name above the image.
    public let title: String
    /// The magnitude image, `[rows, columns]`.
    public let image: RealArray
    /// What stands in the corner of the image.
    public let metrics: ImageMetrics?

    /// A panel; without `metrics` the corner stays empty.
    public init(title: String, image: RealArray, metrics: ImageMetrics? = nil) {
      self.title = title
      self.image = image
      self.metrics = metrics
    }
  }

  /// The fully sampled image, or why there is none.
  public enum Reference: Sendable {
    /// The magnitude image `[rows, columns]` and its kind, e.g. `RSS of the fully sampled k-space`.
    case image(RealArray, kind: String)
    /// No error maps nor metrics can be shown, because of `reason` (a clause, without a full stop).
    case missing(reason: String)
  }

  /// What was sampled.
  public struct Sampling: Sendable {
    /// Whether each column (phase-encode line), or each point of `rows` rows, was sampled.
    public let samples: [Bool]
    /// The rows of a mask of points; nil for a mask of columns.
    public let rows: Int?
    /// What stands below, such as `asked 8x, achieved 6.55x, 9 ACS lines`.
    public let text: String

    /// The sampled columns `[columns]` or points `[rows, columns]` and their description.
    public init(samples: [Bool], rows: Int? = nil, text: String) {
      (self.samples, self.rows, self.text) = (samples, rows, text)
    }
  }

  /// The words of the header.
  public struct Caption: Sendable {
    /// The file that the slice is from.
    public let file: String
    /// The number of the slice.
    public let slice: Int
    /// The kind of mask, such as `random`.
    public let mask: String
    /// The seed of the mask and of the methods: a number or a file name.
    public let seed: String
    /// What the metrics mean.
    public let definition: MetricDefinition

    /// What is shown: file, slice, mask, seed, and the definition of the metrics.
    public init(
      file: String, slice: Int, mask: String, seed: String,
      definition: MetricDefinition = .fastMRI
    ) {
      self.file = file
      self.slice = slice
      self.mask = mask
      self.seed = seed
      self.definition = definition
    }
  }

  /// What stands at the foot of every sheet.
  public static let notice = "Research use only; not for diagnosis."

  let caption: Caption
  let reference: Reference
  let panels: [Panel]
  let sampling: Sampling?
  let rows: Int
  let columns: Int

  /// A sheet of `panels` in the given order, zero-filled first: without a reference the first panel
  /// sets the grey window.
  ///
  /// - Throws: `PictureError` if there is no image at all, if shapes differ, or if an image is not
  ///   finite.
  public init(
    caption: Caption, reference: Reference, panels: [Panel], sampling: Sampling? = nil
  ) throws(PictureError) {
    var images = panels.map { ($0.title, $0.image) }
    if case .image(let image, _) = reference { images.insert(("reference", image), at: 0) }
    guard let shape = images.first?.1.shape else { throw .nothingToShow }
    for (title, image) in images {
      guard image.shape == shape, shape.count == 2, image.count > 0 else {
        throw .shapeMismatch(title: title, shape: image.shape, expected: shape)
      }
      if let index = image.values.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(title: title, row: index / shape[1], column: index % shape[1])
      }
    }
    self.caption = caption
    self.reference = reference
    self.panels = panels
    self.sampling = sampling
    (rows, columns) = (shape[0], shape[1])
  }

  /// Renders the sheet and writes it as a PNG by way of a temporary file beside `path`.
  ///
  /// - Throws: `OutputFileError` if the file cannot be written.
  public func writePNG(to path: String) throws {
    try rendered().writePNG(to: path)
  }
}
