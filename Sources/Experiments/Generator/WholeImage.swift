public import Arrays
import Evaluation
import Foundation
import ScanFiles

/// A whole magnitude image: of a stack, of a fully sampled scan, of a NIfTI volume, or a PNG picture.
public struct WholeImage: Sendable, Equatable {
  private enum Kind: Sendable {
    case stack, scan, volume, picture
  }

  /// The file as the user named it.
  public let file: String
  /// The number of the image in the stack or of the slice in the scan or volume, from 0; nil for a
  /// picture.
  public let index: Int?
  private let kind: Kind

  /// How tables and pictures call it.
  public var name: String { fileName(file) + (index.map { ":\($0)" } ?? "") }

  /// Reads the image, `[rows, columns]`, in the units of the file.
  ///
  /// A scan's is the magnitude of the coils combined, cut as the header says. Throws an error that names
  /// the file.
  public func magnitude() throws -> RealArray {
    switch kind {
    case .picture:
      let picture = try GreyImage(contentsOfPNG: file)
      return RealArray(
        shape: [picture.rows, picture.columns], values: picture.pixels.map(Float.init))
    case .stack: return try ImageStackReader(path: file).image(index ?? 0)
    case .volume:
      var slice = RealArray(zeros: [0, 0])
      try NIfTIVolume(path: file).read([index ?? 0]) { slice = $1 }
      return slice
    case .scan:
      let scan = try Self.fullScan(file)
      do {
        return centre(
          of: try ReferenceKind.mvue.image(
            of: try scan.kspace(slice: index ?? 0), acquired: scan.acquiredColumns),
          size: scan.imageSize)
      } catch let error as ScanFileError {
        throw error
      } catch {
        throw ExperimentError("\(name): \(error)")
      }
    }
  }

  /// The image that `text` names: a PNG picture, or `FILE:NUMBER`, the number being 0 where it is left
  /// out.
  public init(_ text: String) throws {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var (file, number) = (text, 0)
    if !FileManager.default.fileExists(atPath: text), parts.count > 1,
      let last = parts.last.flatMap({ Int($0) })
    {
      (file, number) = (parts.dropLast().joined(separator: ":"), last)
    }
    let contents = try Contents(file: file)
    guard contents.kind == .picture || (0..<contents.count).contains(number) else {
      throw ExperimentError(
        "\(file): has no image \(number); choose from 0 to \(contents.count - 1)")
    }
    self.init(
      file: file, index: contents.kind == .picture ? nil : number, kind: contents.kind)
  }

  private init(file: String, index: Int?, kind: Kind) {
    (self.file, self.index, self.kind) = (file, index, kind)
  }

  /// At most `count` images of a file, evenly spread over it or over one `split` of a stack.
  ///
  /// Throws an error that names the file if it holds no such images.
  public static func list(file: String, split: String?, count: Int) throws -> [WholeImage] {
    let contents = try Contents(file: file)
    if contents.kind == .picture {
      return [WholeImage(file: file, index: nil, kind: .picture)]
    }
    let chosen = try contents.indices(split: split)
    let number = min(count, chosen.count)
    return (0..<number).map {
      WholeImage(
        file: file, index: chosen[(2 * $0 + 1) * chosen.count / (2 * number)], kind: contents.kind)
    }
  }

  /// The images that `slices` numbers, from 0, of a file or of one `split` of a stack; all when nil.
  ///
  /// Throws an error that names the file if it holds no such images, and for a split of what is no stack.
  public static func list(
    file: String, split: String?, slices: SliceSelection?
  ) throws -> [WholeImage] {
    let contents = try Contents(file: file)
    if split != nil, contents.kind != .stack {
      throw ExperimentError(
        "\(file): has no splits, which only HDF5 stacks have; leave --split out")
    }
    let chosen = try contents.indices(split: split)
    let numbers = try slices?.indices(of: chosen.count, file: file) ?? Array(chosen.indices)
    return numbers.map {
      WholeImage(
        file: contents.file, index: contents.kind == .picture ? nil : chosen[$0],
        kind: contents.kind)
    }
  }

  /// What there is to choose from in a file.
  private struct Contents {
    /// What was named, or of a BART array the file of its values.
    let file: String
    let kind: Kind
    let count: Int

    init(file: String) throws {
      if ScanFile.isScan(file) {
        let scan = try WholeImage.fullScan(file)
        (self.file, kind, count) = (scan.file, .scan, scan.slices)
        return
      }
      self.file = file
      if file.lowercased().hasSuffix(".png") {
        (kind, count) = (.picture, 1)
      } else if [".nii", ".nii.gz"].contains(where: file.lowercased().hasSuffix) {
        (kind, count) = (.volume, try NIfTIVolume(path: file).images)
      } else {
        do {
          (kind, count) = (.stack, try ImageStackReader(path: file).count)
        } catch let error as ScanFileError {
          guard case .notHDF5(.unknown) = error.problem else { throw error }
          throw ExperimentError(
            "\(file): is no image; give a PNG picture, a NIfTI volume (.nii, .nii.gz), an HDF5 stack or a "
              + "fully sampled scan")
        }
      }
    }

    func indices(split: String?) throws -> [Int] {
      guard kind == .stack, let split else { return Array(0..<count) }
      let splits =
        try ImageStackReader(path: file).texts("split")
        ?? Array(repeating: "train", count: count)
      let chosen = splits.indices.filter { splits[$0] == split }
      guard !chosen.isEmpty else {
        throw ExperimentError(
          "\(file): has no split '\(split)'; choose from "
            + Set(splits).sorted().joined(separator: ", "))
      }
      return chosen
    }
  }

  private static func fullScan(_ file: String) throws -> ReadoutCroppedScan {
    let scan = ReadoutCroppedScan(try ScanFile.open(file))
    guard scan.isFullySampled else {
      throw ExperimentError("\(file): is undersampled; give a fully sampled scan")
    }
    return scan
  }
}
