/// The weights of a decoder of one latent on disk, batch normalisation folded in.
public struct DecoderWeights: NetworkWeights {
  public static let format = "mri-ilo decoder 1"
  public static let title = "Decoder"
  public static let words = "a decoder"

  public var architecture: DecoderArchitecture
  public var parameters: [Float]
  public var notes: [String: String]

  public init(architecture: DecoderArchitecture, parameters: [Float], notes: [String: String]) {
    (self.architecture, self.parameters, self.notes) = (architecture, parameters, notes)
  }

  public static func layout(_ architecture: DecoderArchitecture) -> ParameterLayout {
    DecoderSlots(architecture).layout
  }

  public static func fault(_ architecture: DecoderArchitecture) -> String? { architecture.fault }

  /// The decoder that the file describes.
  public var decoder: LatentDecoder {
    LatentDecoder(architecture: architecture, parameters: parameters)
  }
}
