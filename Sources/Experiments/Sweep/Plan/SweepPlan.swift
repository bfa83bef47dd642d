import Acquisition
import Evaluation
import Foundation
import Generators
import Reconstruction
import ScanFiles

/// A protocol brought together with its data: everything is checked before any work begins.
public struct SweepPlan: Sendable {
  public let settings: SweepProtocol
  public let record: SweepRecord
  /// The jobs in order, in groups that share their data.
  let groups: [JobGroup]
  /// All jobs in order.
  public var jobs: [SweepJob] { groups.flatMap(\.jobs) }
  /// What the jobs will take.
  public let estimate: SweepEstimate
  /// What was found of the files, to be kept once there is a folder.
  let digests: FileMemory<String>
  let checks: ScanChecks

  /// Finds the scans, draws the masks and lists the jobs.
  ///
  /// Simulated scans of the manifest that are not on the disk are written to `folder.scans`. All slices that
  /// take part are read, each scan in a process of its own (`ScanPreflight`).
  /// - Parameters:
  ///   - leavesOutBad: whether scans that cannot be used are left out and named in the record; otherwise
  ///     they are an error that says of each what is wrong with it.
  ///   - data: the folder of the data set's files, or nil to look where `DataFolder` says.
  ///   - weights, denoiser, styleGAN, decoders: weights files; where `WeightsLocation` says for those not given.
  ///   - report: what goes on, in words.
  /// Throws `ExperimentError`, `ScanFileError` or `SamplingMaskError`: a scan, method, mask or file
  /// that is missing or does not fit.
  public init(
    settings: SweepProtocol, folder: SweepFolder, data: String?, weights: String?,
    denoiser: String? = nil, styleGAN: String? = nil,
    decoders: [WeightsLocation.Role: String] = [:], leavesOutBad: Bool = false,
    report: (String) throws -> Void = { _ in }
  ) throws {
    let manifest = try ManifestLocation().manifest(settings.dataset)
    let entries = try settings.entries(of: manifest)
    let location = try DataFolder(option: data, manifest: manifest)
    var digests = FileMemory<String>(path: folder.file("inputs.json"))
    var checks = ScanChecks(path: folder.file("checks.json"))
    var bad: [SweepRecord.LeftOut] = []

    var scans: [SweepRecord.Scan] = []
    var masks: [SweepRecord.Mask] = []
    var costs = SweepEstimate(settings: settings)
    for entry in entries {
      try report(entry.name)
      // What cannot be made for want of disk space is no fault of the scan.
      let made =
        entry.simulate == nil
        ? nil : try location.existing(entry, of: manifest, simulatedIn: folder.scans)
      let (path, digest): (String, String)
      let scan: ReadoutCroppedScan
      let slices: [Int]
      let warnings: [String]
      do {
        path = try made ?? location.existing(entry, of: manifest, simulatedIn: folder.scans)
        scan = ReadoutCroppedScan(try ScanFile.open(path))
        if case .coils(let count) = settings.compression?.size, count > scan.coils {
          throw ExperimentError(
            "\(settings.file): the scan '\(entry.name)' "
              + "\(CoilCompressionError.tooMany(asked: count, coils: scan.coils))")
        }
        if let fault = PartialFourierFiller(axes: scan.partialFourier).fault(of: settings.filling) {
          throw ExperimentError("\(path): \(fault)")
        }
        guard scan.isFullySampled else {
          throw ExperimentError(
            "\(path): the scan '\(entry.name)' is already undersampled, and a sweep draws masks of its "
              + "own; leave it out of the protocol's scans")
        }
        digest = try digests.value(of: path) { try FileDigest.sha256(ofFile: path) }
        if let stated = entry.sha256, stated != digest {
          throw ExperimentError(
            "\(path): is not the file that \(manifest.file) lists (its SHA-256 is \(digest)); check "
              + "the data set with 'mri-ilo dataset check'")
        }
        slices = try settings.slices.indices(of: scan)
        warnings = try checks.warnings(of: path, slices: slices)
      } catch {
        bad.append(SweepRecord.LeftOut(name: entry.name, reason: "\(error)"))
        continue
      }
      scans.append(
        SweepRecord.Scan(
          name: entry.name, file: path, sha256: digest,
          data: (entry.origin ?? manifest.origin).rawValue,
          patient: entry.patient, anatomy: entry.anatomy, contrast: entry.contrast, slices: slices,
          coils: scan.coils, image: [scan.imageSize.rows, scan.imageSize.columns],
          warnings: warnings.isEmpty ? nil : warnings))
      for request in settings.maskRequests {
        masks.append(try SweepRecord.Mask(request, scan: scan, name: entry.name))
      }
      costs.add(scan, slices: slices.count, masks: settings.maskRequests.count)
    }
    if !bad.isEmpty, !leavesOutBad || scans.isEmpty {
      let hint =
        scans.isEmpty || leavesOutBad ? "" : " (--leave-out-bad goes on without such scans)"
      throw ExperimentError(
        bad.map { "\($0.name): \($0.reason)" }.joined(separator: "\n") + hint)
    }
    let weights = try settings.network(.generator, \.needsWeights, option: weights)
    let denoiser = try settings.network(.denoiser, \.needsDenoiser, option: denoiser)
    let styleGAN = try settings.network(.styleGAN, \.needsStyleGAN, option: styleGAN)
    var networks: [String: RunRecord.Weights] = [:]
    for role in [WeightsLocation.Role.dcgan, .vae] {
      networks[role.rawValue] = try settings.network(
        role, { $0.decoder == role }, option: decoders[role])
    }
    let boxes = try settings.boxes.map { try FileDigest.sha256(ofFile: $0) }
    let listed = scans.map { "\($0.name) \($0.patient) \($0.anatomy) \($0.contrast) \($0.data)" }
    let content = FileDigest.sha256(
      of: (listed + scans.map(\.sha256) + [manifest.name]).joined(separator: "\n"))
    var definitions = Dictionary(
      uniqueKeysWithValues: settings.metrics.map { ($0.rawValue, $0.definition) })
    definitions["reference"] = settings.reference.description
    var record = SweepRecord(
      protocolDigest: try settings.digest(dataset: content),
      dataset: SweepRecord.Dataset(
        name: manifest.name, title: manifest.title, licence: manifest.licence,
        source: manifest.source, note: manifest.note),
      scans: scans, leftOut: bad.isEmpty ? nil : bad, masks: masks,
      methods: settings.methods.map { method in
        SweepRecord.Method(
          label: method.label, name: method.name, settings: method.settings,
          weights: method.choice.flatMap {
            ($0.needsWeights
              ? weights
              : $0.needsDenoiser
                ? denoiser
                : $0.needsStyleGAN
                  ? styleGAN : $0.decoder.flatMap { networks[$0.rawValue] })?.sha256
          })
      },
      coils: settings.compression?.size.text, compression: settings.compression?.kind,
      partialFourier: settings.filling == .zero ? nil : settings.filling,
      mapSets: settings.mapSets == 1 ? nil : settings.mapSets,
      weights: weights, denoiser: denoiser, styleGAN: styleGAN,
      decoders: networks.isEmpty ? nil : networks,
      evaluation: SweepRecord.Evaluation(
        reference: settings.reference, metrics: settings.metrics, regions: settings.regions,
        boxes: boxes),
      definitions: definitions, boxesFile: settings.boxes,
      keepsImages: settings.images == .all, slicesPerJob: settings.slicesPerJob, jobs: 0)
    do {
      groups = try record.groups()
    } catch let error as ExperimentError {
      throw ExperimentError("\(settings.file): \(error)")
    }
    record.jobs = groups.reduce(0) { $0 + $1.jobs.count }
    // Settings that fit no weights, and weights that cannot be read, show here and not in each job.
    for method in record.methods { _ = try record.make(method) }
    if let boxes = settings.boxes { _ = try RegionBoxesFile(path: boxes) }
    self.settings = settings
    self.record = record
    estimate = costs
    self.digests = digests
    self.checks = checks
  }
}

extension SweepRecord {
  /// Makes a method with its settings.
  func make(_ method: Method) throws -> any ReconstructionMethod {
    guard let choice = MethodChoice.all.first(where: { $0.name == method.name }) else {
      throw ExperimentError("there is no method named '\(method.name)'")
    }
    let context = MethodChoice.Context {
      guard let weights else { throw ExperimentError("'\(method.name)' needs weights") }
      return try WeightsFile(contentsOf: weights.file)
    } denoiser: {
      guard let denoiser else { throw ExperimentError("'\(method.name)' needs a denoiser") }
      return try WeightsFile(contentsOf: denoiser.file)
    } styleGAN: {
      guard let styleGAN else { throw ExperimentError("'\(method.name)' needs a StyleGAN2") }
      return try StyleGANWeights(contentsOf: styleGAN.file)
    } decoder: { role in
      guard let network = decoders?[role.rawValue] else {
        throw ExperimentError("'\(method.name)' needs a decoder")
      }
      return try DecoderWeights(contentsOf: network.file)
    }
    do {
      return try choice.make(context, settings: method.settings)
    } catch let error as ReconstructionError {
      throw ExperimentError("the method '\(method.label)': \(error)")
    }
  }
}

extension SweepRecord.Mask {
  fileprivate init(
    _ request: SamplingPlan.Request, scan: ReadoutCroppedScan, name: String
  ) throws {
    let plan: SamplingPlan
    do {
      plan = try SamplingPlan(scan: scan, source: .drawn(request))
    } catch let error as SamplingMaskError {
      throw ExperimentError(
        "\(name): no mask '\(request.pattern.rawValue)' of "
          + "\(SamplingPlan.text(request.acceleration))x can be drawn: \(error)")
    }
    self.init(
      scan: name, pattern: plan.name, acceleration: request.acceleration,
      achievedAcceleration: plan.mask.acceleration, centerFraction: plan.centerFraction ?? 0,
      acsLines: plan.mask.calibrationColumns.count, seed: plan.seed ?? "",
      columnCount: plan.mask.columns.count, columns: plan.mask.hexadecimal,
      rows: plan.mask.rows)
  }
}

extension SweepProtocol.MethodEntry {
  var choice: MethodChoice? { MethodChoice.all.first { $0.name == name } }
}

extension SweepProtocol {
  /// The entries of the manifest that take part, in its order or that of the names.
  fileprivate func entries(
    of manifest: DatasetManifest
  ) throws(ExperimentError) -> [DatasetManifest.Entry] {
    var entries = manifest.entries
    if let names = scans.names {
      entries = []
      for (index, name) in names.enumerated() {
        guard let entry = manifest.entries.first(where: { $0.name == name }) else {
          let line = scans.lines.indices.contains(index) ? ":\(scans.lines[index])" : ""
          throw ExperimentError(
            "\(file)\(line): names the scan '\(name)', which \(manifest.file) does not list")
        }
        entries.append(entry)
      }
    }
    func fits(_ wanted: String?, _ value: String?) -> Bool { wanted == nil || wanted == value }
    entries = entries.filter {
      fits(scans.split, $0.split) && fits(scans.anatomy, $0.anatomy)
        && fits(scans.contrast, $0.contrast)
    }
    if entries.isEmpty {
      throw ExperimentError("\(file): no scan of \(manifest.file) is of the kind asked for")
    }
    return entries
  }

  /// Every mask of the protocol.
  var maskRequests: [SamplingPlan.Request] {
    masks.flatMap { series in
      series.accelerations.flatMap { acceleration in
        series.seeds.map { seed in
          SamplingPlan.Request(
            pattern: series.pattern, acceleration: acceleration,
            centerFraction: series.centerFraction, seed: seed)
        }
      }
    }
  }

  /// The weights file of a role, if a method uses one.
  fileprivate func network(
    _ role: WeightsLocation.Role, _ isNeeded: (MethodChoice) -> Bool, option: String?
  ) throws -> RunRecord.Weights? {
    guard methods.contains(where: { $0.choice.map(isNeeded) ?? false }) else {
      if option != nil {
        throw ExperimentError("\(role.option) is given, but no method of \(file) uses it")
      }
      return nil
    }
    return try RunRecord.Weights(file: try WeightsLocation(option: option, role: role).path())
  }
}

extension SweepProtocol.SliceChoice {
  /// The slices of a scan.
  fileprivate func indices(of scan: ReadoutCroppedScan) throws(ExperimentError) -> [Int] {
    switch self {
    case .all: return Array(0..<scan.slices)
    case .list(let text):
      return try SliceSelection(text).indices(of: scan.slices, file: scan.file)
    case .central(let count):
      let kept = min(count, scan.slices)
      let first = (scan.slices - kept) / 2
      return Array(first..<first + kept)
    }
  }
}
