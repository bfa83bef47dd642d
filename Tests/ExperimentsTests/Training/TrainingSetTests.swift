import Arrays
import Foundation
import Generators
import Training
import TestSupport
import Testing

@testable import Experiments

@Suite struct TrainingSetTests {
  private let files: ImageFolder

  init() throws { files = try ImageFolder() }

  private static var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.architecture = LadderArchitecture(
      widths: [8, 8], latents: [2, 1], encoderWidths: [8, 8])
    (recipe.batch, recipe.crop) = (1, 16)
    return recipe
  }

  private func set(
    _ names: String..., recipe: TrainingRecipe = recipe
  ) throws -> TrainingSet {
    try TrainingSet(paths: names.map { files.folder.file($0) }, recipe: recipe)
  }

  private func fault(_ names: String..., recipe: TrainingRecipe = recipe) -> String {
    let error = #expect(throws: ExperimentError.self) {
      try TrainingSet(paths: names.map { files.folder.file($0) }, recipe: recipe)
    }
    return error?.description ?? ""
  }

  /// The images of other splits hold NaN, so that a set that read one would name it.
  @Test func testImagesAreNeverRead() throws {
    let splits = ["train", "train", "test", "train", "val", "dev", "train", "test"]
    try files.stack(
      "stack.h5", subjects: ["a", "a", "b", "c", "d", "e", "f", "g"], splits: splits,
      broken: [2, 5, 7])
    let set = try set("stack.h5")
    #expect(set.training.count == 4 && set.validation.count == 1)
    #expect(set.unread == 3 && set.skipped.isEmpty)
    #expect(set.trainingSubjects == ["a", "c", "f"] && set.validationSubjects == ["d"])
    #expect(set.images.count == 5)
    for (index, number) in zip(set.training, [0, 1, 3, 6]) {
      let bytes = ImageFolder.disc(number, side: 32).map { UInt8($0.rounded()) }
      #expect(set.images.bytes(index) == bytes)
    }
    // Where there is no split the same images are read, and named.
    try files.stack(
      "free.h5", subjects: ["a", "a", "b", "c", "d", "e", "f", "g"], broken: [2, 5], black: [7])
    let free = try self.set("free.h5")
    #expect(free.skipped.count == 3)
    #expect(free.skipped[0].hasPrefix("image 2 of ") && free.skipped[0].contains("free.h5"))
    #expect(free.skipped[2].contains("black"))
  }

  @Test func aManifestsTestFilesAreNotEvenOpened() throws {
    for name in ["a", "b", "c"] { try files.scan("\(name).h5", slices: 3) }
    try files.folder.write(Data("no scan at all".utf8), "d.h5")
    let entry = { (name: String, split: String) in
      """
        - {name: \(name), path: \(name).h5, patient: \(name), anatomy: brain, contrast: T1, split: \(split)}

      """
    }
    let head = """
      version: 1
      name: mine
      title: Mine
      licence: none
      source: none
      origin: simulated
      scans:

      """
    let text =
      head + entry("a", "train") + entry("b", "train") + entry("c", "val") + entry("d", "test")
    try files.folder.write(Data(text.utf8), "dataset.yaml")
    // The manifest alone, and the folder in which it lies beside its files.
    for path in ["dataset.yaml", ""] {
      let set = try set(path)
      #expect(set.training.count == 6 && set.validation.count == 3 && set.skipped.isEmpty)
      #expect(set.trainingSubjects == ["a", "b"] && set.validationSubjects == ["c"])
    }
  }

  @Test func scansVolumesAndPicturesGiveTheirMagnitudes() throws {
    try files.scan("one.h5", slices: 4)
    for number in 0..<3 { try files.picture("pictures/anna/\(number).png", number) }
    try files.picture("pictures/ben.png", 5)
    let set = try set("one.h5", "pictures")
    let subjects = set.trainingSubjects + set.validationSubjects
    #expect(subjects.sorted() == ["anna", "ben", "one"])
    #expect(set.images.count == 8 && set.side == 32 && set.skipped.isEmpty)
    // The scan was opened first; the scale of its data is gone, the disc is as bright as the other.
    for (index, number) in [0, 1, 2, 3].enumerated() {
      let disc = ImageFolder.disc(number, side: 32)
      let (image, top) = (set.images.image(index), disc.max() ?? 1)
      for (value, expected) in zip(image, disc) {
        #expect(abs(value / LadderNetwork.brightest - expected / top) < 0.02)
      }
    }
  }

  /// A NIfTI-2 file of two volumes of two slices, the discs 0 to 3: one subject's images, volume after volume.
  @Test func everyVolumeOfAFileIsTaken() throws {
    for number in 4..<8 { try files.picture("pictures/ben/\(number).png", number) }
    let volumes = try Data(contentsOf: URL(fileURLWithPath: fixturePath("volumes.nii.gz")))
    try files.folder.write(volumes, "anna.nii.gz")
    let set = try set("anna.nii.gz", "pictures")
    #expect((set.trainingSubjects + set.validationSubjects).sorted() == ["anna", "ben"])
    #expect(set.images.count == 8 && set.skipped.isEmpty)
    for number in 0..<4 {
      let disc = ImageFolder.disc(number, side: 32).map { $0.rounded() }
      let (image, top) = (set.images.image(number), percentile(disc, 99.8))
      for (value, expected) in zip(image, disc) {
        #expect(abs(value / LadderNetwork.brightest - expected / top) < 0.01)
      }
    }
  }

  @Test func undersampledAndDamagedFilesAreNamed() throws {
    for name in ["a", "b"] { try files.scan("\(name).h5", slices: 4) }
    try files.scan("c.h5") { $0 % 2 == 0 }
    try files.folder.write(Data("nothing".utf8), "d.h5")
    try files.folder.write(Data("nothing".utf8), "e.nii.gz")
    try files.folder.write(Data("nothing".utf8), "f.png")
    try files.picture("g.png", 1, side: 200)
    let set = try set("")
    #expect(set.images.count == 8)
    let words = ["undersampled", "d.h5", "e.nii.gz", "f.png", "too far from the square"]
    #expect(set.skipped.count == words.count)
    for word in words { #expect(set.skipped.contains { $0.contains(word) }, "\(word)") }
  }

  @Test func whatIsTooLittleIsSaid() throws {
    try files.stack("one.h5", subjects: Array(repeating: "anna", count: 8))
    #expect(fault("one.h5").contains("one subject, 'anna'"))
    try files.stack("few.h5", subjects: ["a", "b", "c"])
    #expect(fault("few.h5").contains("fewer than four batches"))
    try files.stack("black.h5", subjects: ["a", "b"], black: [0, 1])
    #expect(fault("black.h5").contains("no image can be used"))
    try files.stack("train.h5", subjects: ["a", "b"], splits: ["train", "train"])
    #expect(fault("train.h5").contains("into the split 'val'"))
    #expect(fault("none.h5").contains("no such file"))
    var wide = Self.recipe
    wide.crop = 64
    #expect(fault("one.h5", recipe: wide).contains("crop of 64"))
    try files.folder.write(Data("x".utf8), "words.txt")
    #expect(fault("words.txt").contains("of no known kind"))
    try files.stack("small.h5", subjects: ["a", "b", "c", "d"], side: 16)
    try files.stack("large.h5", subjects: ["e", "f", "g", "h"], side: 64)
    #expect(fault("small.h5", "large.h5").contains("4 of 16 × 16"))
  }

  @Test func theDigestsAreOfWhatIsTrainedOn() throws {
    let subjects = ["a", "b", "c", "d", "e"]
    let splits = ["train", "train", "train", "train", "val"]
    try files.stack("x.h5", subjects: subjects, splits: splits)
    try files.stack("y.h5", subjects: subjects, splits: splits, side: 48)
    let (x, y) = (try set("x.h5"), try set("y.h5"))
    #expect(x.digest == (try set("x.h5")).digest && x.digest != y.digest)
    #expect(x.subjectsDigest == y.subjectsDigest)
    // By `printf 'a\nb\nc\nd\n' | sha256sum`.
    #expect(
      x.subjectsDigest == "cf2c7f63055d2e84af6e3f01ac1bb7fce598d20cf213fab2b56b8e8047b46ced")
  }
}
