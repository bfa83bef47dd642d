import Acquisition
import Foundation
import Testing

/// The patterns of points, at even and odd sizes.
struct PointMaskTests {
  static let patterns = MaskPattern.allCases.filter(\.isOfPoints)
  static let sizes = [[64, 64], [61, 47], [40, 72]]

  private func mask(
    _ pattern: MaskPattern, _ size: [Int], _ acceleration: Double, seed: UInt32 = 1,
    centerFraction: Double = 0.02, acquired: Range<Int>? = nil
  ) throws -> SamplingMask {
    try SamplingMask(
      pattern: pattern, rows: size[0], columns: size[1], acceleration: acceleration,
      centerFraction: centerFraction, seed: .integer(seed), acquired: acquired)
  }

  private func farthest(_ mask: SamplingMask) -> Double {
    let distances = mask.distances
    return mask.samples.indices.filter { mask.samples[$0] }.map { distances[$0] }.max() ?? 0
  }

  @Test(arguments: patterns, sizes)
  func meetsTheAccelerationAndSamplesTheCentre(pattern: MaskPattern, size: [Int]) throws {
    for acceleration in [3.0, 4, 8] {
      let mask = try mask(pattern, size, acceleration)
      #expect(mask.rows == size[0] && mask.columns.count == size[1])
      #expect(mask.sampledCount == mask.samples.count { $0 })
      switch pattern {
      // To the point; half a point is lost in rounding.
      case .poissonDisc, .gaussian:
        let asked = Double(size[0] * size[1]) / acceleration
        #expect(abs(asked - Double(mask.sampledCount)) <= 0.5)
      // The block comes on top of a lattice: at most 2 % of the points.
      case .caipi:
        #expect(mask.acceleration < acceleration)
        #expect(1 / mask.acceleration <= 1 / acceleration + 0.02)
      // A spoke more or less.
      default: #expect(abs(mask.acceleration / acceleration - 1) < 0.1)
      }
      let side = Int((0.02 * Double(size[0] * size[1])).squareRoot().rounded())
      #expect(mask.calibrationColumns.count >= side)
      #expect(try #require(mask.calibrationRows).count >= side)
      #expect(mask.calibrationColumns.contains(size[1] / 2))
    }
  }

  /// All of the centre, nothing of the rest, half of each side at 4x.
  @Test func lowResolutionIsTheCentre() throws {
    let mask = try mask(.lowResolution, [64, 47], 4, seed: 9)
    #expect(try mask == self.mask(.lowResolution, [64, 47], 4, seed: 10))
    // The centre of 64 is row 32, of 47 column 23; half of 47 is rounded up.
    let (rows, columns) = (16..<48, 12..<36)
    for place in mask.samples.indices {
      let inside = rows.contains(place / 47) && columns.contains(place % 47)
      #expect(mask.samples[place] == inside)
    }
  }

  @Test(arguments: patterns.filter { $0 != .lowResolution })
  func isTheSameForASeedOnly(pattern: MaskPattern) throws {
    let first = try mask(pattern, [48, 56], 4, seed: 3)
    #expect(try mask(pattern, [48, 56], 4, seed: 3) == first)
    // Of eight lattices of 4x some are equal.
    let others = try (4..<12).map { try mask(pattern, [48, 56], 4, seed: $0) }
    #expect(others.contains { $0 != first })
  }

  /// In the ellipse and outside the block no two points are nearer than a sample, and the density falls
  /// towards the edge.
  @Test func poissonDiscIsDenserInTheCentre() throws {
    let mask = try mask(.poissonDisc, [96, 96], 6)
    let distances = mask.distances
    #expect(farthest(mask) < 1.06)
    func density(_ range: Range<Double>) -> Double {
      let places = distances.indices.filter { range.contains(distances[$0]) }
      return Double(places.count { mask.samples[$0] }) / Double(places.count)
    }
    #expect(density(0.2..<0.4) > 1.5 * density(0.6..<0.8))
    #expect(density(0.6..<0.8) > density(0.85..<0.98))
    // Blue noise: far from the centre a point has hardly ever one beside it, where as many points at
    // random would have one for every fourth.
    var (pairs, points) = (0, 0)
    for row in 1..<95 {
      for column in 1..<95
      where mask.samples[row * 96 + column] && distances[row * 96 + column] > 0.6 {
        points += 1
        if mask.samples[row * 96 + column + 1] || mask.samples[(row + 1) * 96 + column] {
          pairs += 1
        }
      }
    }
    #expect(points > 100)
    #expect(10 * pairs < points)
  }

  @Test func gaussianFallsOff() throws {
    let mask = try mask(.gaussian, [96, 96], 6)
    let distances = mask.distances
    func density(_ range: Range<Double>) -> Double {
      let places = distances.indices.filter { range.contains(distances[$0]) }
      return Double(places.count { mask.samples[$0] }) / Double(places.count)
    }
    // exp(−½ (0.75² − 0.35²) / 0.297²) is a twelfth; what is drawn already cannot be drawn again.
    #expect(density(0.3..<0.4) > 3 * density(0.7..<0.8))
  }

  /// The lattice of 4x is 2 × 2 sheared by one: sampled rows alternate.
  @Test(arguments: [(4.0, 2, 2, 1), (6, 2, 3, 1), (8, 2, 4, 2), (5, 1, 5, 2), (9, 3, 3, 1)])
  func caipiIsASheared(acceleration: Double, rowStep: Int, columnStep: Int, shift: Int) throws {
    let size = [60, 60]
    let mask = try mask(.caipi, size, acceleration, centerFraction: 0.0003)
    let block = (rows: try #require(mask.calibrationRows), columns: mask.calibrationColumns)
    let corner = (0..<rowStep * columnStep).map { (row: $0 / columnStep, column: $0 % columnStep) }
      .first { mask.samples[$0.row * size[1] + $0.column] }
    let offset = try #require(corner)
    for row in 0..<size[0] {
      for column in 0..<size[1]
      where !(block.rows.contains(row) && block.columns.contains(column)) {
        let line = (row - offset.row) / rowStep
        let place = (column - offset.column - line * shift) % columnStep
        let expected = (row - offset.row) % rowStep == 0 && place == 0
        #expect(mask.samples[row * size[1] + column] == expected)
      }
    }
  }

  @Test func radialSpokesCrossTheCentre() throws {
    let mask = try mask(.radial, [81, 81], 8, centerFraction: 0.0005)
    // Every ring is crossed by every spoke twice: the number of points in a ring hardly grows.
    let distances = mask.distances
    func count(_ range: Range<Double>) -> Int {
      distances.indices.count { range.contains(distances[$0]) && mask.samples[$0] }
    }
    let (inner, outer) = (count(0.3..<0.5), count(0.7..<0.9))
    #expect(Double(outer) / Double(inner) < 1.35)
    #expect(farthest(mask) < 1.06)
  }

  @Test func paddingIsNeverSampledNorCounted() throws {
    let mask = try mask(.gaussian, [32, 40], 4, acquired: 4..<36)
    #expect(!mask.columns[..<4].contains(true))
    #expect(!mask.columns[36...].contains(true))
    #expect(mask.acquiredCount == 1024)
    #expect(mask.acceleration == 1024 / Double(mask.sampledCount))
  }

  @Test func theCentreGrowsToTheFirstGap() throws {
    let text = """
      .......
      .#####.
      .#####.
      ..####.
      .#####.
      .......
      """
    let points = text.filter { $0 != "\n" }.map { $0 == "#" }
    let mask = try SamplingMask(points: points, rows: 6, columns: 7)
    #expect(mask.calibrationColumns == 2..<6)
    #expect(mask.calibrationRows == 1..<5)
    #expect(mask.calibration.count { $0 } == 16)
    #expect(mask.unit == "points")
    #expect(mask.fits([3, 6, 7]))
    #expect(!mask.fits([3, 7, 7]))
    let less = try mask.replacing(samples: mask.samples.indices.map { $0 == 24 })
    #expect(less.sampledCount == 1)
    #expect(less.rows == 6)
  }

  /// What the sampled points stand for is as many as are missing, ring by ring.
  @Test func samplesStandForWhatIsMissingAboutThem() throws {
    let mask = try mask(.gaussian, [64, 60], 5)
    let (stands, distances, calibration) = (mask.stands, mask.distances, mask.calibration)
    let free = mask.samples.indices.filter { mask.samples[$0] && !calibration[$0] }
    let mean = free.reduce(0) { $0 + stands[$1] } / Double(free.count)
    #expect(abs(mean - 1) < 1e-9)
    #expect(mask.samples.indices.allSatisfy { stands[$0] == 0 || free.contains($0) })
    let width = 2.0.squareRoot() / 24
    func ring(_ number: Int) -> [Int] {
      distances.indices.filter { Int(distances[$0] / width) == number }
    }
    func ratio(_ number: Int) -> Double {
      let sum = ring(number).reduce(0) { $0 + stands[$1] }
      return sum / Double(ring(number).count { !mask.samples[$0] })
    }
    let outer = ratio(12)
    for number in 6..<16 { #expect(abs(ratio(number) / outer - 1) < 1e-9) }
    let columns = try SamplingMask(columns: [true, false, true, true, true, false, true])
    #expect(columns.stands == [1, 0, 0, 0, 0, 0, 1])
  }

  @Test(arguments: [
    (MaskPattern.poissonDisc, 1.0, 0.02), (.poissonDisc, 40, 0.05), (.caipi, 4.5, 0.02),
    (.radial, 0.5, 0.02), (.gaussian, 4, 0.5), (.gaussian, 4, 0.0001), (.gaussian, 4, 1),
  ])
  func refusesWhatCannotBe(pattern: MaskPattern, acceleration: Double, fraction: Double) {
    #expect(throws: SamplingMaskError.self) {
      try mask(pattern, [48, 40], acceleration, centerFraction: fraction)
    }
  }

  @Test func patternsOfPointsNeedAPlane() {
    #expect(throws: SamplingMaskError.needsPlane(.caipi)) {
      try SamplingMask(
        pattern: .caipi, columns: 40, acceleration: 4, centerFraction: 0.1, seed: .integer(1))
    }
  }
}
