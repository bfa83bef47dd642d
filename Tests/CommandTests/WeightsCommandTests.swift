import Foundation
import Generators
import Reconstruction
import TestSupport
import Testing

@Suite struct WeightsCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  @Test func theListNamesWhatTheProgramFinds() throws {
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
    let program = Program(
      folder: folder.path, environment: ["MRI_ILO_WEIGHTS": folder.file("tiny.safetensors")])
    let list = try program.run("weights", "list")
    #expect(list.status == 0, "\(list.errors)")
    for words in [
      "tiny.safetensors *", "complex", "8 6", "30 of 40", "saw: 12 discs",
      "brain-ladder-256.safetensors ",
    ] {
      #expect(list.output.contains(words))
    }
    let json = try JSONSerialization.jsonObject(
      with: Data(try program.run("weights", "list", "--json").output.utf8))
    #expect((json as? [[String: Any]])?.count ?? 0 >= 2)
  }

  @Test func infoTellsTensorsByName() throws {
    try TinyWeights.write(folder.file("tiny.safetensors"))
    let text = try program.run("weights", "info", "tiny.safetensors", "--tensors").output
    for words in ["8, 6", "real", "CC BY", "never calibrated", "decoder.level1.prior.weight"] {
      #expect(text.contains(words))
    }
    #expect(text.contains("4 × 6 × 3 × 3"))
    let json = try program.run("weights", "info", "tiny.safetensors", "--json")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
    let tensors = (object as? [String: Any])?["tensors"] as? [[String: Any]]
    #expect(tensors?.first?["name"] as? String == "decoder.root")
    // By the name alone, where it comes with the program.
    #expect(try program.run("weights", "info", "brain-ladder-256").output.contains("studyforrest"))
    let missing = try program.run("weights", "info", "none")
    #expect(missing.status != 0)
    #expect(missing.errors.contains("none: there is no such weights file"))
  }

  /// The page of the default weights has the curves of their three trainings.
  @Test func thePageHasTheCurvesOfTheTraining() throws {
    let whole = fixturePath("../../datasets/weights/brain-ladder-256-whole.log.csv")
    let further = fixturePath("../../datasets/weights/brain-ladder-256-further.log.txt")
    let run = try program.run(
      "weights", "info", "brain-ladder-256", "--page", "w.html", "--log", whole, "--log", further)
    #expect(run.status == 0, "\(run.errors)")
    let page = try folder.text("w.html")
    for words in [
      "Training of brain-ladder-256.safetensors", "40 rows, to step 10000",
      "14 rows, to step 10800",
      "studyforrest", "Divergence per level", "PSNR of passes at 8×", "measurements, last",
    ] { #expect(page.contains(words), "\(words)") }
    #expect(!page.contains("{{") && !page.contains("nan"))
    // The log beside the weights is found by itself.
    let own = try program.run("weights", "info", "brain-ladder-256", "--page", "v.html")
    #expect(own.status == 0, "\(own.errors)")
    #expect(try folder.text("v.html").contains("brain-ladder-256.log.csv: 13 rows"))
    try TinyWeights.write(folder.file("tiny.safetensors"))
    let none = try program.run("weights", "info", "tiny.safetensors", "--page", "t.html")
    #expect(none.status == 1 && none.errors.contains("no log of its training"), "\(none.errors)")
    try folder.write(Data("words\n".utf8), "words.csv")
    let bad = try program.run(
      "weights", "info", "tiny.safetensors", "--page", "t.html", "--log", "words.csv")
    #expect(bad.status == 1 && bad.errors.contains("words.csv: is no log"), "\(bad.errors)")
    #expect(folder.names == ["tiny.safetensors", "v.html", "w.html", "words.csv"])
  }

  @Test func theShippedWeightsAreAsListed() throws {
    let outcome = try program.run("weights", "verify", "brain-ladder-256")
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("as SHA256SUMS says"))
  }

  @Test func damageIsFound() throws {
    let path = folder.file("tiny.safetensors")
    try TinyWeights.write(path)
    let whole = try program.run("weights", "verify", "tiny.safetensors")
    #expect(whole.status == 0, "\(whole.output)")
    #expect(whole.output.contains("no SHA256SUMS lies beside the file"))
    let digits = String(repeating: "0", count: 64)
    try folder.write(Data("\(digits)  tiny.safetensors\n".utf8), "SHA256SUMS")
    let other = try program.run("weights", "verify", "tiny.safetensors")
    #expect(other.status != 0)
    #expect(other.output.contains("but SHA256SUMS says 000"))

    try TinyWeights.write(folder.file("huge.safetensors")) { file in
      // Finite in half precision, but what the layers make of them is not.
      file.parameters = file.parameters.map { $0 < 0 ? -6e4 : 6e4 }
    }
    let huge = try program.run("weights", "verify", "huge.safetensors")
    #expect(huge.status != 0)
    #expect(huge.output.contains("not finite"))
    try TinyWeights.write(folder.file("bare.safetensors")) { $0.deviationRadii = [] }
    let bare = try program.run("weights", "verify", "bare.safetensors", "--json")
    #expect(bare.status != 0)
    #expect(bare.output.contains("no usable l1 radius"))
    try folder.write(Data(contentsOf: URL(fileURLWithPath: path)).dropLast(9), "cut.safetensors")
    let cut = try program.run("weights", "verify", "cut.safetensors")
    #expect(cut.status != 0)
    #expect(cut.output.contains("reaches beyond its end"))
  }

  @Test func calibrationRewritesTheNotesAlone() throws {
    var stack = SyntheticStack()
    (stack.rows, stack.columns) = (48, 48)
    stack.images = (0..<12).map { number in
      (subject: "\(number)", contrast: "T1", split: number < 8 ? "train" : "val")
    }
    try stack.write(folder.file("stack.h5"))
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
    let before = try WeightsFile(contentsOf: folder.file("tiny.safetensors"))
    let outcome = try program.run(
      "weights", "calibrate", "tiny.safetensors", "stack.h5", "--images", "40", "--views", "6",
      "--unfamiliar", "4", "-o", "told.safetensors")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("chessboard"))
    let after = try WeightsFile(contentsOf: folder.file("told.safetensors"))
    #expect(after.parameters == before.parameters)
    #expect(after.deviationRadii == before.deviationRadii)
    let told = try #require(after.familiarity)
    #expect(outcome.output.contains(told.text))
    #expect(try WeightsFile(contentsOf: folder.file("tiny.safetensors")).familiarity == nil)
    let info = try program.run("weights", "info", "told.safetensors").output
    #expect(info.contains(told.text))
    #expect(!info.contains("axes"))

    stack.images = stack.images.map { ($0.subject, $0.contrast, "train") }
    try stack.write(folder.file("whole.h5"))
    let refused = try program.run("weights", "calibrate", "tiny.safetensors", "whole.h5")
    #expect(refused.status != 0)
    #expect(refused.errors.contains("into the split 'val'"), "\(refused.errors)")
  }
}
