public import Acquisition
import Arrays
import Evaluation
import Foundation
public import Reconstruction
public import ScanFiles

/// The way of a scan through the methods, one slice after the other.
///
/// Memory is bounded by one slice, whatever the file. The references come first, into the output
/// file, for the metrics of every slice need the reference's maximum over the volume; then each
/// slice is undersampled, reconstructed by each method, measured, drawn and let go.
public struct ReconstructionRun: Sendable {
  /// The scan without its readout oversampling.
  public let scan: ReadoutCroppedScan
  /// What the methods get: `scan`, with its coils compressed where that was asked for.
  ///
  /// The reference is always made of all coils, so that figures count what a compression loses.
  public let measured: any Scan
  /// How the coils were compressed, if they were, and the seconds that finding it took.
  public let compression: CoilCompression?
  private let compressionSeconds: Double
  /// What takes the place of what partial Fourier leaves out, in the reference and the zero-filled image.
  public let filling: PartialFourierFilling
  /// How many sets of coil maps there are, for methods that use more than one.
  public let mapSets: Int
  /// The finer matrix that images are written on as well, the header's; nil where there is none, or none is wanted.
  ///
  /// Everything is measured at the resolution of the scan.
  public let matrix: ImageMatrix?
  /// The mask for all slices.
  public let plan: SamplingPlan
  /// The slices to reconstruct, from 0.
  public let slices: [Int]
  /// The methods; the images of the first are the main result.
  public let methods: [any ReconstructionMethod]
  /// What the images are measured against.
  public let referenceKind: ReferenceKind
  /// Weights are chosen from the data of the first of so many slices, and kept for the others.
  public let slicesPerChoice: Int
  /// The seed of the methods, for the record.
  public let seed: UInt64
  /// The weights file that was used, if any.
  public let weights: String?
  /// The denoiser's weights file that was used, if any.
  public let denoiser: String?
  /// The StyleGAN2's weights file that was used, if any.
  public let styleGAN: String?
  /// The decoders' weights files that were used.
  public let decoders: [WeightsLocation.Role: String]
  /// Settings of the maps that say what the first method's images rest on; nil for no such maps.
  public let trust: TrustSettings?
  /// Whether the first method draws images about its own, whose spread the trust maps show.
  public let hasSpread: Bool
  /// What the first method's images are written as, besides `recon.h5`.
  public let exports: Set<ImageExport>
  /// Whom DICOM and ISMRMRD files name as the patient; nobody where nil.
  public let subject: ScanHeader.Subject?
  /// What is odd about the scan, for the record.
  public let warnings: [String]
  /// What makes intervals of the spread; nil where none was calibrated.
  public let spread: SpreadScale?

  /// Prepares a run; `slices` are all when nil.
  ///
  /// Throws `ExperimentError` for slices that the scan does not have and for more virtual coils than it has
  /// coils, `ScanFileError` if the slices that a compression is made from cannot be read.
  public init(
    scan: any Scan, plan: SamplingPlan, slices: SliceSelection? = nil,
    compression: CoilCompressionRequest? = nil, filling: PartialFourierFilling = .zero,
    zeroPads: Bool = true, mapSets: Int = 1,
    methods: [any ReconstructionMethod], reference: ReferenceKind = .mvue,
    slicesPerChoice: Int = 1, seed: UInt64 = 0,
    weights: String? = nil, denoiser: String? = nil, styleGAN: String? = nil,
    decoders: [WeightsLocation.Role: String] = [:],
    trust: TrustSettings? = nil,
    hasSpread: Bool = false, spread: SpreadScale? = nil, exports: Set<ImageExport> = [],
    subject: ScanHeader.Subject? = nil, warnings: [String] = []
  ) throws {
    if let fault = trust?.fault { throw ExperimentError(fault) }
    let cropped = ReadoutCroppedScan(scan)
    let chosen = try slices?.indices(of: scan.slices, file: scan.file) ?? Array(0..<scan.slices)
    self.scan = cropped
    self.plan = plan
    self.slices = chosen
    self.filling = filling
    self.mapSets = mapSets
    matrix = zeroPads ? cropped.declaredMatrix : nil
    if let fault = PartialFourierFiller(axes: cropped.partialFourier).fault(of: filling) {
      throw ExperimentError("\(scan.file): \(fault)")
    }
    let began = ContinuousClock.now
    let compressed = try compression.map {
      try CoilCompressedScan(
        of: cropped, request: $0, mask: plan.mask, slices: chosen)
    }
    measured = compressed ?? cropped
    self.compression = compressed?.compression
    compressionSeconds = compressed == nil ? 0 : began.secondsToNow
    self.methods = methods
    referenceKind = reference
    self.slicesPerChoice = max(1, slicesPerChoice)
    self.seed = seed
    self.weights = weights
    self.denoiser = denoiser
    self.styleGAN = styleGAN
    self.decoders = decoders
    self.trust = trust
    self.hasSpread = hasSpread && trust != nil
    self.spread = spread
    self.exports = exports
    self.subject = subject
    self.warnings = warnings
  }

  /// The size of the images that are written for others to look at.
  var writtenSize: (rows: Int, columns: Int) {
    matrix.map { ($0.size[0], $0.size[1]) } ?? scan.imageSize
  }

  /// Why no reconstruction can be measured, or nil.
  public var missingReference: String? { referenceKind.absence(in: scan) }

  /// The methods as they are run: the quick zero-filled one first, the long ILO last.
  public var orderedMethods: [any ReconstructionMethod] {
    func rank(_ name: String) -> Int { name == "zero-filled" ? 0 : name == "ilo" ? 2 : 1 }
    return methods.enumerated().sorted {
      (rank($0.element.name), $0.offset) < (rank($1.element.name), $1.offset)
    }.map(\.element)
  }

  /// Runs everything and leaves the results in `folder`, to be published by the caller.
  ///
  /// - Parameters:
  ///   - command: the command line, for the record.
  ///   - report: called often from the calling thread; what it throws ends the run.
  /// - Returns: the record, which has been written too.
  public func perform(
    into folder: OutputFolder, command: [String] = [],
    report: (RunProgress) throws -> Void = { _ in }
  ) throws -> RunRecord {
    let start = ContinuousClock.now
    var record = try startRecord(command: command)
    let output = try RunOutput(run: self, folder: folder, provenance: record.json)

    if missingReference == nil {
      let began = ContinuousClock.now
      record.reference.dataRange = try writeReferences(to: output, report: report)
      record.secondsByPart["reference"] = began.secondsToNow
    }
    var measurement = try RunMeasurement(
      methods: methods.map(\.name), dataRange: record.reference.dataRange)

    var preparation = 0.0
    var chosen: [String: [String: Double]] = [:]
    for (position, slice) in slices.enumerated() {
      var progress = RunProgress(slice: slice, position: position, slices: slices.count)
      progress.stage = "coil maps"
      try report(progress)
      let began = ContinuousClock.now
      let undersampled = try naming(slice: slice) {
        try UndersampledSlice(
          scan: measured, slice: slice, mask: plan.mask, filling: filling, mapSets: mapSets,
          measuresSecondSet: true)
      }
      let joint = undersampled.jointProblem ?? undersampled.problem
      try output.write(mapSets: joint.mapSets, position: position)
      record.mapSets.secondSetShares.append(undersampled.secondSetShare ?? 0)
      record.noise.append(RunRecord.Noise(of: undersampled.problem, slice: slice))
      preparation += began.secondsToNow
      let reference = try output.reference(position: position)
      var images: [String: RealArray] = [:]
      var complexImages: [String: ComplexArray] = [:]
      var draws: [String: [ComplexArray]] = [:]
      for method in orderedMethods {
        progress.method = method.name
        (progress.stage, progress.fraction, progress.misfit) = ("", 0, nil)
        try report(progress)
        let began = ContinuousClock.now
        let result = try naming(slice: slice, method: method.name) {
          try method.reconstruct(
            undersampled.problem(for: method), keeping: chosen[method.name] ?? [:]
          ) { step in
            (progress.stage, progress.fraction) = (step.stage, step.fraction)
            progress.misfit = step.misfit
            try report(progress)
          }
        }
        chosen[method.name] = (position + 1) % slicesPerChoice == 0 ? nil : result.chosen
        let seconds = began.secondsToNow
        let image = undersampled.magnitude(result.image, size: scan.imageSize)
        let stages = try result.stages.map { stage in
          let image = undersampled.magnitude(stage.image, size: scan.imageSize)
          return try measurement.stage(stage, image: image, reference: reference)
        }
        try naming(slice: slice, method: method.name) {
          try measurement.add(
            result, seconds: seconds, stages: stages, method: method.name, slice: slice,
            image: image, reference: reference)
        }
        let padded = matrix.map { undersampled.image(result.image, on: $0) }
        try output.write(
          image: image, padded: padded?.magnitudes, method: method.name, position: position)
        if method.name == methods.first?.name {
          try output.write(
            complexImage: padded
              ?? undersampled.complexImage(result.image, size: scan.imageSize),
            position: position)
        }
        images[method.name] = image
        if trust != nil {
          complexImages[method.name] = result.image
          draws[method.name] = result.draws
        }
        (progress.fraction, progress.isMethodDone) = (1, true)
        try report(progress)
        progress.isMethodDone = false
      }
      try output.drawSheet(
        slice: slice, reference: reference, images: images, record: measurement)
      if let trust, let method = methods.first?.name, let image = complexImages[method] {
        (progress.method, progress.stage, progress.fraction) = (method, "trust maps", 1)
        try report(progress)
        let began = ContinuousClock.now
        let maps = try naming(slice: slice, method: "trust maps") {
          try SliceTrust(
            of: image, by: method, undersampled, others: complexImages, size: scan.imageSize,
            draws: draws[method] ?? [], scale: spread, settings: trust)
        }
        try output.write(maps, slice: slice, position: position)
        record.trust?.slices.append(
          RunRecord.Trust.Slice(
            slice: slice, seconds: began.secondsToNow, figures: maps.figures,
            spread: maps.spreadFigures(reference: reference),
            referenceFit: missingReference == nil && scan.isFullySampled
              ? maps.fit(ofWhole: try measured.kspace(slice: slice), acquired: scan.acquiredColumns)
              : nil))
      }
      // What threads have freed each keeps for itself, and it would add up over the slices.
      MemoryReuse.giveBack()
    }

    record.secondsByPart["coil_maps_and_scaling"] = preparation
    if compression != nil { record.secondsByPart["coil_compression"] = compressionSeconds }
    record.methods = measurement.methods
    record.peakMemory = ProcessUsage.peakMemory
    record.seconds = start.secondsToNow
    try output.finish(&record)
    return record
  }

  /// Computes and stores the reference of every slice, and gives the largest value of all.
  private func writeReferences(
    to output: RunOutput, report: (RunProgress) throws -> Void
  ) throws -> Double {
    var maximum: Float = 0
    for (position, slice) in slices.enumerated() {
      var progress = RunProgress(slice: slice, position: position, slices: slices.count)
      (progress.stage, progress.isReference) = ("reference", true)
      try report(progress)
      let image = try naming(slice: slice) {
        try referenceKind.image(of: scan, slice: slice, filling: filling, mapSets: mapSets)
      }
      maximum = max(maximum, image.values.max() ?? 0)
      try output.write(reference: image, position: position)
    }
    return Double(maximum)
  }

  /// Adds file, slice and method to errors that do not know them.
  private func naming<Result>(
    slice: Int, method: String? = nil, _ body: () throws -> Result
  ) throws -> Result {
    func named(_ text: String) -> ExperimentError {
      ExperimentError(
        "\(scan.file), slice \(slice)\(method.map { ", \($0)" } ?? ""): \(text)")
    }
    do {
      return try body()
    } catch let error as CalibrationError {
      throw named(error.description)
    } catch let error as ReconstructionError {
      throw named(error.description)
    } catch let error as MetricError {
      throw named(error.description)
    }
  }

  private func startRecord(command: [String]) throws -> RunRecord {
    let samples = plan.mask.samples.map { $0 ? "1" : "0" }.joined()
    return RunRecord(
      command: command, started: Date(), threads: Parallelism.threads, seed: seed,
      input: RunRecord.Input(
        file: scan.file, sha256: try FileDigest.sha256(ofFile: scan.file),
        averaged: try scan.source.averaged?.scans.dropFirst().map {
          try RunRecord.Weights(file: $0.file)
        }, slices: slices,
        slicesInFile: scan.slices, coils: scan.coils,
        storedMatrix: [scan.source.rows, scan.source.columns], matrix: [scan.rows, scan.columns],
        image: [scan.imageSize.rows, scan.imageSize.columns],
        acquiredColumns: [scan.acquiredColumns.lowerBound, scan.acquiredColumns.upperBound],
        remarks: scan.remarks.isEmpty ? nil : scan.remarks,
        warnings: warnings.isEmpty ? nil : warnings),
      mask: RunRecord.Mask(
        name: plan.name, acceleration: plan.request?.acceleration,
        achievedAcceleration: plan.mask.acceleration, centerFraction: plan.centerFraction,
        seed: plan.seed, file: try plan.file.map { try RunRecord.Weights(file: $0) },
        calibrationLines: plan.mask.calibrationColumns.count,
        sampledColumns: plan.mask.sampledCount, columns: plan.mask.hexadecimal,
        sha256: FileDigest.sha256(of: samples), rows: plan.mask.rows,
        calibrationRows: plan.mask.calibrationRows?.count),
      weights: try weights.map { try RunRecord.Weights(file: $0) },
      denoiser: try denoiser.map { try RunRecord.Weights(file: $0) },
      styleGAN: try styleGAN.map { try RunRecord.Weights(file: $0) },
      decoders: try RunRecord.Weights.list(decoders),
      zeroPadding: matrix.map { RunRecord.ZeroPadding(kspace: $0.padded, image: $0.size) },
      partialFourier: RunRecord.PartialFourier(scan.partialFourier, filling),
      coilCompression: compression.map { RunRecord.CoilCompression($0) }, coilMaps: ESPIRiT(),
      mapSets: RunRecord.MapSets(sets: mapSets),
      slicesPerChoice: slicesPerChoice > 1 ? slicesPerChoice : nil,
      reference: RunRecord.Reference(
        kind: missingReference == nil ? referenceKind : nil, missingBecause: missingReference,
        definition: MetricDefinition.fastMRI.description),
      settings: try Dictionary(
        uniqueKeysWithValues: methods.map { ($0.name, try RecordedValue($0.settings)) }),
      accounts: Dictionary(uniqueKeysWithValues: methods.map { ($0.name, $0.account) }),
      methods: [],
      trust: trust.map { settings in
        RunRecord.Trust(method: methods.first?.name ?? "", settings: settings, slices: [])
      })
  }
}

extension CoilCompressedScan {
  /// As `init(_:request:mask:slices:)`; throws `ExperimentError` with the file's name where that throws
  /// `CoilCompressionError`.
  init(
    of source: any Scan, request: CoilCompressionRequest, mask: SamplingMask, slices: [Int]?
  ) throws {
    do {
      try self.init(source, request: request, mask: mask, slices: slices)
    } catch let error as CoilCompressionError {
      throw ExperimentError("\(source.file): \(error)")
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds that have passed since.
  var secondsToNow: Double { (ContinuousClock.now - self) / .seconds(1) }
}
