import Acquisition
import Foundation

/// One piece of a sweep's work: one method on a block of slices of one scan under one mask.
public struct SweepJob: Sendable, Equatable {
  /// The SHA-256, shortened to 128 bits, of all that determines the result; names the result file.
  public let id: String
  /// Indices into the record.
  public let scan, mask, method: Int
  /// The slices, from 0.
  public let slices: [Int]
}

/// The jobs that share undersampled data and so are done one after the other in one place.
public struct JobGroup: Sendable, Equatable {
  public var jobs: [SweepJob]
}

extension SweepRecord {
  /// All jobs: by scan, block of slices, mask and method, in the protocol's order.
  ///
  /// Throws `ExperimentError` if two have one id, which would be the same work twice.
  func groups() throws -> [JobGroup] {
    var groups: [JobGroup] = []
    var labels: [String: String] = [:]
    let methodTexts = try methods.map { try RecordJSON.text(MethodIdentity($0), isPretty: false) }
    let settingsText = try RecordJSON.text(evaluation, isPretty: false)
    let masksOfScan = Dictionary(grouping: masks.indices) { masks[$0].scan }
    for (scanIndex, scan) in scans.enumerated() {
      for start in stride(from: 0, to: scan.slices.count, by: slicesPerJob) {
        let slices = Array(scan.slices[start..<min(start + slicesPerJob, scan.slices.count)])
        for mask in masksOfScan[scan.name] ?? [] {
          // The seed too: two seeds may draw the same columns, and each is a job of its own.
          let sampling = [
            masks[mask].text, "\(masks[mask].centerFraction)", masks[mask].columns,
          ].joined(separator: " ")
          var group = JobGroup(jobs: [])
          for method in methods.indices {
            let content =
              [
                "mri-ilo \(version) job \(JobResult.format)", scan.sha256,
                slices.map(String.init).joined(separator: ","), sampling, methodTexts[method],
                settingsText, scan.slices.map(String.init).joined(separator: ","),
              ] + [coils.map { "coils \($0) \(compression?.rawValue ?? "")" }].compactMap { $0 }
              + acquisition
            let id = String(FileDigest.sha256(of: content.joined(separator: "\n")).prefix(32))
            let label = "\(methods[method].label), \(masks[mask].text), \(scan.name)"
            if let other = labels.updateValue(label, forKey: id) {
              throw ExperimentError(
                "the protocol asks for one piece of work twice: '\(other)' and '\(label)' are the "
                  + "same; leave one out")
            }
            group.jobs.append(
              SweepJob(id: id, scan: scanIndex, mask: mask, method: method, slices: slices))
          }
          groups.append(group)
        }
      }
    }
    return groups
  }

  /// The id of the reference images of a scan.
  func referenceID(of scan: Scan) -> String {
    let content =
      [
        "mri-ilo \(version) reference \(JobResult.format)", scan.sha256,
        evaluation.reference.rawValue,
        scan.slices.map(String.init).joined(separator: ","),
      ] + acquisition
    return String(FileDigest.sha256(of: content.joined(separator: "\n")).prefix(32))
  }

  /// What else determines data and references, where it is not the default.
  private var acquisition: [String] {
    [partialFourier.map { "partial Fourier \($0.rawValue)" }, mapSets.map { "map sets \($0)" }]
      .compactMap { $0 }
  }

  /// What of a method determines its images: not its label.
  private struct MethodIdentity: Encodable {
    let name: String
    let settings: RecordedValue
    let weights: String?

    init(_ method: Method) {
      (name, settings, weights) = (method.name, method.settings, method.weights)
    }
  }
}

extension SweepRecord.Mask {
  /// Pattern, acceleration and seed, for messages.
  var text: String { "\(pattern) \(SamplingPlan.text(acceleration))x seed \(seed)" }
}
