public import Generators
public import Reconstruction

/// The reconstruction methods by name: a new one is a line in `all`.
public struct MethodChoice: Sendable {
  /// What a method may ask for when it is made.
  public struct Context {
    /// The seed of all that a method draws; the one in its settings when nil.
    public let seed: UInt64?
    /// Reads the generator's weights; called only by methods that use them.
    public let weights: () throws -> WeightsFile
    /// Draws about the image, of methods that can draw.
    public let draws: Int
    /// Reads the denoiser's weights; called only by methods that use them.
    public let denoiser: () throws -> WeightsFile
    /// Reads a StyleGAN2's weights; called only by methods that use them.
    public let styleGAN: () throws -> StyleGANWeights
    /// Reads a decoder's weights; called only by methods that use them.
    public let decoder: (WeightsLocation.Role) throws -> DecoderWeights

    public init(
      seed: UInt64? = nil, draws: Int = 0, weights: @escaping () throws -> WeightsFile,
      denoiser: @escaping () throws -> WeightsFile = {
        throw ExperimentError("there are no weights of a denoiser")
      },
      styleGAN: @escaping () throws -> StyleGANWeights = {
        throw ExperimentError("there are no weights of a StyleGAN2")
      },
      decoder: @escaping (WeightsLocation.Role) throws -> DecoderWeights = {
        throw ExperimentError("there are no weights of a decoder '\($0.rawValue)'")
      }
    ) {
      self.seed = seed
      self.draws = draws
      self.weights = weights
      self.denoiser = denoiser
      self.styleGAN = styleGAN
      self.decoder = decoder
    }
  }

  /// The name on the command line and in tables.
  public let name: String
  /// Whether the method uses the generator's weights.
  public let needsWeights: Bool
  /// Whether the method uses a denoiser's weights.
  public let needsDenoiser: Bool
  /// Whether the method uses a StyleGAN2's weights.
  public let needsStyleGAN: Bool
  /// The decoder whose weights the method uses, if it does.
  public let decoder: WeightsLocation.Role?
  /// The settings that the method has unless it is told otherwise.
  public let defaults: RecordedValue
  /// Makes the method with the settings, in the form of `defaults`.
  private let makeWithSettings:
    @Sendable (RecordedValue, Context) throws -> any ReconstructionMethod
  /// Throws if settings of the form of `defaults` cannot be those of the method.
  let check: @Sendable (RecordedValue) throws -> Void

  /// The methods that there are, the simplest first.
  public static let all: [MethodChoice] =
    [
      MethodChoice(name: "zero-filled", defaults: NoSettings()) { _, _ in ZeroFilled() },
      MethodChoice(name: "sense", defaults: SENSE()) { settings, _ in settings },
      MethodChoice(name: "l1-wavelet", defaults: L1Wavelet()) { settings, _ in settings },
      MethodChoice(name: "tv", defaults: TotalVariation()) { settings, _ in settings },
      MethodChoice(name: "tgv", defaults: TotalGeneralizedVariation()) { settings, _ in settings },
      MethodChoice(name: "grappa", defaults: GRAPPA.Settings()) { settings, _ in
        try GRAPPA(settings: settings)
      },
      MethodChoice(name: "convdecoder", defaults: ConvDecoderSettings()) { settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try ConvDecoder(settings: settings)
      },
      MethodChoice(
        name: "pnp", needsDenoiser: true, defaults: PlugAndPlaySettings()
      ) { settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try PlugAndPlay(
          denoiser: try LadderDenoiser(weights: try context.denoiser()), settings: settings)
      },
      MethodChoice(name: "csgm", needsWeights: true, defaults: CSGMSettings()) {
        settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try CSGM(weights: try context.weights(), settings: settings)
      },
      MethodChoice(
        name: "sparse-gen", needsWeights: true, defaults: SparseGenSettings()
      ) { settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try SparseGen(weights: try context.weights(), settings: settings)
      },
      MethodChoice(name: "pulse", needsWeights: true, defaults: PULSESettings()) {
        settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try PULSE(weights: try context.weights(), settings: settings)
      },
      MethodChoice(name: "surgery", needsWeights: true, defaults: SurgerySettings()) {
        settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try GeneratorSurgery(weights: try context.weights(), settings: settings)
      },
      MethodChoice(name: "iagan", needsWeights: true, defaults: IAGANSettings()) {
        settings, context in
        var settings = settings
        if let seed = context.seed { settings.start.seed = seed }
        return try IAGAN(weights: try context.weights(), settings: settings)
      },
    ] + decoders + styleGANs + [
      MethodChoice(name: "ilo", needsWeights: true, defaults: ILOSettings()) { settings, context in
        var settings = settings
        if let seed = context.seed { settings.seed = seed }
        return try ILO(
          weights: try context.weights(), settings: settings, draws: context.draws)
      }
    ]

  /// What `mri-ilo recon` runs unless it is told otherwise.
  public static let defaultNames = "ilo,zero-filled"

  struct NoSettings: Codable {}

  /// A method whose `Settings` are its `defaults` with what a protocol says in their place.
  init<Settings: Codable & Sendable>(
    name: String, needsWeights: Bool = false, needsDenoiser: Bool = false,
    needsStyleGAN: Bool = false, decoder: WeightsLocation.Role? = nil, defaults: Settings,
    make: @escaping @Sendable (Settings, Context) throws -> any ReconstructionMethod
  ) {
    self.name = name
    self.needsWeights = needsWeights
    self.needsDenoiser = needsDenoiser
    self.needsStyleGAN = needsStyleGAN
    self.decoder = decoder
    do {
      self.defaults = try RecordedValue(defaults)
    } catch {
      fatalError("the default settings of \(name) cannot be encoded: \(error)")
    }
    makeWithSettings = { try make(try $0.decoded(as: Settings.self), $1) }
    check = { _ = try $0.decoded(as: Settings.self) }
  }

  /// Whether the method has a weight that `settings(regularisation:)` sets.
  public var isWeighted: Bool {
    if case .object(let object) = defaults { object["regularisation"] != nil } else { false }
  }

  /// The defaults with another weight, or nil for a method that has none.
  public func settings(regularisation: RegularisationWeight) throws -> RecordedValue? {
    guard isWeighted, case .object(var object) = defaults else { return nil }
    object["regularisation"] = try RecordedValue(regularisation)
    return .object(object)
  }

  /// Makes the method, with its defaults or other settings of their form.
  public func make(
    _ context: Context, settings: RecordedValue? = nil
  ) throws -> any ReconstructionMethod {
    try makeWithSettings(settings ?? defaults, context)
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
