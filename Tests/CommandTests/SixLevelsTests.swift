import Foundation
import Generators
import TestSupport
import Testing

/// A generator of six levels, from training to reconstruction, as a user runs it.
@Suite struct SixLevelsTests {
  @Test func theyTrainAreImportedAndReconstruct() throws {
    let folder = try TemporaryFolder()
    let program = Program(folder: folder.path)
    var stack = SyntheticStack()
    (stack.rows, stack.columns) = (64, 64)
    stack.images = (0..<8).map { ("s\($0)", "T1", $0 < 6 ? "train" : "val") }
    try stack.write(folder.file("stack.h5"))
    let recipe = """
      version: 1
      recipe:
        architecture:
          widths: [8, 8, 8, 8, 8, 8]
          latents: [2, 2, 2, 1, 1, 1]
          encoder_widths: [8, 8, 8, 8, 8, 8]
        steps: 6
        batch: 1
        crop: 32
        warm_up: 2
        validation: {every: 6, images: 2, ilo_every: 6, ilo_images: 1, pictures: 1}

      """
    try folder.write(Data(recipe.utf8), "recipe.yaml")
    let train = try program.run(
      "train", "stack.h5", "-o", "w.safetensors", "--recipe", "recipe.yaml")
    #expect(train.status == 0, "\(train.errors)")
    // Sides are multiples of 32: those of 64 pixels stay.
    #expect(train.output.contains("64 × 64 pixels"))
    let log = try folder.text("w.safetensors.log.csv").split(separator: "\n")
    #expect(log[0].contains("val_kl_5") && !log[0].contains("val_kl_6"))
    // ILO's default stages are six here.
    let column = try #require(log[0].split(separator: ",").firstIndex(of: "ilo_psnr_4x"))
    let cells = log[1].split(separator: ",", omittingEmptySubsequences: false)
    #expect(Double(cells[column]).map { $0 > 5 } == true, "\(train.errors)")

    let imported = try program.run(
      "weights", "import", "w.safetensors", "-o", "own.safetensors")
    #expect(imported.status == 0, "\(imported.errors)")
    let (one, other) = (
      try WeightsFile(contentsOf: folder.file("w.safetensors")),
      try WeightsFile(contentsOf: folder.file("own.safetensors"))
    )
    #expect(one.architecture.levels == 6 && one.architecture == other.architecture)
    #expect(one.parameters == other.parameters && other.deviationRadii.count == 6)

    var scan = SyntheticScan()
    (scan.rows, scan.columns) = (72, 52)
    try scan.write(folder.file("scan.h5"))
    let recon = try program.run(
      "recon", "scan.h5", "--accel", "3", "--method", "ilo", "--weights", "own.safetensors",
      "--slices", "0", "-o", "out")
    #expect(recon.status == 0, "\(recon.errors)")
    let stages = try folder.text("out/stages.csv")
    #expect(stages.contains("level 5") || stages.contains(",5,"), "\(stages)")

    let wrong = recipe.replacingOccurrences(of: "crop: 32", with: "crop: 48")
    try folder.write(Data(wrong.utf8), "wrong.yaml")
    let refused = try program.run("train", "stack.h5", "-o", "x", "--recipe", "wrong.yaml")
    #expect(refused.status != 0 && refused.errors.contains("multiple of 32"), "\(refused.errors)")
  }
}
