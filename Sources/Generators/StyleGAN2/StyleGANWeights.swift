/// The weights of a StyleGAN2 generator on disk.
public struct StyleGANWeights: NetworkWeights {
  public static let format = "mri-ilo stylegan2 1"
  public static let title = "StyleGAN2"
  public static let words = "a StyleGAN2"

  public var architecture: StyleGANArchitecture
  public var parameters: [Float]
  public var notes: [String: String]

  public init(architecture: StyleGANArchitecture, parameters: [Float], notes: [String: String]) {
    (self.architecture, self.parameters, self.notes) = (architecture, parameters, notes)
  }

  public static func layout(_ architecture: StyleGANArchitecture) -> ParameterLayout {
    StyleGANSlots(architecture).layout
  }

  public static func fault(_ architecture: StyleGANArchitecture) -> String? { architecture.fault }

  /// The generator that the file describes.
  public var generator: StyleGANGenerator {
    StyleGANGenerator(architecture: architecture, parameters: parameters)
  }
}
