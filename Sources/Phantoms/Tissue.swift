/// The materials that the head is made of; the raw values are those of a label map.
enum Tissue: UInt8, CaseIterable, Sendable {
  case air, skin, fat, muscle, bone, marrow, dura, fluid, grey, white, deepGrey, pallidum, blood

  /// What a scanner sees of the material at 3 T.
  var properties: TissueProperties {
    switch self {
    case .air: TissueProperties(density: 0, t1: 1, t2: 1)
    case .skin: TissueProperties(density: 0.6, t1: 1100, t2: 35)
    case .fat: TissueProperties(density: 0.55, t1: 382, t2: 130)
    case .muscle: TissueProperties(density: 0.75, t1: 1412, t2: 40)
    case .bone: TissueProperties(density: 0.05, t1: 500, t2: 5)
    case .marrow: TissueProperties(density: 0.6, t1: 586, t2: 49)
    case .dura: TissueProperties(density: 0.45, t1: 1000, t2: 18)
    case .fluid: TissueProperties(density: 1, t1: 4300, t2: 2000)
    case .grey: TissueProperties(density: 0.82, t1: 1331, t2: 110)
    case .white: TissueProperties(density: 0.70, t1: 832, t2: 80)
    case .deepGrey: TissueProperties(density: 0.80, t1: 1190, t2: 92)
    case .pallidum: TissueProperties(density: 0.74, t1: 960, t2: 68)
    case .blood: TissueProperties(density: 0.80, t1: 1660, t2: 100)
    }
  }
}

/// Proton density relative to water, and relaxation times in milliseconds.
///
/// Typical values at 3 T. Grey and white matter: Wansapura et al., J. Magn. Reson. Imaging 9:531,
/// 1999. T1 of fat, and marrow: de Bazelaire et al., Radiology 230:652, 2004; the T2 of fat is the
/// longer one that trains of echoes show (Henkelman et al., J. Magn. Reson. Imaging 2:533, 1992).
/// Muscle: Stanisz et al., Magn. Reson. Med. 54:507, 2005. Blood T1: Lu et al., Magn. Reson. Med.
/// 52:679, 2004. Fluid T1: Rooney et al., Magn. Reson. Med. 57:308, 2007. The deep nuclei lie
/// between grey and white matter, their T2 shortened by iron; skin, bone and dura, and all
/// densities, are round numbers that give the usual look.
struct TissueProperties: Sendable {
  var density: Float
  var t1: Float
  var t2: Float
}
