import Arrays

/// The slight unevenness of tissues: a fine mottle on a broad drift, each of a strength of its own.
struct TissueTexture: Sendable {
  private let fine: RandomWaves
  private let broad: RandomWaves

  init(_ random: inout RandomStream) {
    fine = RandomWaves(wavelength: 5, band: 0.5, waves: 24, &random)
    broad = RandomWaves(wavelength: 30, band: 0.4, waves: 16, &random)
  }

  /// The factor on the signal of `tissue` at a place in millimetres.
  func factor(_ tissue: Tissue, _ x: Float, _ y: Float, _ z: Float) -> Float {
    let (mottle, drift): (Float, Float) =
      switch tissue {
      case .air: (0, 0)
      case .fluid: (0, 0.01)
      case .white, .grey, .deepGrey, .pallidum: (0.015, 0.025)
      case .skin, .dura, .blood, .bone: (0.08, 0.05)
      case .fat: (0.06, 0.06)
      case .muscle: (0.15, 0.05)
      case .marrow: (0.12, 0.1)
      }
    guard mottle + drift > 0 else { return 1 }
    return max(0, 1 + mottle * fine.value(x, y, z) + drift * broad.value(x, y, z))
  }
}
