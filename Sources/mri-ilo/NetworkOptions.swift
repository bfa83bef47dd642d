import ArgumentParser
import Experiments
import Generators

/// The weights files of the networks, the same options in every command that runs methods.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Generator weights (default: $\(WeightsLocation.variable), else those that come with the program).",
      valueName: "file"))
  var weights: String?

  @Option(
    help: ArgumentHelp(
      "Denoiser weights of 'pnp' (default: $\(WeightsLocation.denoiserVariable), else those that come with the program).",
      valueName: "file"))
  var denoiser: String?

  @Option(
    help: ArgumentHelp(
      "Weights of the 'stylegan2-' methods, from 'mri-ilo weights import' (default: $\(WeightsLocation.styleGANVariable), else \(WeightsLocation.Role.styleGAN.defaultName) beside the generator's).",
      valueName: "file"))
  var stylegan2: String?

  @Option(
    help: ArgumentHelp(
      "Decoder of 'dcgan-csgm' (default: $\(WeightsLocation.Role.dcgan.variable), else \(WeightsLocation.Role.dcgan.defaultName) beside the generator's).",
      valueName: "file"))
  var dcgan: String?

  @Option(
    help: ArgumentHelp(
      "Decoder of 'vae-csgm' (default: $\(WeightsLocation.Role.vae.variable), else \(WeightsLocation.Role.vae.defaultName) beside the generator's).",
      valueName: "file"))
  var vae: String?

  /// The decoders that are named, by role.
  var decoders: [WeightsLocation.Role: String] {
    var named: [WeightsLocation.Role: String] = [:]
    (named[.dcgan], named[.vae]) = (dcgan, vae)
    return named
  }

  /// The files that some of the methods use.
  struct Paths {
    var weights: String?
    var denoiser: String?
    var styleGAN: String?
    var decoders: [WeightsLocation.Role: String] = [:]

    /// All of them.
    var all: [String] {
      [weights, denoiser, styleGAN, decoders[.dcgan], decoders[.vae]].compactMap { $0 }
    }
  }

  /// The files for `choices`, which `--method` named as `method`.
  ///
  /// Throws `ExperimentError` for a file that is not there, and for one that no method uses.
  func paths(for choices: [MethodChoice], named method: String) throws -> Paths {
    var paths = Paths()
    if choices.contains(where: \.needsWeights) {
      paths.weights = try WeightsLocation(option: weights).path()
    } else if weights != nil {
      throw ExperimentError("--weights is given, but none of the methods \(method) uses weights")
    }
    if choices.contains(where: \.needsDenoiser) {
      paths.denoiser = try WeightsLocation(option: denoiser, role: .denoiser).path()
    } else if denoiser != nil {
      throw ExperimentError("--denoiser is given, but none of the methods \(method) uses it")
    }
    if choices.contains(where: \.needsStyleGAN) {
      paths.styleGAN = try WeightsLocation(option: stylegan2, role: .styleGAN).path()
    } else if stylegan2 != nil {
      throw ExperimentError("--stylegan2 is given, but none of the methods \(method) uses it")
    }
    for role in [WeightsLocation.Role.dcgan, .vae] {
      if choices.contains(where: { $0.decoder == role }) {
        paths.decoders[role] = try WeightsLocation(option: decoders[role], role: role).path()
      } else if decoders[role] != nil {
        throw ExperimentError("\(role.option) is given, but none of the methods \(method) uses it")
      }
    }
    return paths
  }

  /// What methods ask for when they are made.
  func context(seed: UInt64, draws: Int = 0, _ paths: Paths) -> MethodChoice.Context {
    MethodChoice.Context(seed: seed, draws: draws) {
      try WeightsFile(contentsOf: try paths.weights ?? WeightsLocation(option: weights).path())
    } denoiser: {
      try WeightsFile(
        contentsOf: try paths.denoiser
          ?? WeightsLocation(option: denoiser, role: .denoiser).path())
    } styleGAN: {
      try StyleGANWeights(
        contentsOf: try paths.styleGAN
          ?? WeightsLocation(option: stylegan2, role: .styleGAN).path())
    } decoder: { role in
      try DecoderWeights(
        contentsOf: try paths.decoders[role]
          ?? WeightsLocation(option: decoders[role], role: role).path())
    }
  }
}
