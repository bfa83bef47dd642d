import Arrays
import Foundation
import Numerics
import ScanFiles
import TestSupport
import Testing

/// `mri-ilo recon` on good scans, as a user runs it.
@Suite struct ReconTests {
  let folder: TemporaryFolder
  let program: Program
  init() throws {
    folder = try TemporaryFolder()
    program = Program(folder: folder.path)
  }

  /// The rows of a CSV file without quotes, as dictionaries by column.
  private func rows(_ name: String) throws -> [[String: String]] {
    let lines = try folder.text(name).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private func record() throws -> [String: Any] {
    let json = try JSONSerialization.jsonObject(
      with: Data(try folder.text("recon-scan/record.json").utf8))
    return try #require(json as? [String: Any])
  }

  @Test func theFolderHoldsEverything() throws {
    try SyntheticScan(oversampling: 2, image: (24, 30)).write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--seed", "7", "--method", "zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      folder.names(in: "recon-scan") == [
        "metrics.csv", "metrics_volume.csv", "recon.h5", "record.json", "slice-000.png",
        "slice-001.png",
      ])
    #expect(
      try folder.text("recon-scan/metrics.csv").hasPrefix(
        "file,slice,method,mask,acceleration,achieved_acceleration,center_fraction,seed,"
          + "reference,psnr,ssim,nmse,seconds\nscan.h5,0,zero-filled,random,3.0,"))
    let table = try rows("recon-scan/metrics.csv")
    #expect(table.map { $0["slice"] } == ["0", "1"])
    #expect(table.allSatisfy { $0["seed"] == "7" && $0["reference"] == "mvue" })

    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    #expect(file.names == ["coil_maps", "mask", "provenance", "reconstruction", "reference"])
    #expect(try file.dataset("reconstruction").shape == [2, 24, 30])
    #expect(try file.dataset("coil_maps").shape == [2, 4, 32, 40])
    #expect(file.attribute("metric_definition")?.string?.hasPrefix("fastMRI") == true)
    let mask = try file.dataset("mask").integers()
    let achieved = try #require(Double(table[0]["achieved_acceleration"] ?? ""))
    #expect(achieved == 40 / Double(mask.reduce(0, +)))
    #expect(outcome.output.contains("asked 3x, achieved"))
    #expect(outcome.output.contains("fastMRI: SSIM"))

    let record = try record()
    #expect(record["version"] as? String == "0.1.0")
    let command = try #require(record["command"] as? [String])
    #expect(command.dropFirst().first == "recon")
    #expect((record["peak_memory"] as? Int ?? 0) > 1 << 20)
    let input = try #require(record["input"] as? [String: Any])
    #expect((input["sha256"] as? String)?.count == 64)
  }

  @Test func trustMapsComeOnRequest() throws {
    try SyntheticScan(image: (24, 30)).write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--seed", "7", "--method", "sense,l1-wavelet", "--trust")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(folder.names(in: "recon-scan").contains("trust-001.png"))
    #expect(outcome.output.contains("slice 1, trust: "))
    #expect(outcome.output.contains("of the head's energy not measured; residual "))
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    let share = try file.dataset("prior_share").floats()
    #expect(share.count == 2 * 24 * 30 && share.allSatisfy { (0...1).contains($0) })
    let image = try file.dataset("reconstruction").floats()
    let measured = try file.dataset("trust_measured").floats()
    let unmeasured = try file.dataset("trust_unmeasured").floats()
    // The parts add up as complex numbers, so their magnitudes obey the triangle inequality.
    for index in image.indices {
      let slack = 1e-3 * (image.max() ?? 0)
      #expect(image[index] <= measured[index] + unmeasured[index] + slack)
      #expect(abs(measured[index] - unmeasured[index]) <= image[index] + slack)
    }
    let trust = try #require(try record()["trust"] as? [String: Any])
    #expect(trust["method"] as? String == "sense")
    let slices = try #require(trust["slices"] as? [[String: Any]])
    #expect(slices.count == 2)
    let figures = try #require(slices[0]["figures"] as? [String: Any])
    #expect(figures["comparison"] as? String == "l1-wavelet")
    let fit = try #require(figures["fit"] as? [String: Any])
    #expect(fit["verdict"] is String && (fit["residual"] as? Double ?? 0) > 0)
    #expect(slices[0]["reference_fit"] != nil)
  }

  /// PSNR, NMSE and SSIM from the images in recon.h5, by loops written down from the definitions.
  @Test(arguments: ["mvue", "rss"]) func metricsAgreeWithAnIndependentCalculation(kind: String)
    throws
  {
    try SyntheticScan(image: (24, 30)).write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "3", "--method", "zero-filled", "--reference", kind)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    let image = try file.dataset("reconstruction").doubles()
    let reference = try file.dataset("reference").doubles()
    let range = try #require(reference.max())
    let pixels = 24 * 30
    func check(_ row: [String: String], _ span: Range<Int>, _ similarity: Double) throws {
      let error = span.reduce(0.0) { $0 + .pow(image[$1] - reference[$1], 2) }
      let norm = span.reduce(0.0) { $0 + .pow(reference[$1], 2) }
      let psnr = 10 * Double.log10(range * range * Double(span.count) / error)
      #expect(abs(try #require(Double(row["psnr"] ?? "")) - psnr) < 1e-9)
      #expect(abs(try #require(Double(row["nmse"] ?? "")) - error / norm) < 1e-9)
      #expect(abs(try #require(Double(row["ssim"] ?? "")) - similarity) < 1e-9)
    }
    let similarities = (0..<2).map { slice in
      naiveSimilarity(
        Array(image[slice * pixels..<(slice + 1) * pixels]),
        Array(reference[slice * pixels..<(slice + 1) * pixels]), rows: 24, columns: 30,
        range: range)
    }
    let table = try rows("recon-scan/metrics.csv")
    for slice in 0..<2 {
      try check(table[slice], slice * pixels..<(slice + 1) * pixels, similarities[slice])
    }
    let volume = try rows("recon-scan/metrics_volume.csv")
    try check(volume[0], 0..<2 * pixels, (similarities[0] + similarities[1]) / 2)
  }

  /// Image and reference in recon.h5, in the units of the file, from the k-space as it was written.
  @Test func imagesAreInUnitsOfTheFile() throws {
    let scan = SyntheticScan(slices: 1, image: (24, 30), acquired: 3..<38)
    try scan.write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "2", "--method", "zero-filled", "--reference", "rss")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    let mask = try file.dataset("mask").integers()
    #expect(mask[..<3] == [0, 0, 0] && mask[38...] == [0, 0])
    let maps = try file.dataset("coil_maps").complexValues()
    let image = try file.dataset("reconstruction").floats()
    let reference = try file.dataset("reference").floats()

    var full = scan.kspace.slice(0)
    var sampled = full
    for index in sampled.values.indices where mask[index % 40] == 0 {
      sampled.values[index] = .zero
    }
    FourierTransform(rows: 32, columns: 40).inverse(&full)
    FourierTransform(rows: 32, columns: 40).inverse(&sampled)
    for row in 0..<24 {
      for column in 0..<30 {
        let pixel = (row + 4) * 40 + column + 5
        var combined = Complex<Float>.zero
        var squares: Float = 0
        for coil in 0..<4 {
          combined += maps[coil * 1280 + pixel].conjugate * sampled.values[coil * 1280 + pixel]
          squares += .pow(full.values[coil * 1280 + pixel].length, 2)
        }
        #expect(abs(image[row * 30 + column] - combined.length) < 1e-11)
        #expect(abs(reference[row * 30 + column] - squares.squareRoot()) < 1e-11)
      }
    }
  }

  /// What lies outside the mask changes neither maps nor images.
  @Test func noMethodSeesWhatIsNotSampled() throws {
    let arguments = ["--accel", "3", "--seed", "3", "--method", "zero-filled"]
    func results(_ scan: SyntheticScan, _ name: String) throws -> ([Float], [Complex<Float>]) {
      try scan.write(folder.file("\(name).h5"))
      let outcome = try program.started(["recon", "\(name).h5"] + arguments).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      let file = try HDF5File(reading: folder.file("recon-\(name)/recon.h5"))
      return (
        try file.dataset("reconstruction").floats(), try file.dataset("coil_maps").complexValues()
      )
    }
    let original = try results(SyntheticScan(), "a")
    let mask = try HDF5File(reading: folder.file("recon-a/recon.h5")).dataset("mask").integers()
    var changed = SyntheticScan()
    changed.spoil = { kspace in
      for index in kspace.values.indices where mask[index % 40] == 0 {
        kspace.values[index] = kspace.values[index].multiplied(by: 3)
      }
    }
    let other = try results(changed, "b")
    #expect(original.0 == other.0)
    #expect(original.1 == other.1)
  }

  /// A row of fastMRI's vectors (facebookresearch/fastMRI, `subsample.py`, file-name seed).
  @Test func theDefaultSeedIsTheFileName() throws {
    try SyntheticScan(slices: 1, coils: 2, rows: 16, columns: 368)
      .write(folder.file("file1000000.h5"))
    let outcome = try program.run(
      "recon", "file1000000.h5", "--accel", "4", "--method", "zero-filled", "-o", "recon-scan")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let mask = try #require(try record()["mask"] as? [String: Any])
    #expect(
      mask["columns"] as? String == "0862018c90401008005040a00008000040488240087ffffffe08cc02504"
        + "0021808610400008c00210a1200648900")
    #expect(mask["seed"] as? String == "file1000000.h5")
    #expect(mask["center_fraction"] as? Double == 0.08)
  }

  @Test(arguments: [true, false]) func anUndersampledScanIsTakenAsItIs(storesMask: Bool) throws {
    let sampled = (0..<40).map { $0 % 3 == 0 || (16..<25).contains($0) }
    var scan = SyntheticScan(slices: 1)
    scan.mask = sampled
    if !storesMask {
      scan.mask = nil
      scan.spoil = { kspace in
        for index in kspace.values.indices where !sampled[index % 40] {
          kspace.values[index] = .zero
        }
      }
    }
    try scan.write(folder.file("scan.h5"))
    let outcome = try program.run("recon", "scan.h5", "--method", "zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("No metrics: the file holds no fully sampled k-space"))
    let row = try rows("recon-scan/metrics.csv")[0]
    #expect(row["mask"] == "stored" && row["acceleration"] == "")
    #expect(row["psnr"] == "" && row["ssim"] == "" && row["nmse"] == "" && row["reference"] == "")
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    #expect(!file.contains("reference"))
    #expect(try file.dataset("mask").integers() == sampled.map { $0 ? 1 : 0 })
  }

  @Test func aFullScanMayBeTakenAsItIs() throws {
    try SyntheticScan(slices: 1).write(folder.file("scan.h5"))
    let outcome = try program.run("recon", "scan.h5", "--method", "zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("mask: full, fully sampled"))
    let psnr = try rows("recon-scan/metrics.csv")[0]["psnr"] ?? ""
    #expect(try #require(Double(psnr)) > 100)
  }

  @Test func aSingleCoilHasMapsOfOnes() throws {
    try SyntheticScan(coils: 1, isSingleCoil: true).write(folder.file("scan.h5"))
    let outcome = try program.run("recon", "scan.h5", "--accel", "2", "--method", "zero-filled")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let maps = try HDF5File(reading: folder.file("recon-scan/recon.h5")).dataset("coil_maps")
    #expect(maps.shape == [2, 1, 32, 40])
    #expect(try maps.complexValues().allSatisfy { $0 == .one })
  }

  @Test func onlyTheChosenSlicesAreTaken() throws {
    try SyntheticScan(slices: 5, rows: 16, columns: 24).write(folder.file("scan.h5"))
    let outcome = try program.run(
      "recon", "scan.h5", "--accel", "2", "--method", "zero-filled", "--slices", "3,1")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try rows("recon-scan/metrics.csv").map { $0["slice"] } == ["1", "3"])
    #expect(folder.names(in: "recon-scan").contains("slice-003.png"))
    let file = try HDF5File(reading: folder.file("recon-scan/recon.h5"))
    #expect(file.attribute("slices") == .numbers([1, 3]))
  }

  @Test func theNumberOfThreadsChangesNothing() throws {
    try SyntheticScan(slices: 1).write(folder.file("scan.h5"))
    let images = try ["1", "3"].map { threads in
      let outcome = try program.run(
        "recon", "scan.h5", "--accel", "3", "--method", "zero-filled", "--threads", threads)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try HDF5File(reading: folder.file("recon-scan/recon.h5")).dataset("reconstruction")
        .floats()
    }
    #expect(images[0] == images[1])
  }

  /// The second slice keeps the first one's weight, and the third chooses its own.
  @Test func aWarmStartKeepsWeights() throws {
    try SyntheticScan(slices: 3).write(folder.file("scan.h5"))
    func run(_ arguments: String...) throws -> [[Substring]] {
      let outcome = try program.started(
        [
          "recon", "scan.h5", "--accel", "3", "--method", "l1-wavelet", "--lambda", "auto", "-o",
          "out",
        ]
          + arguments
      ).outcome()
      #expect(outcome.status == 0, "\(outcome.errors)")
      return try folder.text("out/metrics.csv").split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).dropLast()
      }
    }
    let cold = try run()
    let warm = try run("--warm-start", "2")
    #expect(warm[1] == cold[1] && warm[3] == cold[3])
    let record = try folder.text("out/record.json")
    #expect(record.contains("\"slices_per_choice\" : 2"))
    #expect(record.components(separatedBy: "kept from an earlier slice").count == 2)
    let refused = try program.run("recon", "scan.h5", "--warm-start", "0")
    #expect(refused.status != 0 && refused.errors.contains("--warm-start 0: give 1 or more"))
  }
}

/// The mean structural similarity of fastMRI, straight from its definition.
private func naiveSimilarity(
  _ a: [Double], _ b: [Double], rows: Int, columns: Int, range: Double
) -> Double {
  let (c1, c2) = (Double.pow(0.01 * range, 2), Double.pow(0.03 * range, 2))
  var sum = 0.0
  for row in 3..<rows - 3 {
    for column in 3..<columns - 3 {
      var window: [(Double, Double)] = []
      for y in row - 3...row + 3 {
        for x in column - 3...column + 3 {
          window.append((a[y * columns + x], b[y * columns + x]))
        }
      }
      let meanA = window.reduce(0) { $0 + $1.0 } / 49
      let meanB = window.reduce(0) { $0 + $1.1 } / 49
      let varianceA = window.reduce(0) { $0 + .pow($1.0 - meanA, 2) } / 48
      let varianceB = window.reduce(0) { $0 + .pow($1.1 - meanB, 2) } / 48
      let covariance = window.reduce(0) { $0 + ($1.0 - meanA) * ($1.1 - meanB) } / 48
      sum +=
        (2 * meanA * meanB + c1) * (2 * covariance + c2)
        / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2))
    }
  }
  return sum / Double((rows - 6) * (columns - 6))
}
