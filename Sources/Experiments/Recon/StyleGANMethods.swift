import Generators
import Reconstruction

extension MethodChoice {
  /// The methods with a StyleGAN2.
  static let styleGANs: [MethodChoice] = [
    styleGAN("stylegan2-csgm", StyleGANLatentSearch.Settings(), \.seed) {
      try StyleGANLatentSearch(weights: $0, settings: $1)
    },
    styleGAN("stylegan2-projector", StyleGANProjector.Settings(), \.seed) {
      try StyleGANProjector(weights: $0, settings: $1)
    },
    styleGAN("stylegan2-wplus", StyleGANProjector.Settings(isExtended: true), \.seed) {
      try StyleGANProjector(weights: $0, settings: $1)
    },
    styleGAN("stylegan2-pulse", StyleGANPULSE.Settings(), \.seed) {
      try StyleGANPULSE(weights: $0, settings: $1)
    },
    styleGAN("stylegan2-ilo", StyleGANILO.Settings(), \.seed) {
      try StyleGANILO(weights: $0, settings: $1)
    },
  ]

  private static func styleGAN<Settings: Codable & Sendable>(
    _ name: String, _ defaults: Settings,
    _ seed: any WritableKeyPath<Settings, UInt64> & Sendable,
    make: @escaping @Sendable (StyleGANWeights, Settings) throws -> any ReconstructionMethod
  ) -> MethodChoice {
    MethodChoice(name: name, needsStyleGAN: true, defaults: defaults) { settings, context in
      var settings = settings
      if let chosen = context.seed { settings[keyPath: seed] = chosen }
      return try make(try context.styleGAN(), settings)
    }
  }
}
