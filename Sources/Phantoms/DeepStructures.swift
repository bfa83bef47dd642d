/// The structures in the middle of the brain, in the standard frame (see `HeadAnatomy`), one side
/// mirrored to the other.
struct DeepStructures: Sendable {
  // The lateral ventricle is a bent tube from the frontal horn (y = 34) to the occipital one, its
  // centre and half-widths given along y. An axial slice low in it cuts the two horns apart, one
  // high in it its body.
  private let ventricleX = Profile([
    (-64, 22), (-50, 26), (-38, 26), (-24, 15), (-10, 9.5), (6, 6.8), (20, 8.8), (28, 12.5),
    (34, 16.5),
  ])
  private let ventricleZ = Profile([
    (-64, 5), (-50, 7), (-38, 11), (-24, 20), (-10, 22.5), (6, 19), (20, 12), (28, 8.5), (34, 8),
  ])
  private let ventricleHalfX = Profile([
    (-64, 0.6), (-50, 3.4), (-38, 6.5), (-24, 6), (-10, 5.2), (6, 5), (20, 4.6), (28, 3.2),
    (34, 0.4),
  ])
  private let ventricleHalfZ = Profile([
    (-64, 1), (-50, 7), (-38, 12), (-24, 7), (-10, 5), (6, 8), (20, 10), (28, 8), (34, 2),
  ])
  // The caudate nucleus lies along the lateral wall of the ventricle: a head and a thin tail.
  private let caudateRadius = Profile([
    (-32, 0.5), (-20, 2), (-8, 2.8), (4, 4.2), (14, 5.8), (22, 5), (28, 0.5),
  ])

  /// The tissue at a standard position, if it belongs to a deep structure other than white matter.
  ///
  /// `ventricleWidth` scales the ventricles' width.
  func tissue(_ x: Float, _ y: Float, _ z: Float, ventricleWidth: Float) -> Tissue? {
    let side = abs(x)
    if isVentricle(side, y, z, width: ventricleWidth) {
      return isChoroidPlexus(side, y, z) ? .grey : .fluid
    }
    if isThirdVentricle(side, y, z, width: ventricleWidth) { return .fluid }
    // The cistern behind the midbrain and the pineal gland in it.
    if ball(side, y, z, at: (0, -40, -3), half: (8, 4.5, 7)) < 1 {
      return ball(side, y, z, at: (0, -37, -1), half: (2.2, 3, 3)) < 1 ? .grey : .fluid
    }
    if isCaudate(side, y, z, width: ventricleWidth) { return .deepGrey }
    // Putamen and pallidum are lenses, bent outwards and set at an angle.
    let bent = side + 0.006 * (y - 2) * (y - 2) - 0.14 * (y - 2)
    if ball(bent, y, z, at: (19.5, -2, 1), half: (4.6, 9.5, 8)) < 1 { return .pallidum }
    if ball(bent, y, z, at: (27, 1, 4), half: (4.6, 17, 13)) < 1 { return .deepGrey }
    // The claustrum, a thin sheet between putamen and insula.
    if abs(ball(bent, y, z, at: (27, 1, 4), half: (7.9, 20, 16)) - 1) < 0.07, side > 29 {
      return .deepGrey
    }
    let turned = (side - 11) - 0.35 * (y + 16)
    if ball(turned, y, z, at: (0, -17, 7), half: (8.5, 14, 10)) < 1, side > 1.2 { return .deepGrey }
    return nil
  }

  private func isVentricle(_ x: Float, _ y: Float, _ z: Float, width: Float) -> Bool {
    guard let centreX = ventricleX(y), let centreZ = ventricleZ(y), let halfX = ventricleHalfX(y),
      let halfZ = ventricleHalfZ(y)
    else { return false }
    // The roof leans outwards, so that the cross-section is a comma and not an ellipse.
    let u = (x - centreX - 0.25 * (z - centreZ)) / max(0.3, halfX * width)
    let v = (z - centreZ) / max(0.5, halfZ * (0.7 + 0.3 * width))
    return u * u + v * v < 1 && x > 0.7
  }

  private func isChoroidPlexus(_ x: Float, _ y: Float, _ z: Float) -> Bool {
    ball(x, y, z, at: (22.5, -33, 12), half: (2, 5, 6)) < 1
  }

  private func isThirdVentricle(_ x: Float, _ y: Float, _ z: Float, width: Float) -> Bool {
    ball(x, y, z, at: (0, -11, -2), half: (2.2 * width, 14, 9)) < 1
  }

  private func isCaudate(_ x: Float, _ y: Float, _ z: Float, width: Float) -> Bool {
    guard let centreX = ventricleX(y), let centreZ = ventricleZ(y), let halfX = ventricleHalfX(y),
      let radius = caudateRadius(y)
    else { return false }
    let u = x - centreX - halfX * width - 0.72 * radius
    let v = (z - centreZ + 1) / 1.8
    return u * u + v * v < radius * radius
  }

  /// Below 1 inside the ellipsoid.
  private func ball(
    _ x: Float, _ y: Float, _ z: Float, at centre: (Float, Float, Float),
    half: (Float, Float, Float)
  ) -> Float {
    let (u, v, w) = (
      (x - centre.0) / half.0, (y - centre.1) / half.1, (z - centre.2) / half.2
    )
    return (u * u + v * v + w * w).squareRoot()
  }
}
