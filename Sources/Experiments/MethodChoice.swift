public import Generators
public import Reconstruction

/// The reconstruction methods by name: a new one is a line in `all`.
public struct MethodChoice: Sendable {
  /// What a method may ask for when it is made.
  public struct Context {
    /// The seed of all that a method draws.
    public let seed: UInt64
    /// Reads the generator's weights; called only by methods that use them.
    public let weights: () throws -> WeightsFile

    public init(seed: UInt64, weights: @escaping () throws -> WeightsFile) {
      self.seed = seed
      self.weights = weights
    }
  }

  /// The name on the command line and in tables.
  public let name: String
  /// Whether the method uses the generator's weights.
  public let needsWeights: Bool
  /// Makes the method.
  public let make: @Sendable (Context) throws -> any ReconstructionMethod

  /// The methods that there are, the simplest first.
  public static let all: [MethodChoice] = [
    MethodChoice(name: "zero-filled") { _ in ZeroFilled() },
    MethodChoice(name: "sense") { _ in SENSE() },
    MethodChoice(name: "l1-wavelet") { _ in L1Wavelet() },
    MethodChoice(name: "ilo", needsWeights: true) { context in
      var settings = ILOSettings()
      settings.seed = context.seed
      return try ILO(weights: try context.weights(), settings: settings)
    },
  ]

  /// What `mri-ilo recon` runs unless it is told otherwise.
  public static let defaultNames = "ilo,zero-filled"

  init(
    name: String, needsWeights: Bool = false,
    make: @escaping @Sendable (Context) throws -> any ReconstructionMethod
  ) {
    self.name = name
    self.needsWeights = needsWeights
    self.make = make
  }

  /// The methods of a list such as `ilo,zero-filled`, in its order.
  ///
  /// Throws `ExperimentError` for an empty list, an unknown name and a name given twice.
  public static func list(
    _ text: String, from choices: [MethodChoice] = all
  ) throws(ExperimentError) -> [MethodChoice] {
    let known = choices.map(\.name).joined(separator: ", ")
    var list: [MethodChoice] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let name = part.filter { $0 != " " }
      guard let choice = choices.first(where: { $0.name == name }) else {
        throw ExperimentError("there is no method named '\(name)'; choose from \(known)")
      }
      guard !list.contains(where: { $0.name == name }) else {
        throw ExperimentError("the method '\(name)' is given twice; name each once")
      }
      list.append(choice)
    }
    return list
  }
}
