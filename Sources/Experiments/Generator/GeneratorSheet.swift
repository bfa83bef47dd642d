import Arrays
import Evaluation
public import Generators
import Numerics
import Reconstruction
import ScanFiles

/// Images that a generator draws of itself, in rows, for a picture sheet and as values.
public struct GeneratorSheet: Sendable {
  /// What is drawn.
  public enum Content: Sendable {
    /// Samples of the prior.
    case samples(Int)
    /// A way of so many images between two samples, or between the encodings of two images.
    case interpolation(Int, ends: (from: WholeImage, to: WholeImage)?)
    /// For every level a row: the image of a sample, or of an image's encoding, and so many others
    /// whose deviations of that level alone were drawn anew.
    case perturbation(Int, of: WholeImage?)
  }

  /// What the images depend on besides weights and content.
  public struct Settings: Sendable {
    public var rows = 256
    public var columns = 256
    /// The standard deviation of the deviations.
    public var temperature: Float = 1
    public var seed: UInt64 = 1

    public init() {}
  }

  struct Cell: Sendable {
    let title: String
    /// `[rows, columns]` in the generator's units.
    let image: ComplexArray
  }

  private let cells: [[Cell]]
  private let heading: String
  private let attributes: [String: HDF5Attribute]
  private let isComplex: Bool
  /// What is drawn white.
  private let white: Float

  /// Draws everything; `weights` is the file that `network` is from.
  ///
  /// Where images are given, they set the size. Throws `ExperimentError` for a size that the generator
  /// cannot draw and for values that are not finite, and what reading the images throws.
  public init(
    _ content: Content, network: LadderNetwork, weights: String, settings: Settings
  ) throws {
    let given: [WholeImage]
    switch content {
    case .samples: given = []
    case .interpolation(_, let ends): given = ends.map { [$0.from, $0.to] } ?? []
    case .perturbation(_, let image): given = image.map { [$0] } ?? []
    }
    let images = try given.map { try $0.magnitude() }
    if images.count == 2, images[0].shape != images[1].shape {
      throw ExperimentError(
        "\(given[0].name) has \(Self.text(images[0].shape)) pixels and \(given[1].name) has "
          + "\(Self.text(images[1].shape)); give two images of one size")
    }
    let shape = images.first?.shape ?? [settings.rows, settings.columns]
    let factor = network.architecture.coarsestFactor
    if images.isEmpty, shape.contains(where: { $0 < factor || $0 % factor != 0 }) {
      throw ExperimentError(
        "\(Self.text(shape)) pixels cannot be drawn by this generator; give multiples of \(factor)")
    }
    let prior = PriorImages(network: network, rows: shape[0], columns: shape[1])
    let encodings = images.map { prior.encoding(of: $0) }
    let drawing = Drawing(prior: prior, settings: settings)
    let cells =
      switch content {
      case .samples(let count): drawing.samples(count)
      case .interpolation(let steps, _):
        drawing.interpolation(steps, encodings, names: given.map(\.name))
      case .perturbation(let count, _): drawing.perturbation(count, encodings.first)
      }
    try self.init(
      cells, weights: weights, settings: settings, temperatureName: "temperature",
      isComplex: network.architecture.imageChannels == 2, white: LadderNetwork.brightest)
  }

  /// A sheet of images that are drawn; throws `ExperimentError` for values that are not finite.
  init(
    _ cells: [[Cell]], weights: String, settings: Settings, temperatureName: String,
    isComplex: Bool, white: Float
  ) throws {
    if let bad = cells.joined().first(where: { !$0.image.squaredNorm.isFinite }) {
      throw ExperimentError(
        "\(weights): the image '\(bad.title)' holds values that are not finite; see "
          + "'mri-ilo weights verify'")
    }
    (self.cells, self.isComplex, self.white) = (cells, isComplex, white)
    heading =
      "\(fileName(weights)) · seed \(settings.seed) · \(temperatureName) \(settings.temperature) · "
      + Self.text(cells.first?.first?.image.shape ?? []) + " pixels"
    attributes = [
      "weights": .string(fileName(weights)),
      "weights_sha256": .string(try FileDigest.sha256(ofFile: weights)),
      "seed": .string(String(settings.seed)),
      temperatureName: .number(Double(settings.temperature)),
      "brightest": .number(Double(white)),
    ]
  }

  /// The number of images.
  public var count: Int { cells.reduce(0) { $0 + $1.count } }

  /// Writes the magnitudes as a picture sheet, a PNG, by way of a temporary file.
  public func writePNG(to path: String) throws {
    let rows = cells.map { row in
      row.map { cell in
        PictureGrid.Cell(
          .grey(GreyImage(cell.image.magnitudes, white: white)),
          title: cell.title)
      }
    }
    try PictureGrid(
      heading: heading, rows: rows,
      foot: isComplex
        ? "Magnitude of the generator's complex image, white at \(white)."
        : "Generator's image, white at \(white)."
    ).writePNG(to: path)
  }

  /// Writes the values as an HDF5 file, by way of a temporary one: `images` (count, rows, columns),
  /// complex for a generator of complex images, and `titles` (count).
  public func writeValues(to path: String) throws {
    let all = Array(cells.joined())
    let writer = try AtomicHDF5Writer(path: path)
    let shape = [all.count] + all[0].image.shape
    let values = all.flatMap { $0.image.values }
    let dataset = try writer.file.createDataset(
      "images", shape: shape, type: isComplex ? .complex : .float)
    if isComplex { try dataset.write(values) } else { try dataset.write(values.map(\.real)) }
    try writer.file.writeStrings("titles", all.map(\.title))
    for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
      try writer.file.setAttribute(name, value)
    }
    try writer.commit()
  }

  private static func text(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " × ")
  }

  /// Cells in rows, about twice as wide as high.
  static func rows(_ cells: [Cell]) -> [[Cell]] {
    let across = max(1, Int((2 * Double(cells.count)).squareRoot().rounded()))
    return stride(from: 0, to: cells.count, by: across).map {
      Array(cells[$0..<min(cells.count, $0 + across)])
    }
  }

  /// The places between two images of these names, each as the share of the way and a title.
  static func way(_ steps: Int, names: [String] = ["sample 0", "sample 1"]) -> [(
    share: Float, title: String
  )] {
    (0..<steps).map { step in
      let share = Float(step) / Float(max(1, steps - 1))
      let title =
        step == 0
        ? names[0] : step == steps - 1 ? names[1] : "\(Int((100 * share).rounded())) %"
      return (share, title)
    }
  }

  /// The images on the straight way between two samples, which `draw` makes of vectors.
  static func way(
    _ steps: Int, from first: [Float], to last: [Float], draw: (String, [Float]) -> Cell
  )
    -> [Cell]
  {
    way(steps).map { place in
      draw(place.title, zip(first, last).map { $0 + place.share * ($1 - $0) })
    }
  }

  /// Throws `ExperimentError` where `size` asks for another one than `network` draws.
  static func requireSize(
    _ size: (rows: Int?, columns: Int?), of drawn: (rows: Int, columns: Int), _ network: String
  ) throws {
    guard size.rows ?? drawn.rows == drawn.rows, size.columns ?? drawn.columns == drawn.columns
    else {
      throw ExperimentError(
        "\(network) draws \(drawn.rows) × \(drawn.columns) pixels and no other size; leave --rows "
          + "and --columns out")
    }
  }

  /// The rows of each kind of content.
  private struct Drawing {
    let prior: PriorImages
    let settings: Settings

    func samples(_ count: Int) -> [[Cell]] {
      GeneratorSheet.rows((0..<count).map { cell("sample \($0)", sample($0)) })
    }

    func interpolation(
      _ steps: Int, _ encodings: [PriorImages.Latents], names: [String]
    ) -> [[Cell]] {
      let ends = encodings.count == 2 ? encodings : [sample(0), sample(1)]
      let names = names.count == 2 ? names : ["sample 0", "sample 1"]
      return [
        GeneratorSheet.way(steps, names: names).map { place in
          cell(
            place.title,
            prior.between(ends[0], ends[1], share: place.share, onSphere: encodings.isEmpty))
        }
      ]
    }

    func perturbation(_ count: Int, _ encoding: PriorImages.Latents?) -> [[Cell]] {
      let base = encoding ?? sample(0)
      let first = cell(encoding == nil ? "sample 0" : "encoding", base)
      return (0..<prior.levels).map { level in
        [first]
          + (0..<count).map { number in
            cell(
              "level \(level) redrawn",
              prior.redrawing(
                level: level, of: base, number: number, seed: settings.seed,
                temperature: settings.temperature))
          }
      }
    }

    private func sample(_ index: Int) -> PriorImages.Latents {
      prior.sample(index, seed: settings.seed, temperature: settings.temperature)
    }

    private func cell(_ title: String, _ latents: PriorImages.Latents) -> Cell {
      Cell(title: title, image: prior.image(of: latents))
    }
  }
}
