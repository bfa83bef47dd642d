import Arrays
import Acquisition
import Evaluation
import Foundation
import Reconstruction
import ScanFiles

/// A slice ready for the methods of a group: undersampled, with what their images are measured by.
struct SliceData {
  let undersampled: UndersampledSlice
  let size: (rows: Int, columns: Int)
  let reference: SliceReference
  /// The names of the reference's regions.
  let regions: [String]

  /// The share of the coils' energy that a compression keeps; nil without one.
  let coilEnergy: Double?

  /// Undersamples slice `slice` of `scan`, whose coils may be compressed.
  init(
    scan: any Scan, size: (rows: Int, columns: Int), slice: Int, mask: SamplingMask,
    reference image: RealArray, range: Double, record: SweepRecord,
    boxes: RegionBoxesFile?
  ) throws {
    let evaluation = record.evaluation
    undersampled = try UndersampledSlice(
      scan: scan, slice: slice, mask: mask, filling: record.partialFourier ?? .zero,
      mapSets: record.mapSets ?? 1)
    self.size = size
    coilEnergy = (scan as? CoilCompressedScan)?.compression.energyKept
    var regions: [(name: String, region: ImageRegion)] = []
    for region in evaluation.regions {
      switch region {
      case .image: regions.append((region.rawValue, .whole))
      case .foreground: regions.append((region.rawValue, .foreground))
      case .boxes:
        let marked =
          boxes?.boxes(file: scan.file, slice: slice, imageHeight: size.rows) ?? []
        regions += marked.map { ("box: \($0.label)", .box($0)) }
      }
    }
    self.regions = regions.map(\.name)
    reference = try SliceReference(
      image, dataRange: range, metrics: evaluation.metrics,
      masks: try regions.map { try $0.region.mask(of: image) })
  }
}

/// One job while its slices are being done.
struct JobWork {
  let job: SweepJob
  private(set) var measurements: [JobResult.Measurement] = []
  private(set) var images: [RealArray] = []
  /// What the prior decided of each image, where images are kept and the method has a generator.
  private(set) var priorShares: [RealArray] = []
  private(set) var chosen: [[String: Double]] = []
  private(set) var seconds: [Double] = []
  private(set) var dataRange = 0.0
  /// The largest resident memory of the process while the method was at work, in bytes.
  private(set) var peakMemory = 0
  /// Why the job cannot be done.
  var failure: String?

  init(job: SweepJob) { self.job = job }

  /// Reconstructs and measures one slice; `report` gets the share of the slice's work that is done.
  ///
  /// With `keepsImages` images by a generator get the map of what the prior decided.
  mutating func add(
    _ method: any ReconstructionMethod, _ data: SliceData, slice: Int, keepsImages: Bool,
    report: (Double) throws -> Void
  ) throws {
    ProcessUsage.restartPeak()
    let began = ContinuousClock.now
    let problem = data.undersampled.problem(for: method)
    let result = try method.reconstruct(problem) { try report($0.fraction) }
    seconds.append(began.secondsToNow)
    peakMemory = max(peakMemory, ProcessUsage.peakMemory)
    let image = data.undersampled.magnitude(result.image, size: data.size)
    for (region, figures) in zip(data.regions, try data.reference.measure(image)) {
      measurements.append(
        JobResult.Measurement(
          slice: slice, region: region, pixels: figures.pixels,
          squaredError: figures.squaredError, referenceEnergy: figures.referenceEnergy,
          metrics: Dictionary(
            uniqueKeysWithValues: figures.values.map { ($0.key.rawValue, $0.value) })))
    }
    dataRange = data.reference.dataRange
    chosen.append(
      result.chosen.merging(data.coilEnergy.map { ["coil_energy_kept": $0] } ?? [:]) { $1 })
    images.append(image)
    if keepsImages, method is ILO {
      let share = TrustMaps.priorShare(of: result.image, in: problem)
      priorShares.append(centre(of: share, size: data.size))
    }
  }

  /// Writes the images `(slices, rows, columns)`; throws `ScanFileError`.
  func writeImages(to path: String, record: SweepRecord) throws {
    guard let size = images.first?.shape else { return }
    let writer = try AtomicHDF5Writer(path: path)
    let dataset = try writer.file.createDataset(
      "reconstruction", shape: [images.count] + size, type: .float)
    for (position, image) in images.enumerated() {
      try dataset.write(image.values, start: [position, 0, 0], count: [1] + size)
    }
    if !priorShares.isEmpty {
      let shares = try writer.file.createDataset(
        "prior_share", shape: [images.count] + size, type: .float)
      for (position, share) in priorShares.enumerated() {
        try shares.write(share.values, start: [position, 0, 0], count: [1] + size)
      }
    }
    try writer.file.createDataset("slices", shape: [job.slices.count], type: .int64)
      .write(job.slices)
    let method = record.methods[job.method].label
    try writer.file.setAttribute("method", .string(method))
    try writer.file.setAttribute("scan", .string(record.scans[job.scan].name))
    try writer.file.setAttribute("mask", .string(record.masks[job.mask].text))
    try writer.commit()
  }
}

extension SweepRecord {
  /// The record of a job that cannot be done.
  func failure(of job: SweepJob, reason: String) -> JobFailure {
    let mask = masks[job.mask]
    return JobFailure(
      id: job.id, scan: scans[job.scan].name, slices: job.slices,
      method: methods[job.method].label, mask: mask.pattern, acceleration: mask.acceleration,
      seed: mask.seed, reason: reason)
  }
}

extension JobFailure {
  func write(in folder: SweepFolder) throws {
    try writeText(try RecordJSON.text(self), to: folder.failure(id))
  }
}
