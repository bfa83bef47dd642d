import Arrays
import Evaluation
import Foundation
import ScanFiles
import TestSupport
import Testing

@Suite struct SolveTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    try TinyWeights.write(folder.file("tiny.safetensors"), channels: 2)
    try SyntheticStack().write(folder.file("stack.h5"))
  }

  /// The table's cells without the last column, the seconds, which differ from run to run.
  private func rows(_ name: String, file: String = "metrics.csv") throws -> [[String]] {
    try folder.text("\(name)/\(file)").split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  @Test func generativeMethodsSolveOneImage() throws {
    let methods = ["csgm", "sparse-gen", "pulse", "surgery", "iagan"]
    let outcome = try program.run(
      "solve", "inpaint", "stack.h5", "--slices", "0", "--keep", "0.5", "--method",
      methods.joined(separator: ","), "-o", "out", "--weights", "tiny.safetensors")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let table = try rows("out")
    #expect(table.dropFirst().map { $0[1] } == methods)
    #expect(table.dropFirst().allSatisfy { (Double($0[8]) ?? 0) > 5 }, "\(table)")
  }

  @Test func everyMethodSolvesImagesOfASplit() throws {
    func run(_ output: String, threads: String) throws {
      let outcome = try program.run(
        "solve", "inpaint", "stack.h5", "--split", "test", "--slices", "0,3", "--keep", "0.4",
        "--noise", "0.02", "--seed", "3", "--method", "ilo,adjoint,tikhonov,l1-wavelet,tv,pnp",
        "-o", output, "--threads", threads)
      #expect(outcome.status == 0, "\(outcome.errors)")
      #expect(
        outcome.output.contains("in-painting, 40 % of the pixels kept, Gaussian noise of 0.02"))
    }
    try run("one", threads: "1")
    try run("two", threads: "2")
    let table = try rows("one")
    #expect(try rows("two") == table)
    #expect(
      table[0] == [
        "image", "method", "task", "variant", "level", "noise_model", "noise", "seed", "psnr",
        "ssim", "nmse",
      ])
    // Images 3 and 6 of the file are the first and the fourth of the split.
    #expect(
      table.dropFirst().map { $0[0] }
        == ["stack.h5:3", "stack.h5:6"].flatMap { Array(repeating: $0, count: 6) })
    #expect(
      table[1].dropFirst(2).prefix(6) == ["inpaint", "random", "0.4", "gaussian", "0.02", "3"])
    let psnr = Dictionary(
      table.dropFirst().prefix(6).map { ($0[1], Double($0[8]) ?? 0) }, uniquingKeysWith: { $1 })
    #expect((psnr["tikhonov"] ?? 0) > (psnr["adjoint"] ?? 99) + 3)
    #expect((psnr["tv"] ?? 0) > (psnr["adjoint"] ?? 99) + 3)
    #expect((psnr["ilo"] ?? 0) > (psnr["adjoint"] ?? 99) + 3)
    #expect(
      folder.names(in: "one") == [
        "image-000.png", "image-001.png", "metrics.csv", "metrics_mean.csv", "record.json",
        "solve.h5", "stages.csv",
      ])
    let means = try folder.text("one/metrics_mean.csv").split(separator: "\n")
    let mean = try #require(
      means.first { $0.contains(",tv,") }?.split(separator: ",").compactMap { Double($0) })
    let both = table.filter { $0[1] == "tv" }.compactMap { Double($0[8]) }
    #expect(mean.contains { abs($0 - (both[0] + both[1]) / 2) < 1e-9 })

    // What the file holds is what was measured.
    let file = try HDF5File(reading: folder.file("one/solve.h5"))
    let reference = try file.dataset("reference")
    #expect(reference.shape == [2, 48, 40])
    let images = try file.dataset("reconstruction_tv").floats(
      start: [0, 0, 0], count: [1, 48, 40])
    let truth = try reference.floats(start: [0, 0, 0], count: [1, 48, 40])
    let metrics = try measure(
      RealArray(shape: [48, 40], values: images),
      against: RealArray(shape: [48, 40], values: truth))
    #expect(abs(metrics.volume.psnr - (psnr["tv"] ?? 0)) < 1e-4)
    #expect(truth == SyntheticStack().pixels(3).map(Float.init))
    let record = try folder.text("one/record.json")
    for word in ["\"sha256\"", "\"seed\"", "random", "held-out measurements"] {
      #expect(record.contains(word), "\(word)")
    }
  }

  @Test(arguments: [
    ["denoise", "--noise", "0.1", "--noise-model", "rician"], ["superres", "--factor", "2"],
    ["superres", "--factor", "3", "--downsampling", "average"],
    ["superres", "--factor", "2", "--downsampling", "kspace"],
    ["deblur", "--sigma", "1.2", "--noise", "0.01"], ["cs", "--keep", "0.4"],
    ["cs", "--keep", "0.4", "--matrix", "gaussian"],
    ["cs", "--keep", "0.4", "--matrix", "hadamard"],
    ["cs", "--keep", "0.4", "--matrix", "fourier"], ["inpaint", "--boxes", "3", "--box-side", "6"],
  ]) func everyTaskRuns(task: [String]) throws {
    let direct = task[0] == "superres" ? "bicubic" : "adjoint"
    let outcome = try program.started(
      [
        "solve", task[0], "stack.h5", "--slices", "1", "-o", "out", "--method",
        "\(direct),tikhonov,tv",
      ]
        + task.dropFirst()
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let psnr = try rows("out").dropFirst().compactMap { Double($0[8]) }
    #expect(psnr.count == 3 && psnr.allSatisfy { $0.isFinite && $0 > 5 })
    if task[0] != "superres" { #expect(psnr[2] > psnr[0], "\(psnr)") }
    #expect(!folder.names(in: "out").contains("stages.csv"))
  }

  /// A grey picture of a pattern, of `rows` × `columns` pixels.
  private func writePicture(
    _ name: String, rows: Int, columns: Int, _ value: (Int, Int) -> UInt8
  ) throws {
    var picture = GreyImage(rows: rows, columns: columns)
    for index in 0..<rows * columns {
      picture.pixels[index] = value(index / columns, index % columns)
    }
    try picture.writePNG(to: folder.file(name))
  }

  @Test func picturesAreImagesMasksAndKernels() throws {
    try writePicture("head.png", rows: 30, columns: 26) { UInt8(60 + 5 * (($0 + 2 * $1) % 30)) }
    try writePicture("kernel.png", rows: 3, columns: 3) { row, column in row == column ? 80 : 10 }
    try writePicture("mask.png", rows: 30, columns: 26) { row, _ in row % 4 == 1 ? 0 : 255 }
    let blurred = try program.run(
      "solve", "deblur", "head.png", "--method", "adjoint,tikhonov", "--kernel", "kernel.png")
    #expect(blurred.status == 0, "\(blurred.errors)")
    let figures = try rows("solve-deblur-head")
    #expect(figures[1][0] == "head.png")
    #expect((Double(figures[2][8]) ?? 0) > (Double(figures[1][8]) ?? 99))
    #expect(try folder.text("solve-deblur-head/record.json").contains("kernel.png"))
    let mask = try program.run(
      "solve", "inpaint", "head.png", "--method", "adjoint,tv", "--mask", "mask.png", "-o", "masked"
    )
    #expect(mask.status == 0, "\(mask.errors)")
    // 22 of 30 rows are seen.
    #expect(try folder.text("masked/record.json").contains("\"measurements\" : 572"))
  }

  /// A slice of a NIfTI volume is measured as it stands in the file.
  @Test func volumesAreImages() throws {
    try SyntheticScan(slices: 2).write(folder.file("scan.h5"))
    let made = try program.run("recon", "scan.h5", "--method", "zero-filled", "--nifti", "-o", "r")
    #expect(made.status == 0, "\(made.errors)")
    let outcome = try program.run(
      "solve", "inpaint", "r/recon.nii.gz", "--slices", "1", "--keep", "0.6", "--method",
      "adjoint,tikhonov", "-o", "out")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let figures = try rows("out")
    #expect(figures.count == 3 && figures[1][0] == "recon.nii.gz:1")
    #expect((Double(figures[2][8]) ?? 0) > (Double(figures[1][8]) ?? 99) + 3)
    let images = try HDF5File(reading: folder.file("r/recon.h5")).dataset("reconstruction")
    let reference = try HDF5File(reading: folder.file("out/solve.h5")).dataset("reference")
    #expect(
      try reference.floats()
        == images.floats(start: [1, 0, 0], count: [1] + Array(images.shape.dropFirst())))
  }

  @Test func whatCannotBeSolvedGetsASentence() throws {
    try writePicture("head.png", rows: 16, columns: 16) { UInt8(8 * ($0 + $1)) }
    try writePicture("black.png", rows: 48, columns: 40) { _, _ in 0 }
    for (arguments, words) in [
      (["paint", "stack.h5"], "there is no task 'paint'; choose from denoise, inpaint"),
      (["denoise", "none.h5"], "none.h5"),
      (["denoise", "stack.h5", "--keep", "0.5"], "--keep is no option of 'denoise'"),
      (["inpaint", "stack.h5", "--keep", "0.5", "--boxes", "2"], "exclude each other"),
      (["inpaint", "stack.h5", "--keep", "0"], "--keep 0.0: give a share above 0"),
      (["inpaint", "stack.h5", "--mask", "head.png"], "give a mask of their size"),
      (["inpaint", "stack.h5", "--mask", "black.png"], "leave white what is to be seen"),
      (["deblur", "stack.h5", "--kernel", "black.png"], "a kernel needs a bright pixel"),
      (["denoise", "black.png"], "black.png: the image is empty; leave it out"),
      (["inpaint", "stack.h5", "--boxes", "9", "--box-side", "99"], "cover all of 48 × 40 pixels"),
      (["deblur", "stack.h5", "--sigma=-1"], "--sigma -1.0"),
      (["cs", "stack.h5", "--matrix", "magic"], "choose from circulant, gaussian, fourier"),
      (["cs", "stack.h5", "--noise-model", "rician"], "Rician noise is that of magnitude images"),
      (["superres", "stack.h5", "--factor", "50"], "a factor of 50 leaves nothing"),
      (["denoise", "stack.h5", "--method", "bicubic"], "no method named 'bicubic'"),
      (["denoise", "stack.h5", "--split", "holdout"], "has no split 'holdout'"),
      (["denoise", "head.png", "--split", "val"], "has no splits"),
      (["denoise", "stack.h5", "--slices", "99"], "has no slice 99"),
      (["denoise", "stack.h5", "--noise", "nan"], "--noise"),
      (
        ["denoise", "stack.h5", "--method", "tv", "--weights", "tiny.safetensors"],
        "--weights is given"
      ),
    ] {
      let outcome = try program.started(
        ["solve", "-o", "out"] + arguments
          + (arguments.contains("--method") ? [] : ["--method", "tikhonov"])
      ).outcome()
      #expect(outcome.status != 0, "\(arguments)")
      #expect(outcome.errors.contains(words), "\(arguments): \(outcome.errors)")
    }
    #expect(!folder.names.contains("out"))
  }
}
