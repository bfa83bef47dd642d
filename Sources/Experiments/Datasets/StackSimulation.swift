import Acquisition
import Arrays
import Foundation
public import Phantoms
import ScanFiles

/// Makes fully sampled multi-coil scans, and their manifest, out of a stack of magnitude images.
public struct StackSimulation: Sendable {
  /// What is made, and what its manifest says.
  public struct Options: Sendable {
    /// The split of the stack to take images from.
    public var split = "test"
    /// How many images to take.
    public var slices = 42
    public var scan = ImageScan.Settings()
    /// Quarter turns, counter-clockwise, that each image is given before it is scanned.
    public var quarterTurns = 0
    public var name = "simulated-slices"
    public var title = "Scans simulated from magnitude images"
    /// Licence and attribution of the images.
    public var licence = "see the source of the stack"
    public var source = "see the source of the stack"
    public var anatomy = "brain"

    public init() {}
  }

  /// The file in the folder that lists the scans.
  public static let manifestName = "dataset.yaml"

  private let stack: ImageStackReader
  private let options: Options
  private let volumes: [StackSelection.Volume]
  /// Millimetres a pixel of each image; nil where the stack states none.
  private let pixels: [Float]?

  /// Opens a stack and chooses the slices.
  ///
  /// One scan is made of each subject and contrast; see `StackSelection`. Throws `ScanFileError` if
  /// the stack cannot be read, `ExperimentError` if it lacks what is needed.
  public init(stack path: String, options: Options) throws {
    if let fault = options.scan.fault { throw ExperimentError(fault) }
    stack = try ImageStackReader(path: path)
    self.options = options
    pixels = try stack.numbers("mm_per_pixel")
    volumes = try StackSelection(stack, split: options.split, slices: options.slices).volumes
    guard stack.rows >= 16, stack.columns >= 16 else {
      throw ExperimentError(
        "\(path): images of \(stack.rows) × \(stack.columns) pixels make no scan; give at least "
          + "16 × 16")
    }
    if let twice = Self.repeated(volumes.map(Self.name)) {
      throw ExperimentError(
        "\(path): two pairs of subject and contrast give the scan name '\(twice)'; rename one")
    }
  }

  /// How many scans will be made.
  public var scans: Int { volumes.count }

  /// Throws `ExperimentError` if a file in `folder` would be replaced unasked.
  public func checkRoom(in folder: String, replacing: Bool) throws(ExperimentError) {
    for name in volumes.map({ "\(Self.name(of: $0)).h5" }) + [Self.manifestName] {
      try DatasetManifest.checkRoom(at: "\(folder)/\(name)", replacing: replacing)
    }
  }

  /// Makes the scans and the manifest in `folder`, which the caller publishes.
  ///
  /// `progress` is called before each slice with the number of those done; what it throws ends the
  /// work. Throws `ScanFileError` if an image cannot be read or a scan not be written.
  public func perform(
    into folder: OutputFolder, progress: (Int) throws -> Void
  ) throws -> DatasetManifest {
    var entries: [DatasetManifest.Entry] = []
    var done = 0
    for volume in volumes {
      let name = Self.name(of: volume)
      let path = folder.file("\(name).h5")
      try folder.naming {
        let images = volume.chosen.map { volume.images[$0] }
        let scan = try scan(of: images, name: name)
        let file = try SimulatedScanFile(
          path: path, slices: images.count, coils: options.scan.coils, rows: size.rows,
          columns: size.columns, header: header(of: volume, images: images))
        for (slice, place) in volume.chosen.enumerated() {
          try progress(done)
          let image = volume.images[place]
          let position = (Float(place) + 0.5) / Float(volume.images.count)
          // The noise goes by the image's place in the stack: other slices change nothing in it.
          let object = turned(try stack.image(image), by: options.quarterTurns)
          let kspace = scan.kspace(of: object, slice: image, position: position)
          // The reference is of an object that lies still.
          let ideal =
            options.scan.motion > 0
            ? scan.stillKspace(of: object, slice: image, position: position) : nil
          try file.write(kspace, slice: slice, ideal: ideal)
          done += 1
        }
        try file.commit()
      }
      entries.append(
        .init(
          name: name, path: "\(name).h5", sha256: try FileDigest.sha256(ofFile: path),
          bytes: try FileContent.size(of: path), patient: volume.subject, anatomy: options.anatomy,
          contrast: volume.contrast, split: options.split))
    }
    let manifest = DatasetManifest(
      name: options.name, title: options.title, licence: options.licence, source: options.source,
      origin: .simulated, note: note, entries: entries,
      file: "\(folder.path)/\(Self.manifestName)")
    let data = Data(try manifest.text.utf8)
    let path = folder.file(Self.manifestName)
    do {
      try data.write(to: URL(fileURLWithPath: path))
    } catch {
      throw ExperimentError("\(manifest.file): cannot be written; check the free disk space")
    }
    return manifest
  }

  /// Rows and columns of the images after their turn.
  private var size: (rows: Int, columns: Int) {
    options.quarterTurns % 2 == 0 ? (stack.rows, stack.columns) : (stack.columns, stack.rows)
  }

  /// The scan of the chosen images, whose foreground sets the noise.
  private func scan(of images: [Int], name: String) throws -> ImageScan {
    var mean = ForegroundMean()
    for image in images { mean.add(try stack.image(image)) }
    guard let signal = mean.value else {
      throw ExperimentError(
        "\(stack.path): the images of '\(name)' are black; leave them out of the stack")
    }
    return ImageScan(
      rows: size.rows, columns: size.columns, signal: signal, name: name, settings: options.scan)
  }

  private func header(of volume: StackSelection.Volume, images: [Int]) -> ScanHeader {
    // Images of several scales in one scan: the header can state none.
    let sizes = Set(pixels.map { pixels in images.map { pixels[$0] } } ?? [])
    let pixel = sizes.count == 1 ? sizes.first.flatMap { Double("\($0)") } : nil
    let space = ScanHeader.Space(
      rows: size.rows, columns: size.columns, rowExtent: pixel.map { $0 * Double(size.rows) },
      columnExtent: pixel.map { $0 * Double(size.columns) })
    return ScanHeader(
      encoded: space, reconstructed: space, phaseEncodingCentre: size.columns / 2,
      phaseEncodingMaximum: size.columns - 1, encodingCount: 1, patient: volume.subject,
      acquisition: volume.contrast)
  }

  /// How the k-space was made, for the readers of tables.
  private var note: String {
    let ratio = options.scan.signalToNoise
    let text = ratio == ratio.rounded() ? String(Int(ratio)) : "\(ratio)"
    let turn =
      options.quarterTurns % 4 == 0 ? "" : " turned by \(options.quarterTurns % 4 * 90) degrees"
    let motion =
      options.scan.motion == 0
      ? ""
      : "; \(options.scan.movedShare) of the lines after a shift of \(options.scan.motion) pixels "
        + "(standard deviation along each axis), which the stored reference is without"
    return "k-space was not measured: Fourier transform of magnitude\(turn) × smooth phase × "
      + "\(options.scan.coils) simulated coils (root sum of squares 1), plus complex Gaussian "
      + "noise, SNR \(text) (mean foreground magnitude over the noise's standard deviation per real "
      + "part), seed \(options.scan.seed)\(motion); magnitudes: split '\(options.split)' of "
      + "\((stack.path as NSString).lastPathComponent)"
  }

  private func turned(_ image: RealArray, by turns: Int) -> RealArray {
    (0..<(turns % 4 + 4) % 4).reduce(image) { image, _ in
      let (rows, columns) = (image.shape[0], image.shape[1])
      return RealArray(
        shape: [columns, rows],
        values: (0..<rows * columns).map {
          image.values[$0 % rows * columns + columns - 1 - $0 / rows]
        })
    }
  }

  /// The scan's name: subject and contrast, as letters and digits that a file name can hold.
  private static func name(of volume: StackSelection.Volume) -> String {
    let text = "\(volume.subject)-\(volume.contrast)"
    let word = String(text.map { $0.isLetter || $0.isNumber || "-_+".contains($0) ? $0 : "-" })
    return word
  }

  private static func repeated(_ names: [String]) -> String? {
    var seen: Set<String> = []
    return names.first { !seen.insert($0).inserted }
  }
}
