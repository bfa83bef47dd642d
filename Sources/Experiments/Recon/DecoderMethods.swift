import Generators
import Reconstruction

extension MethodChoice {
  /// Compressed sensing with the small decoders of Bora et al.
  static let decoders: [MethodChoice] = [decoder(.dcgan, .dcgan), decoder(.vae, .vae)]

  private static func decoder(
    _ kind: DecoderLatentSearch.Kind, _ role: WeightsLocation.Role
  ) -> MethodChoice {
    MethodChoice(
      name: kind.rawValue + "-csgm", decoder: role, defaults: DecoderLatentSearch.Settings(kind)
    ) { settings, context in
      var settings = settings
      if let seed = context.seed { settings.seed = seed }
      return try DecoderLatentSearch(
        kind, weights: try context.decoder(role), settings: settings)
    }
  }
}
