import Foundation
public import Training
import Yams

extension TrainingRecipe {
  /// The version of the recipe files that this program reads.
  private static let fileVersion = 1

  /// The recipe of a YAML file: the default one with the file's keys in its place.
  ///
  /// Throws `ExperimentError` with file and line for a key or value that does not fit.
  public init(file path: String) throws {
    var mapping = try YAMLMapping(
      text: YAMLMapping.text(of: path, kind: "training recipe"), file: path)
    try mapping.requireVersion(Self.fileVersion)
    let value = try mapping.required("recipe")
    try mapping.finish()
    let merged = try RecordedValue(TrainingRecipe().spelledOut).overlaid(with: value)
    do {
      self = try merged.decoded(as: TrainingRecipe.self).withoutWhatIsOff
    } catch {
      throw ExperimentError("\(path): the recipe does not fit: \(error)")
    }
    if let fault { throw ExperimentError("\(path): \(fault)") }
  }

  /// The recipe as a YAML file: every key with its value, in alphabetic order.
  public var text: String {
    get throws {
      try Yams.serialize(
        node: .keys([
          ("version", .integer(Self.fileVersion)), ("recipe", try RecordedValue(spelledOut).node),
        ]), sortKeys: false)
    }
  }
}
