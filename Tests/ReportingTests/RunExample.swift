import Arrays
import Evaluation
import Foundation
import ScanFiles
import TestSupport

@testable import Experiments

/// A finished sweep on disk with small made-up images, each of a shade of its own.
final class RunExample {
  let scratch: TemporaryFolder
  let folder: SweepFolder
  var scans = ["a", "b", "c"]
  var slices = [0, 2]
  var methods = ["zero-filled", "l1", "ilo"]
  var accelerations = [4.0, 8.0]
  var seeds = ["1", "2"]
  var keepsImages = true
  var title = "A study"
  let size = [12, 10]

  init() throws {
    scratch = try TemporaryFolder()
    folder = SweepFolder(scratch.file("run"))
  }

  private var record: SweepRecord {
    SweepRecord(
      protocolDigest: "0123abcd",
      dataset: SweepRecord.Dataset(
        name: "heads", title: "Heads <b>", licence: "CC0-1.0", source: "made up", note: nil),
      scans: scans.map {
        SweepRecord.Scan(
          name: $0, file: "\($0).h5", sha256: FileDigest.sha256(of: $0), data: "simulated",
          patient: "patient \($0)", anatomy: "brain", contrast: "T1", slices: slices, coils: 1,
          image: size)
      },
      masks: scans.flatMap { scan in
        accelerations.flatMap { acceleration in
          seeds.map { seed in
            SweepRecord.Mask(
              scan: scan, pattern: "random", acceleration: acceleration,
              achievedAcceleration: acceleration - 0.5, centerFraction: 0.32 / acceleration,
              acsLines: 2, seed: seed, columnCount: size[1], columns: "a5\(seed)")
          }
        }
      },
      methods: methods.map {
        SweepRecord.Method(label: $0, name: $0, settings: .object([:]), weights: nil)
      },
      weights: nil,
      evaluation: SweepRecord.Evaluation(
        reference: .mvue, metrics: [.psnr, .ssim, .nmse], regions: [.image, .foreground],
        boxes: nil),
      definitions: [:], boxesFile: nil, keepsImages: keepsImages, slicesPerJob: 8,
      jobs: scans.count * accelerations.count * seeds.count * methods.count)
  }

  /// Writes the run and reads it back.
  func results() throws -> SweepResults {
    let record = record
    for path in [folder.jobs, folder.images, folder.references] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    try writeText(try record.json, to: folder.recordFile)
    for scan in record.scans {
      try write(
        slices.map { image(scan: scan.name, slice: $0, method: "reference", seed: "") },
        "reference", to: folder.reference(record.referenceID(of: scan)))
    }
    let groups = try record.groups()
    for job in groups.flatMap(\.jobs) { try write(job, record) }
    var settings = SweepProtocol(
      name: "study", title: title, description: "Made up.", dataset: "heads", masks: [],
      methods: [], metrics: record.evaluation.metrics, regions: record.evaluation.regions,
      file: "study.yaml")
    settings.statistics.baseline = "l1"
    settings.statistics.resamples = 200
    return try SweepResults(folder: folder, settings: settings, record: record, groups: groups)
  }

  /// The image of one method: a ramp whose steepness no other shares.
  func image(scan: String, slice: Int, method: String, seed: String) -> RealArray {
    let text = "\(scan) \(slice) \(method) \(seed)"
    let shade = Float(text.utf8.reduce(0) { ($0 * 31 + Int($1)) % 97 }) / 97
    return RealArray(
      shape: size,
      values: (0..<size[0] * size[1]).map { 1e-4 * (0.2 + shade * Float($0 % 7) / 6) })
  }

  private func write(_ job: SweepJob, _ record: SweepRecord) throws {
    let (scan, mask, method) = (
      record.scans[job.scan], record.masks[job.mask], record.methods[job.method]
    )
    var digest: String?
    if keepsImages {
      let seed = "\(mask.acceleration) \(mask.seed)"
      try write(
        job.slices.map {
          image(scan: scan.name, slice: $0, method: method.label, seed: seed)
        }, "reconstruction", to: folder.image(job.id))
      digest = try FileDigest.sha256(ofFile: folder.image(job.id))
    }
    let skill = Double(job.method + 1)
    let measurements = job.slices.flatMap { slice in
      ["image", "foreground"].map { region in
        JobResult.Measurement(
          slice: slice, region: region, pixels: 120,
          squaredError: mask.acceleration * (1 + 0.1 * Double(job.scan)) / skill,
          referenceEnergy: 100, metrics: ["psnr": 30 + skill, "ssim": 0.8, "nmse": 0.01 / skill])
      }
    }
    try JobResult(
      id: job.id, scan: scan.name, mask: mask.pattern, method: method.label, dataRange: 2,
      measurements: measurements, images: digest, chosen: [],
      seconds: job.slices.map { _ in 0.5 }, peakMemory: 1 << 20, threads: 1
    ).write(to: folder.job(job.id))
  }

  private func write(_ images: [RealArray], _ name: String, to path: String) throws {
    let writer = try AtomicHDF5Writer(path: path)
    try writer.file.createDataset(name, shape: [images.count] + size, type: .float)
      .write(images.flatMap(\.values))
    try writer.file.createDataset("slices", shape: [slices.count], type: .int64).write(slices)
    try writer.commit()
  }
}
