import Arrays
import Numerics

/// What makes one head differ from another: sizes and the random fields of its folds and layers.
///
/// Everything is drawn from the seed. Lengths in millimetres; the names of the fields say what
/// they shape. Positions come in two frames: *head* in millimetres, x to the left, y to the front,
/// z up from the plane through the anterior and posterior commissures; and *standard*, the head
/// frame stretched to a brain of 136 × 172 × 76 mm above that plane, in which the places of the
/// deep structures are given (read off the ICBM 152 average brain, Fonov et al., NeuroImage
/// 54:313, 2011).
struct HeadAnatomy: Sendable {
  /// Head millimetres per standard millimetre along x, y, z.
  let stretch: SIMD3<Float>
  /// The rotation of the head in the slice, as cosine and sine, and its place in the scanner.
  let rotation: SIMD2<Float>
  let shift: SIMD2<Float>
  /// Mean widths of sulci and ventricles relative to a young adult's.
  let sulcusWidth: Float
  let ventricleWidth: Float
  /// The mean thickness of the cortex.
  let cortex: Float
  /// Mean thicknesses of the cerebrospinal fluid around the brain, of the marrow within the skull,
  /// and of the fat below the skin.
  let rim: Float
  let marrow: Float
  let fat: Float

  let outline: RandomWaves
  let midline: RandomWaves
  let folds: RandomWaves
  let smallFolds: RandomWaves
  let foldDepth: RandomWaves
  let bendX: RandomWaves
  let bendY: RandomWaves
  let cortexThickness: RandomWaves
  let deepX: RandomWaves
  let deepY: RandomWaves
  let layers: RandomWaves
  let skull: RandomWaves
  let vessels: RandomWaves

  /// The head that belongs to `seed`.
  init(seed: UInt64) {
    var random = RandomStream(seed: seed)
    func between(_ low: Float, _ high: Float) -> Float { low + (high - low) * random.uniform() }
    let overall = between(0.91, 0.98)
    stretch = SIMD3(
      overall * between(0.97, 1.03), overall * between(0.97, 1.03), overall)
    let angle = between(-0.06, 0.06)
    rotation = SIMD2(1 - angle * angle / 2, angle)
    shift = SIMD2(between(-2.5, 2.5), between(-2.5, 2.5))
    sulcusWidth = between(0.75, 1.3)
    ventricleWidth = between(0.8, 1.3)
    cortex = between(2.5, 2.9)
    rim = between(1.1, 2.2)
    marrow = between(2.2, 3.8)
    fat = between(2.6, 4.6)
    outline = RandomWaves(wavelength: 100, &random)
    midline = RandomWaves(wavelength: 80, &random)
    folds = RandomWaves(wavelength: 19.5, band: 0.2, waves: 40, &random)
    smallFolds = RandomWaves(wavelength: 15, band: 0.3, waves: 24, &random)
    foldDepth = RandomWaves(wavelength: 38, &random)
    bendX = RandomWaves(wavelength: 24, &random)
    bendY = RandomWaves(wavelength: 24, &random)
    cortexThickness = RandomWaves(wavelength: 20, &random)
    deepX = RandomWaves(wavelength: 28, &random)
    deepY = RandomWaves(wavelength: 28, &random)
    layers = RandomWaves(wavelength: 110, &random)
    skull = RandomWaves(wavelength: 60, &random)
    vessels = RandomWaves(wavelength: 5, band: 0.4, waves: 24, &random)
  }

  /// The head frame's x and y of a place in the scanner, the middle of the brain in the middle of
  /// the field of view.
  func head(scannerX x: Float, scannerY y: Float) -> SIMD2<Float> {
    let (px, py) = (x - shift.x, y - shift.y)
    return SIMD2(
      rotation.x * px + rotation.y * py,
      rotation.x * py - rotation.y * px + HeadAnatomy.brainCentre * stretch.y)
  }

  /// The y of the middle of the brain in the standard frame, half-way between its poles.
  static let brainCentre: Float = -17

  /// How far a head position lies inside the smooth hull of the brain; negative outside, and right
  /// to the millimetre only near the hull.
  func hullDepth(_ x: Float, _ y: Float, _ z: Float) -> Float {
    let height = max(0, z / stretch.z / 76)
    let level = Float.pow(max(0, 1 - Float.pow(height, 2.4)), 1 / 2.4)
    guard level > 0.05 else { return -100 }
    let v = (y / stretch.y - HeadAnatomy.brainCentre) / (86 * level)
    // Frontal lobes are narrower than parietal ones.
    let taper = 1 - 0.1 * v - 0.05 * v * v
    let u = x / stretch.x / (67 * level * max(0.5, taper))
    let radius = Float.pow(Float.pow(abs(u), 2.2) + Float.pow(abs(v), 2.2), 1 / 2.2)
    return (1 - radius) * 72 * level + 1.0 * outline.value(x, y, z)
  }

  /// The x of the plane between the hemispheres.
  func midlineX(_ y: Float, _ z: Float) -> Float { 1.1 * midline.value(0, y, z) }
}
