import Arrays
import Testing

@testable import Experiments

/// The checks of vectors alone, on cases whose answers are known.
@Suite struct VectorCheckTests {
  @Test func theProjectionIsFoundOptimal() {
    let rows = ProjectionCheck.rows(trials: 40, seed: 3)
    #expect(rows.count == 12)
    for row in rows {
      #expect(row.leastMargin > -1e-9, "\(row)")
      #expect(abs(row.optimalityGap) < 1e-5)
      #expect(abs(row.excess) < 1e-5)
      #expect(row.secondMove < 1e-6)
    }
  }

  /// The projection of (3, 1) onto the ball of radius 2 is (2, 0).
  @Test func aProjectionByHand() {
    var random = RandomStream(seed: 1)
    let row = ProjectionCheck.row([3, 1], radiusShare: 0.5, trials: 200, &random)
    #expect(row.leastMargin > -1e-9)
    // r ‖v − p‖∞ = 2 and ⟨v − p, p⟩ = 2.
    #expect(abs(row.optimalityGap) < 1e-6)
  }

  /// Of one value r alone every atom is the point itself.
  @Test func aCornerOfTheBallIsMetExactly() {
    var random = RandomStream(seed: 1)
    let row = MaureyCheck.row(
      [0, -2, 0], radius: 2, kind: "corner", atoms: 3, trials: 20, &random)
    #expect(row.error < 1e-7 && row.expected < 1e-7 && row.least == 0 && row.bestTerms == 0)
  }

  /// The centre of the ball takes no atom, and half of it half the atoms.
  @Test func insideTheBallTheFormulaHolds() {
    var random = RandomStream(seed: 1)
    let centre = MaureyCheck.row(
      [0, 0], radius: 1, kind: "centre", atoms: 2, trials: 20, &random)
    #expect(centre.error == 0 && centre.expected == 0)
    let half = MaureyCheck.row(
      [0.5, 0], radius: 1, kind: "half", atoms: 4, trials: 4000, &random)
    // r ‖v‖₁ − ‖v‖² = 1/4, over 4.
    #expect(abs(half.expected - 0.25) < 1e-9)
    #expect(abs(half.error / half.expected - 1) < 0.05)
  }

  @Test func manyMeansFollowFormulaAndBound() {
    let rows = MaureyCheck.rows(trials: 300, seed: 5)
    #expect(rows.count == 3 * MaureyCheck.atoms.count)
    for row in rows {
      #expect(abs(row.error / row.expected - 1) < 0.1, "\(row)")
      #expect(row.expected <= row.bound)
      #expect(row.least <= row.error + 1e-9 && row.bestTerms <= row.bound)
    }
    #expect(MaureyCheck.rows(trials: 300, seed: 5) == rows)
    #expect(MaureyCheck.rows(trials: 300, seed: 6) != rows)
  }
}
