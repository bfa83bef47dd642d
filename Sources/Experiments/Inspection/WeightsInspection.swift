import Foundation
public import Generators
public import Reconstruction
import Training

/// What a generator's weights file says about itself.
public struct WeightsInspection: Sendable, Codable {
  /// A named tensor.
  public struct Tensor: Sendable, Codable, Equatable {
    public var name: String
    /// The sizes of its axes; of a convolution: outputs, inputs, rows and columns of the kernel.
    public var shape: [Int]
  }

  public var file: String
  /// The size of the file in bytes.
  public var bytes: Int
  public var sha256: String
  public var architecture: LadderArchitecture
  public var parameters: Int
  /// The l1 radius of each level; empty if it was never calibrated.
  public var deviationRadii: [Double]
  /// What images of the trained kind look like to the generator; nil if it was never calibrated.
  public var familiarity: FamiliarityScale?
  /// Training data, seed, recipe and licence, by name.
  public var notes: [String: String]
  public var tensors: [Tensor]

  /// Reads and checks a file; throws `WeightsError` if it is damaged or foreign.
  public init(path: String) throws {
    let weights = try WeightsFile(contentsOf: path)
    let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    file = path
    bytes = size ?? 0
    sha256 = try FileDigest.sha256(ofFile: path)
    architecture = weights.architecture
    parameters = weights.parameters.count
    deviationRadii = weights.deviationRadii
    familiarity = weights.familiarity
    notes = weights.notes
    tensors = weights.network.layout.entries.map { Tensor(name: $0.name, shape: $0.shape) }
  }

  /// Steps done, out of the recipe's, as in `10000 of 10000`; nil if the file does not say.
  public var steps: String? {
    guard let step = notes["step"] else { return nil }
    struct Recipe: Decodable { let steps: Int }
    let recipe = notes["recipe"].flatMap {
      try? JSONDecoder().decode(Recipe.self, from: Data($0.utf8))
    }
    return recipe.map { "\(step) of \($0.steps)" } ?? step
  }

  /// The recipe as a YAML file, or as it stands where it is none of this program; nil if there is none.
  public var recipeText: String? {
    guard let note = notes["recipe"] else { return nil }
    let recipe = try? JSONDecoder().decode(TrainingRecipe.self, from: Data(note.utf8))
    return (try? recipe?.text) ?? note
  }

  /// What the generator draws and its encoder reads, in words.
  public var imageKind: String {
    if architecture.isDenoiser { return "complex, its encoder reads noisy ones and their noise" }
    func kind(_ channels: Int) -> String { channels == 2 ? "complex" : "real" }
    let (drawn, read) = (kind(architecture.imageChannels), kind(architecture.encoderChannels))
    return drawn == read ? drawn : "\(drawn), its encoder reads \(read) ones"
  }

  /// The lines for a reader, without the tensors.
  public var lines: [(name: String, value: String)] {
    func list(_ values: [Int]) -> String { values.map(String.init).joined(separator: ", ") }
    let lines = [
      ("layout", "generator weights (\(WeightsFile.format))"),
      ("images", imageKind),
      ("levels", "\(architecture.levels), coarse to fine"),
      ("feature channels", list(architecture.widths)),
      ("latent channels", list(architecture.latents)),
      ("encoder channels", list(architecture.encoderWidths) + " (fine to coarse)"),
      ("parameters", String(parameters)), ("bytes", String(bytes)), ("sha256", sha256),
      ("familiarity", familiarity?.text ?? "never calibrated; see 'mri-ilo weights calibrate'"),
    ]
    return lines
      + notes.filter { $0.key != WeightsFile.familiarityKey }.sorted { $0.key < $1.key }.map {
        ($0.key.replacing("_", with: " "), $0.value)
      }
  }

  /// A line per tensor: its name, and its shape.
  public var tensorLines: [(name: String, value: String)] {
    tensors.map { ($0.name, $0.shape.map(String.init).joined(separator: " × ")) }
  }
}
