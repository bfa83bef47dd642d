import Arrays

/// The tissue at every sample of one slice through the head.
struct LabelMap: Sendable {
  let grid: SliceGrid
  /// `[rows, columns]` of the grid.
  let tissues: [Tissue]

  /// The slice of `anatomy` at height `z` millimetres above the commissures.
  init(_ anatomy: HeadAnatomy, grid: SliceGrid, z: Float) {
    let surface = CorticalSurface(anatomy, grid: grid, z: z)
    let outside = distances(to: surface.hull, rows: grid.rows, columns: grid.columns)
    let shell = HeadShell(anatomy)
    let deep = DeepStructures()
    self.grid = grid
    tissues = mapSamples(grid) { x, y, index in
      let head = anatomy.head(scannerX: x, scannerY: y)
      let position = SIMD3(head.x, head.y, z)
      if !surface.hull[index] {
        return shell.tissue(at: position, outside: outside[index] * grid.spacing)
      }
      let depth = surface.depth[index]
      let standard = position / anatomy.stretch
      let offset = head.x - anatomy.midlineX(head.y, z)
      if depth == 0 {
        return anatomy.tissueInFluid(
          position, standard, midline: surface.cleft[index] ? abs(offset) : .infinity)
      }
      let bent = anatomy.bent(head, z)
      let inner = SIMD3(bent.x, bent.y, z) / anatomy.stretch
      // Over the callosum the cortex thins out to nothing.
      let callosum = smoothStep(0.95, 1.15, Fissures.callosum(standard.y, standard.z))
      let thickness =
        (anatomy.cortex + 0.35 * anatomy.cortexThickness.value(x, y, z))
        * max(callosum, smoothStep(3, 9, abs(offset)))
      if depth < thickness { return .grey }
      // The middle of the deep structures follows the bend of the midline.
      let centred = inner.x - anatomy.midlineX(head.y, z) / anatomy.stretch.x
      return deep.tissue(
        centred, inner.y, inner.z, ventricleWidth: anatomy.ventricleWidth) ?? .white
    }
  }
}

extension HeadAnatomy {
  /// The tissue in a sulcus or cleft: fluid, or a vessel or the falx in it.
  ///
  /// `midline` is the distance from the plane between the hemispheres, infinite in sulci.
  func tissueInFluid(
    _ position: SIMD3<Float>, _ standard: SIMD3<Float>, midline: Float
  ) -> Tissue {
    if midline < 0.55, Fissures.callosum(standard.y, standard.z) > 1.25 { return .dura }
    // Drawn out along z, as many vessels are.
    let vessel = vessels.value(position.x, position.y, position.z / 3)
    return vessel > 2.1 ? .blood : .fluid
  }
}
