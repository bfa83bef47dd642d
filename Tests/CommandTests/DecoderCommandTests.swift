import Foundation
import ScanFiles
import TestSupport
import Testing

/// Decoders on their way: import, info, verify, samples, and images and scans by the methods that use them.
@Suite struct DecoderCommandTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
    for (number, name, words) in [
      (1, "dcgan", "transposed convolutions: 2, images of 16 × 16"),
      (2, "vae", "dense layers: 3, transposed convolutions: 0, images of 6 × 10"),
    ] {
      let outcome = try program.run(
        "weights", "import", fixturePath("decoder-\(number).safetensors"), "-o",
        "\(name).safetensors", "--half", "--licence", "ours")
      #expect(outcome.status == 0 && outcome.output.contains(words), "\(outcome)")
    }
  }

  @Test func theyAreShownAndVerified() throws {
    let info = try program.run("weights", "info", "dcgan.safetensors", "--tensors")
    #expect(info.status == 0 && info.output.contains("Decoder weights"), "\(info.errors)")
    #expect(info.output.contains("convolution1.weight") && info.output.contains("ours"))
    let json = try program.run("weights", "info", "vae.safetensors", "--json")
    #expect(json.output.contains("\"latent_size\"") && json.output.contains("softplus"))
    #expect(try program.run("inspect", "vae.safetensors").status == 0)
    let verified = try program.run("weights", "verify", "vae.safetensors")
    #expect(verified.status == 0, "\(verified.output)")
    #expect(verified.output.contains("draws and differentiates to finite values"))
    let other = try program.run(
      "weights", "import", fixturePath("decoder-3.safetensors"), "-o", "b.safetensors",
      "--calibrate", "stack.h5")
    #expect(other.status == 1 && other.errors.contains("is a decoder"))
  }

  @Test func samplesAndWaysAreDrawn() throws {
    for (arguments, shape) in [
      (["--count", "3"], [3, 16, 16]), (["--interpolate", "--count", "4"], [4, 16, 16]),
    ] {
      let outcome = try program.started(
        ["generate", "--weights", "dcgan.safetensors", "-o", "a.png", "--values", "a.h5"]
          + arguments
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let images = try HDF5File(reading: folder.file("a.h5")).dataset("images")
      #expect(images.shape == shape)
      #expect(Set(try images.floats()).count > 100)
    }
    for (arguments, words) in [
      (["--rows", "32"], "draws 16 × 16 pixels and no other size"),
      (["--perturb"], "has no levels"),
      (["--perturb", "--from", "a.png"], "has no levels"),
      (["--interpolate", "--from", "a.png", "--to", "a.png"], "has no encoder"),
    ] {
      let outcome = try program.started(
        ["generate", "--weights", "dcgan.safetensors", "-o", "b.png"] + arguments
      ).outcome()
      #expect(outcome.status == 1 && outcome.errors.contains(words), "\(outcome.errors)")
    }
  }

  @Test func bothMethodsSolveAnImageAndAScan() throws {
    var stack = SyntheticStack()
    (stack.rows, stack.columns, stack.images) = (24, 20, [("a", "T1", "test")])
    try stack.write(folder.file("stack.h5"))
    let options = [
      "--method", "dcgan-csgm,vae-csgm", "--dcgan", "dcgan.safetensors", "--vae",
      "vae.safetensors",
    ]
    let outcome = try program.started(
      ["solve", "inpaint", "stack.h5", "--keep", "0.6", "-o", "out"] + options
    ).outcome()
    #expect(outcome.status == 0, "\(outcome.errors)")
    let table = try folder.text("out/metrics.csv").split(separator: "\n").dropFirst()
    #expect(
      table.map { $0.split(separator: ",")[1] }.map(String.init) == ["dcgan-csgm", "vae-csgm"])
    let record = try folder.text("out/record.json")
    #expect(record.contains("dcgan.safetensors") && record.contains("vae.safetensors"))

    try SyntheticScan().write(folder.file("scan.h5"))
    let recon = try program.started(
      [
        "recon", "scan.h5", "--accel", "4", "--center-fraction", "0.2", "--slices", "0", "-o",
        "recon",
      ] + options
    ).outcome()
    #expect(recon.status == 0, "\(recon.errors)")
    #expect(try folder.text("recon/record.json").contains("vae.safetensors"))

    let unused = try program.run(
      "solve", "inpaint", "stack.h5", "--method", "tv", "--vae", "vae.safetensors", "-o", "none")
    #expect(unused.status == 1 && unused.errors.contains("--vae is given, but none"))
    let wrong = try program.run(
      "solve", "inpaint", "stack.h5", "--method", "vae-csgm", "--vae",
      fixturePath("decoder-2.safetensors"), "-o", "none")
    #expect(wrong.status == 1 && wrong.errors.contains("not 'mri-ilo decoder 1'"))
  }
}
