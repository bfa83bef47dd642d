import Numerics

/// What surrounds the brain, from the hull outwards: fluid, dura, skull, muscle, fat and skin.
struct HeadShell: Sendable {
  let anatomy: HeadAnatomy

  init(_ anatomy: HeadAnatomy) { self.anatomy = anatomy }

  /// The tissue at a head position that lies `distance` millimetres outside the hull.
  func tissue(at position: SIMD3<Float>, outside distance: Float) -> Tissue {
    guard distance < 45 else { return .air }
    let standard = position / anatomy.stretch
    let direction = SIMD2(standard.x / 68, (standard.y - HeadAnatomy.brainCentre) / 86)
    let length = max(0.1, (direction * direction).sum().squareRoot())
    // 1 at the ears, 0 at the forehead and the back of the head.
    let lateral = abs(direction.x) / length
    let layer = anatomy.layers.value(position.x, position.y, position.z)
    let skull = anatomy.skull.value(position.x, position.y, position.z)

    var border = max(0.5, anatomy.rim + 0.4 * layer + 0.3 * skull)
    if isSinus(position, distance) { return .blood }
    if distance < border {
      return anatomy.tissueInFluid(position, standard, midline: .infinity)
    }
    border += 0.8
    if distance < border { return .dura }
    border += 1.4
    if distance < border { return .bone }
    // The temporal bone has hardly any marrow, the back of the skull the most.
    let temple = Float.pow(lateral, 6) * smoothStep(45, 10, standard.z)
    let back = direction.y < 0 ? 0.35 * direction.y * direction.y : 0
    let marrow = anatomy.marrow * (1 + back) * (1 - 0.8 * temple) + 0.4 * skull
    border += max(0, marrow)
    if distance < border { return .marrow }
    border += 1.5
    if distance < border { return .bone }
    // The temporal muscle lies in front of the ears and ends half-way up.
    let front =
      smoothStep(-0.6, 0.2, direction.y / length) * smoothStep(0.9, 0.35, direction.y / length)
    border += 0.7 + 5.5 * front * smoothStep(38, 0, standard.z)
    if distance < border { return .muscle }
    let fat = anatomy.fat * (1 + 0.2 * back - 0.25 * temple) + 0.6 * layer
    border += max(1.2, fat)
    if distance < border { return .fat }
    return distance < border + 1.9 ? .skin : .air
  }

  /// The superior sagittal sinus: a triangle in the dura at the midline, front and back.
  private func isSinus(_ position: SIMD3<Float>, _ distance: Float) -> Bool {
    let offset = abs(position.x - anatomy.midlineX(position.y, position.z))
    let back: Float = position.y < 0 ? 1 : 0.6
    return distance < 4.6 * back && offset < back * (1 + 0.65 * distance)
  }
}
