import Arrays
import Testing

@testable import Phantoms

/// Label maps of heads at 0.5 mm, and what is measured on them.
private struct Labels {
  let map: LabelMap
  init(seed: UInt64, z: Float) {
    map = LabelMap(
      HeadAnatomy(seed: seed), grid: SliceGrid(rows: 440, columns: 360, spacing: 0.5), z: z)
  }

  func count(_ tissue: Tissue) -> Double { Double(map.tissues.count { $0 == tissue }) }

  /// Pairs of neighbours, one of which is of `tissue` and the other not: its outline in samples.
  func outline(_ isInside: (Tissue) -> Bool) -> Double {
    var edges = 0
    for row in 1..<map.grid.rows {
      for column in 1..<map.grid.columns {
        let index = row * map.grid.columns + column
        let here = isInside(map.tissues[index])
        if isInside(map.tissues[index - 1]) != here { edges += 1 }
        if isInside(map.tissues[index - map.grid.columns]) != here { edges += 1 }
      }
    }
    return Double(edges)
  }
}

@Suite struct HeadAnatomyTests {
  @Test func theTissuesOfTheBrainHavePlausibleShares() {
    var ratios: [Double] = []
    for seed in 1...8 as ClosedRange<UInt64> {
      let z: Float = [5, 20, 40][Int(seed % 3)]
      let labels = Labels(seed: seed, z: z)
      let (grey, white, fluid) = (labels.count(.grey), labels.count(.white), labels.count(.fluid))
      ratios.append(grey / white)
      #expect((0.6...1.8).contains(grey / white), "grey to white \(grey / white) at \(z)")
      let share = fluid / (grey + white + fluid)
      #expect((0.06...0.32).contains(share), "fluid \(share) at \(z)")
      // A slice of an adult brain has 90 to 180 cm² (0.25 mm² a sample).
      let area = (grey + white + fluid) * 0.25 / 100
      #expect((75...190).contains(area), "\(area) cm² at \(z)")
    }
    // The cerebrum of an adult holds a little more grey than white matter.
    #expect((0.9...1.4).contains(ratios.reduce(0, +) / 8), "\(ratios)")
  }

  @Test func aLowSliceHoldsEveryTissue() {
    let found = Set(Labels(seed: 1, z: 6).map.tissues)
    for tissue in Tissue.allCases { #expect(found.contains(tissue), "\(tissue)") }
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func theCortexIsFolded(seed: UInt64) {
    let labels = Labels(seed: seed, z: 30)
    let skull = labels.outline { ![.air, .skin, .fat, .muscle, .bone, .marrow].contains($0) }
    let cortex = labels.outline { $0 == .white || $0 == .deepGrey || $0 == .pallidum }
    // Without folds the white matter's outline would be shorter than the inner skull's.
    #expect(cortex > 2 * skull, "\(cortex / skull)")
  }

  @Test func theCorticalRibbonIsAboutThreeMillimetresThick() {
    let grid = SliceGrid(rows: 440, columns: 360, spacing: 0.5)
    let anatomy = HeadAnatomy(seed: 3)
    let surface = CorticalSurface(anatomy, grid: grid, z: 40)
    let labels = LabelMap(anatomy, grid: grid, z: 40)
    let depths = labels.tissues.indices.filter { labels.tissues[$0] == .grey }
      .map { surface.depth[$0] }
    #expect((2.5...4).contains(depths.max() ?? 0))
    let deepWhite = labels.tissues.indices.filter { labels.tissues[$0] == .white }
      .map { surface.depth[$0] }
    #expect((deepWhite.min() ?? 0) > 1.5)
  }

  @Test func aSeedFixesTheHeadAndAnotherSeedChangesIt() {
    #expect(Labels(seed: 4, z: 10).map.tissues == Labels(seed: 4, z: 10).map.tissues)
    let other = Labels(seed: 5, z: 10).map.tissues
    let changed = zip(Labels(seed: 4, z: 10).map.tissues, other).count { $0 != $1 }
    #expect(changed > other.count / 20)
  }

  @Test func neighbouringSlicesAreAlike() {
    let here = Labels(seed: 6, z: 30)
    let near = zip(here.map.tissues, Labels(seed: 6, z: 30.5).map.tissues).count { $0 != $1 }
    let far = zip(here.map.tissues, Labels(seed: 6, z: 40).map.tissues).count { $0 != $1 }
    #expect(near > 0)
    #expect(4 * near < far)
  }
}
