import Arrays
import Foundation
import Generators
public import Training

/// The images of a training run: all in memory, of one size, split by subject.
public struct TrainingSet: Sendable {
  /// What an image is used for.
  public enum Part: Sendable {
    case training, validation

    /// The part that a stated split means; nil for any other than `train` and `val`.
    init?(stated: String?) {
      switch stated {
      case "train": self = .training
      case "val": self = .validation
      default: return nil
      }
    }
  }

  public let images: StoredImages
  /// The indices of the images to train on.
  public let training: [Int]
  /// The indices of the images that are held out.
  public let validation: [Int]
  /// The subjects of each, in alphabetic order.
  public let trainingSubjects: [String]
  public let validationSubjects: [String]
  /// How many images to train on are of each stated origin.
  public let origins: [String: Int]
  /// How many images of other splits were left unread.
  public let unread: Int
  /// A sentence for each file or image that could not be used.
  public let skipped: [String]
  /// Subjects that the data themselves put into several splits.
  public let divided: [String]
  /// SHA-256 of the images to train on, in their order.
  public let digest: String

  /// Reads the images at `paths` as the recipe asks for them.
  ///
  /// `progress` is called before each file with its path. Throws `ExperimentError` if a path is not
  /// there, or if what can be used is too little, of too many shapes, or all of one subject. Without
  /// `needsTraining` held-out images alone will do, as for a calibration.
  public init(
    paths: [String], recipe: TrainingRecipe, needsTraining: Bool = true,
    progress: (String) -> Void = { _ in }
  ) throws(ExperimentError) {
    let finder = try SourceFinder(paths, progress: progress)
    let place = paths.count == 1 ? paths[0] : "\(paths[0]) and \(paths.count - 1) more"
    var skipped = finder.skipped
    guard !finder.sources.isEmpty else {
      throw ExperimentError(
        "\(place): holds no file of images that can be used"
          + (skipped.first.map { " (\($0))" } ?? "; give stacks, scans, NIfTI or PNG files"))
    }
    let labels = finder.sources.flatMap(\.labels)
    let split = SubjectSplit(
      labels, share: recipe.validation.share, seed: recipe.validation.seed)
    divided = split.divided
    unread = split.parts.count { $0 == nil }
    let wanted = Self.wanted(finder.sources, split.parts)
    let square = try Self.square(wanted, recipe: recipe, place: place, skipped: &skipped)

    var collection = Collection(side: square.side)
    for (source, parts) in wanted {
      guard square.fits(rows: source.rows, columns: source.columns) else { continue }
      progress(source.path)
      source.read(parts.keys.sorted()) { index, result in
        guard let part = parts[index] else { return }
        do {
          try collection.add(
            result.get(), square, source: source, label: source.labels[index], part: part)
        } catch {
          let text = "\(error)"
          // The errors of files name them.
          let named = text.contains(source.path) ? text : "\(source.path): \(text)"
          skipped.append(parts.count > 1 ? "image \(index) of \(named)" : named)
        }
      }
    }
    images = collection.images
    (training, validation) = (collection.training, collection.validation)
    trainingSubjects = collection.subjects[.training, default: []].sorted()
    validationSubjects = collection.subjects[.validation, default: []].sorted()
    origins = collection.origins
    self.skipped = skipped
    digest = FileDigest.sha256(of: collection.digests.joined(separator: "\n"))
    try requireEnough(recipe, place, needsTraining: needsTraining)
  }

  /// The side of the images.
  public var side: Int { images.rows }

  /// SHA-256 of the subjects trained on, one a line in alphabetic order.
  public var subjectsDigest: String {
    FileDigest.sha256(of: trainingSubjects.map { $0 + "\n" }.joined())
  }

  private typealias Wanted = [(source: any ImageSource, parts: [Int: Part])]

  /// The images of each source that are used.
  private static func wanted(_ sources: [any ImageSource], _ parts: [Part?]) -> Wanted {
    var first = 0
    return sources.compactMap { source in
      let own = parts[first..<first + source.labels.count]
      first += source.labels.count
      let used = own.enumerated().compactMap { index, part in part.map { (index, $0) } }
      return used.isEmpty ? nil : (source, Dictionary(uniqueKeysWithValues: used))
    }
  }

  /// The square for all images; names the files whose images are far from it.
  private static func square(
    _ wanted: Wanted, recipe: TrainingRecipe, place: String, skipped: inout [String]
  ) throws(ExperimentError) -> ImageSquare {
    let square = ImageSquare(
      stated: recipe.size,
      sizes: wanted.flatMap { source, parts in
        parts.map { _ in (source.rows, source.columns) }
      }, factor: recipe.architecture.coarsestFactor)
    let far = wanted.filter { !square.fits(rows: $0.source.rows, columns: $0.source.columns) }
    let all = wanted.reduce(0) { $0 + $1.parts.count }
    if 3 * far.reduce(0, { $0 + $1.parts.count }) > all {
      var counts: [String: Int] = [:]
      for (source, parts) in wanted {
        counts["\(source.rows) × \(source.columns)", default: 0] += parts.count
      }
      let shapes = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(4).map {
        "\($0.value) of \($0.key)"
      }.joined(separator: ", ")
      throw ExperimentError(
        "\(place): more than a third of the images are far from a square of \(square.side) pixels "
          + "(\(shapes)); give images of like sizes, or 'size' in the recipe")
    }
    for (source, _) in far {
      skipped.append(
        "\(source.path): images of \(source.rows) × \(source.columns) pixels are too far from the "
          + "square of \(square.side)")
    }
    if recipe.crop > square.side {
      throw ExperimentError(
        "\(place): the images are brought to \(square.side) × \(square.side) pixels, less than the "
          + "recipe's crop of \(recipe.crop); lower 'crop' in the recipe or state its 'size'")
    }
    return square
  }

  private func requireEnough(
    _ recipe: TrainingRecipe, _ place: String, needsTraining: Bool
  ) throws(ExperimentError) {
    let reason = skipped.first.map { " (\(skipped.count) left out; the first: \($0))" } ?? ""
    let subjects = Set(trainingSubjects + validationSubjects)
    if training.isEmpty && validation.isEmpty {
      throw ExperimentError("\(place): no image can be used\(reason)")
    }
    if !needsTraining && !validation.isEmpty { return }
    if validation.isEmpty || training.isEmpty {
      throw ExperimentError(
        subjects.count == 1
          ? "\(place): all images are of one subject, '\(subjects.first ?? "")', which cannot be "
            + "trained on and held out too; give images of more subjects, or state 'split'\(reason)"
          : "\(place): no image is left to \(validation.isEmpty ? "validate" : "train") on; put some "
            + "into the split '\(validation.isEmpty ? "val" : "train")'\(reason)")
    }
    guard training.count >= 4 * recipe.batch else {
      throw ExperimentError(
        "\(place): there are \(training.count) images to train on, fewer than four batches of "
          + "\(recipe.batch); give more images\(reason)")
    }
  }
}

extension TrainingSet {
  /// The images so far.
  private struct Collection {
    var images: StoredImages
    var training: [Int] = []
    var validation: [Int] = []
    var subjects: [Part: Set<String>] = [:]
    var origins: [String: Int] = [:]
    /// A checksum of each image to train on.
    var digests: [String] = []

    init(side: Int) { images = StoredImages(rows: side, columns: side) }

    /// Adds an image, or throws a sentence on why it is of no use.
    mutating func add(
      _ pixels: SourcePixels, _ square: ImageSquare, source: any ImageSource, label: ImageLabel,
      part: Part
    ) throws(ExperimentError) {
      let (rows, columns) = (source.rows, source.columns)
      let index = images.count
      switch pixels {
      case .scaled(let bytes):
        let bytes = square.centred(bytes, rows: rows, columns: columns, zero: 0)
        guard bytes.contains(where: { $0 > 0 }) else { throw Self.black }
        images.append(bytes)
      case .values(let values):
        guard values.allSatisfy(\.isFinite) else {
          throw ExperimentError("holds values that are not finite; export it again")
        }
        let values = square.centred(
          values.map { max(0, $0) }, rows: rows, columns: columns, zero: 0)
        let white = percentile(values, 99.8)
        guard white > 0, (1 / white).isFinite else { throw Self.black }
        images.append(values, white: white)
      }
      subjects[part, default: []].insert(label.subject)
      switch part {
      case .validation: validation.append(index)
      case .training:
        training.append(index)
        digests.append(FileDigest.sha256(of: Data(images.bytes(index))))
        if !label.origin.isEmpty { origins[label.origin, default: 0] += 1 }
      }
    }

    private static let black = ExperimentError("is black; leave it out")
  }
}
