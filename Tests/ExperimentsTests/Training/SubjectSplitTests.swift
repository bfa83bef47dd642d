import Testing

@testable import Experiments

@Suite struct SubjectSplitTests {
  private func labels(_ subjects: [String], split: String? = nil) -> [ImageLabel] {
    subjects.flatMap { subject in (0..<3).map { _ in ImageLabel(subject: subject, split: split) } }
  }

  private func held(_ labels: [ImageLabel], _ split: SubjectSplit) -> Set<String> {
    Set(zip(labels, split.parts).filter { $1 == .validation }.map(\.0.subject))
  }

  @Test func furtherSubjectsMoveNoneOfTheOthers() {
    let few = labels((0..<200).map { "s\($0)" })
    let more = labels((0..<300).map { "s\($0 - 50)" })
    let (a, b) = (
      SubjectSplit(few, share: 0.2, seed: 1), SubjectSplit(more, share: 0.2, seed: 1)
    )
    let (heldOfFew, heldOfMore) = (held(few, a), held(more, b))
    #expect(heldOfFew == heldOfMore.filter { name in few.contains { $0.subject == name } })
    #expect((20...60).contains(heldOfFew.count))
    #expect(held(few, SubjectSplit(few, share: 0.2, seed: 2)) != heldOfFew)
    // No subject lies on both sides.
    let trained = Set(zip(few, a.parts).filter { $1 == .training }.map(\.0.subject))
    #expect(trained.isDisjoint(with: heldOfFew) && trained.count + heldOfFew.count == 200)
  }

  @Test func twoSubjectsGiveOneEachAndOneGivesNone() {
    for share in [0.001, 0.999] {
      let two = labels(["a", "b"])
      let split = SubjectSplit(two, share: share, seed: 1)
      #expect(held(two, split).count == 1)
      #expect(Set(split.parts) == [.training, .validation])
    }
    let one = labels(["a"])
    #expect(SubjectSplit(one, share: 0.05, seed: 1).parts == [.training, .training, .training])
  }

  @Test func whatTheDataStateHolds() {
    let stated =
      labels(["a"], split: "train") + labels(["b"], split: "val") + labels(["c"], split: "test")
      + labels(["d"], split: "other")
    let free = labels(["a", "b", "c", "d"])
    let split = SubjectSplit(stated + free, share: 0.5, seed: 1)
    let parts = [TrainingSet.Part.training, .validation, nil, nil].flatMap { [$0, $0, $0] }
    #expect(split.parts == parts + parts)
    #expect(split.divided.isEmpty)
    let divided = labels(["a"], split: "train") + labels(["a"], split: "val")
    #expect(SubjectSplit(divided, share: 0.5, seed: 1).divided == ["a"])
    #expect(held(divided, SubjectSplit(divided, share: 0.5, seed: 1)) == ["a"])
  }
}

@Suite struct ImageSquareTests {
  @Test func theSideIsThatOfMostImages() {
    let sizes = [(256, 216), (250, 200), (64, 64)].map { (rows: $0.0, columns: $0.1) }
    #expect(ImageSquare(stated: 0, sizes: sizes, factor: 16).side == 240)
    #expect(ImageSquare(stated: 96, sizes: sizes, factor: 16).side == 96)
    let square = ImageSquare(stated: 96, sizes: sizes, factor: 16)
    #expect(square.fits(rows: 48, columns: 20) && square.fits(rows: 192, columns: 40))
    #expect(!square.fits(rows: 47, columns: 40) && !square.fits(rows: 193, columns: 96))
  }

  /// The middle pixel, n / 2, stays the middle one for every pair of sizes.
  @Test(arguments: [3, 4, 5, 8, 9], [4, 5]) func imagesAreCentred(rows: Int, columns: Int) {
    let square = ImageSquare(stated: 6, sizes: [], factor: 2)
    var pixels = [Int](repeating: 1, count: rows * columns)
    pixels[rows / 2 * columns + columns / 2] = 7
    let out = square.centred(pixels, rows: rows, columns: columns, zero: 0)
    #expect(out.count == 36 && out[3 * 6 + 3] == 7)
    #expect(out.count { $0 != 0 } == min(6, rows) * min(6, columns))
  }
}
