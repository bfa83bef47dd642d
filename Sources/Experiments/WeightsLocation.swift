import Foundation

/// Where the weights of a network lie.
///
/// In this order: the path that the user gives, the environment variable (`MRI_ILO_WEIGHTS` of the generator),
/// and relative to the program itself `../share/mri-ilo/weights` where it is installed, and `datasets/weights` of
/// the package that it was built in. Links to the program are followed.
public struct WeightsLocation: Sendable {
  /// The file that is looked for unless another is named.
  public static let defaultName = "brain-ladder-256.safetensors"
  /// The environment variable that may name a weights file.
  public static let variable = "MRI_ILO_WEIGHTS"

  /// The file of the denoiser, and the variable that may name another.
  public static let denoiserName = "brain-denoiser-256.safetensors"
  public static let denoiserVariable = "MRI_ILO_DENOISER"
  /// The variable that may name a StyleGAN2.
  public static let styleGANVariable = "MRI_ILO_STYLEGAN2"

  /// What a network is for.
  public enum Role: String, Sendable {
    case generator
    case denoiser
    case styleGAN
    /// The decoder of `dcgan-csgm`.
    case dcgan
    /// The decoder of `vae-csgm`.
    case vae

    /// The file that is looked for unless another is named.
    public var defaultName: String {
      switch self {
      case .generator: WeightsLocation.defaultName
      case .denoiser: WeightsLocation.denoiserName
      case .styleGAN: "brain-stylegan2-256.safetensors"
      case .dcgan: "brain-dcgan-128.safetensors"
      case .vae: "brain-vae-64.safetensors"
      }
    }
    public var variable: String {
      switch self {
      case .generator: WeightsLocation.variable
      case .denoiser: WeightsLocation.denoiserVariable
      case .styleGAN: WeightsLocation.styleGANVariable
      case .dcgan: "MRI_ILO_DCGAN"
      case .vae: "MRI_ILO_VAE"
      }
    }
    public var option: String {
      switch self {
      case .generator: "--weights"
      case .denoiser: "--denoiser"
      case .styleGAN: "--stylegan2"
      case .dcgan: "--dcgan"
      case .vae: "--vae"
      }
    }
    var words: String {
      switch self {
      case .generator: "generator"
      case .denoiser: "denoiser"
      case .styleGAN: "StyleGAN2"
      case .dcgan: "DCGAN"
      case .vae: "VAE"
      }
    }
  }

  private let role: Role
  /// The path that the user or the environment named, and by which means.
  private let named: (path: String, by: String)?
  /// The places to look in, best first, if none is named.
  public let candidates: [String]

  /// The location for a program at `executable`.
  public init(
    option: String?, role: Role = .generator, environment: [String: String], executable: String
  ) {
    self.role = role
    if let option {
      named = (option, role.option)
    } else if let path = environment[role.variable], !path.isEmpty {
      named = (path, "the environment variable \(role.variable)")
    } else {
      named = nil
    }
    let places = InstalledFiles.folders(
      shared: "weights", packaged: "datasets/weights", executable: executable)
    candidates = places.map { "\($0)/\(role.defaultName)" }
  }

  /// The location for the running program.
  public init(option: String?, role: Role = .generator) {
    self.init(
      option: option, role: role, environment: ProcessInfo.processInfo.environment,
      executable: InstalledFiles.runningProgram)
  }

  /// The path of the weights file; throws `ExperimentError` that names the places looked at.
  public func path() throws(ExperimentError) -> String {
    let isFile = FileManager.default.fileExists(atPath:)
    if let named {
      guard isFile(named.path) else {
        throw ExperimentError(
          "\(named.path): there is no such weights file (named by \(named.by)); check the path")
      }
      return named.path
    }
    guard let found = candidates.first(where: isFile) else {
      throw ExperimentError(
        "there are no \(role.words) weights at \(candidates.joined(separator: " or ")); name a file "
          + "with \(role.option) or \(role.variable), or choose methods that need none")
    }
    return found
  }
}
