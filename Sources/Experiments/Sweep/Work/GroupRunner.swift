import Acquisition
import Arrays
import Evaluation
import Foundation
import Generators
import Reconstruction
import ScanFiles

/// Does a sweep's work, one group of jobs at a time, slice by slice.
///
/// Memory holds one slice, its undersampled data and the method at work. What is used again, the
/// scan that was open last and the methods with their weights, is kept from group to group.
final class GroupRunner {
  /// Where the runner is.
  enum Event {
    /// Work on a job goes on: the share of the group that is done, 0 to 1.
    case working(SweepJob, share: Double)
    /// The result lies in its file.
    case done(SweepJob, seconds: Double)
    /// The job cannot be done; the reason lies in its file.
    case failed(SweepJob, reason: String)
  }

  private let record: SweepRecord
  private let folder: SweepFolder
  private let boxes: RegionBoxesFile?
  private var open: (index: Int, scan: ReadoutCroppedScan, reference: SweepReference)?
  /// The scan that is open with its coils compressed, by mask.
  private var compressed: [Int: CoilCompressedScan] = [:]
  /// Scans whose data are at fault, so that each of their groups fails without another try.
  private var unusable: [Int: any Error] = [:]
  private var methods: [Int: any ReconstructionMethod] = [:]

  init(record: SweepRecord, folder: SweepFolder) throws {
    self.record = record
    self.folder = folder
    boxes = try record.boxesFile.map { try RegionBoxesFile(path: $0) }
  }

  /// Makes the reference images of a scan, unless they are there.
  ///
  /// That the scan's data are at fault is left for its jobs to say.
  func prepareReference(scan index: Int) throws {
    do {
      _ = try scanAndReference(index)
    } catch let error where Self.isJobFailure(error) {}
  }

  /// Does the jobs of `group`, which share scan, slices and mask.
  ///
  /// A job that cannot be done is reported and the others go on. Throws what ends all work: a disk
  /// that cannot be written, and what `report` throws.
  func run(_ group: JobGroup, report: (Event) throws -> Void) throws {
    guard let first = group.jobs.first else { return }
    var works = group.jobs.map { JobWork(job: $0) }
    do {
      for (position, slice) in first.slices.enumerated() {
        guard works.contains(where: { $0.failure == nil }) else { break }
        let (scan, reference) = try scanAndReference(first.scan)
        let mask = try mask(of: first, scan: scan)
        let data = try SliceData(
          scan: try measured(first, scan: scan, mask: mask), size: scan.imageSize, slice: slice,
          mask: mask,
          reference: try reference.image(slice: slice), range: reference.dataRange,
          record: record, boxes: boxes)
        for index in works.indices where works[index].failure == nil {
          let job = works[index].job
          let done = Double(position * works.count + index)
          let total = Double(first.slices.count * works.count)
          try report(.working(job, share: done / total))
          do {
            try works[index].add(
              try method(job.method), data, slice: slice, keepsImages: record.keepsImages
            ) { fraction in
              try report(.working(job, share: (done + fraction) / total))
            }
          } catch let error where Self.isJobFailure(error) {
            works[index].failure = "\(scan.file), slice \(slice): \(error)"
          }
        }
      }
    } catch let error where Self.isJobFailure(error) {
      // The data themselves: no method of the group can go on.
      for index in works.indices where works[index].failure == nil {
        works[index].failure = "\(error)"
      }
    }
    for work in works { try finish(work, report) }
  }

  /// Whether an error is about one job's data or mathematics, so that other jobs can go on.
  private static func isJobFailure(_ error: any Error) -> Bool {
    if let error = error as? ScanFileError, case .writeFailed = error.problem { return false }
    return error is ScanFileError || error is CalibrationError || error is ReconstructionError
      || error is CoilCompressionError || error is MetricError || error is RegionError
      || error is SamplingMaskError
  }

  private func finish(_ work: JobWork, _ report: (Event) throws -> Void) throws {
    let job = work.job
    if let reason = work.failure {
      try record.failure(of: job, reason: reason).write(in: folder)
      try report(.failed(job, reason: reason))
      return
    }
    var images: String?
    if record.keepsImages {
      let path = folder.image(job.id)
      try work.writeImages(to: path, record: record)
      images = try FileDigest.sha256(ofFile: path)
    }
    let result = JobResult(
      id: job.id, scan: record.scans[job.scan].name, mask: record.masks[job.mask].text,
      method: record.methods[job.method].label, dataRange: work.dataRange,
      measurements: work.measurements, images: images, chosen: work.chosen,
      seconds: work.seconds, peakMemory: work.peakMemory, threads: Parallelism.threads)
    try result.write(to: folder.job(job.id))
    unlink(folder.failure(job.id))
    try report(.done(job, seconds: work.seconds.reduce(0, +)))
  }

  private func scanAndReference(
    _ index: Int
  ) throws -> (scan: ReadoutCroppedScan, reference: SweepReference) {
    if let open, open.index == index { return (open.scan, open.reference) }
    if let error = unusable[index] { throw error }
    open = nil
    compressed = [:]
    do {
      let entry = record.scans[index]
      let scan = ReadoutCroppedScan(try ScanFile.open(entry.file))
      let reference = try SweepReference(of: entry, record: record, folder: folder, source: scan)
      open = (index, scan, reference)
      return (scan, reference)
    } catch let error where Self.isJobFailure(error) {
      unusable[index] = error
      throw error
    }
  }

  private func mask(of job: SweepJob, scan: ReadoutCroppedScan) throws -> SamplingMask {
    try record.masks[job.mask].samplingMask(acquired: scan.acquiredColumns)
  }

  /// What the methods get of a scan: all coils, or compressed ones.
  private func measured(
    _ job: SweepJob, scan: ReadoutCroppedScan, mask: SamplingMask
  ) throws -> any Scan {
    guard let request = record.compressionRequest else { return scan }
    if let scan = compressed[job.mask] { return scan }
    let result = try CoilCompressedScan(
      scan, request: request, mask: mask, slices: record.scans[job.scan].slices)
    compressed[job.mask] = result
    return result
  }

  private func method(_ index: Int) throws -> any ReconstructionMethod {
    if let method = methods[index] { return method }
    let method = try record.make(record.methods[index])
    methods[index] = method
    return method
  }
}
