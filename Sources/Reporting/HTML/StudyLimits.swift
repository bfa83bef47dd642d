import Evaluation
import Experiments
import Foundation

/// The limits of a study that follow from its record: only those that apply.
enum StudyLimits {
  static func statements(_ content: ReportContent) -> [String] {
    let (record, tables) = (content.record, content.tables)
    let patients = Set(record.scans.map(\.patient)).count
    var limits = sample(content, patients: patients)
    if record.scans.contains(where: { $0.data == "simulated" }) {
      limits.append(
        "Simulated data: coils, noise and contrast are those of a model. Motion, field "
          + "inhomogeneity and other faults of a scanner are missing, so that figures tend to be "
          + "better than on measured data.")
    }
    let contrasts = Set(record.scans.map(\.contrast))
    let anatomies = Set(record.scans.map(\.anatomy))
    if contrasts.count == 1, anatomies.count == 1, let contrast = contrasts.first,
      let anatomy = anatomies.first
    {
      limits.append(
        "One contrast (\(contrast)) of one anatomy (\(anatomy)): nothing is known about others.")
    }
    limits.append(
      "Undersampling is retrospective and along one dimension; a prospectively accelerated scan "
        + "differs in timing, motion and signal.")
    limits.append(
      "The reference is itself an image with noise: beyond some point a figure measures how well its "
        + "noise is reproduced.")
    limits.append(
      "PSNR and SSIM use the maximum of the reference over each scan as data range: figures of "
        + "different data sets do not compare.")
    limits.append(
      "The methods' settings were those of the protocol for every scan; other settings would give "
        + "other figures.")
    if record.scans.contains(where: { $0.slices.count < 10 }), tables.metrics.contains(.ssim) {
      limits.append(
        "Some scans take part with fewer than 10 slices, so that single slices weigh much.")
    }
    limits += tests(content, patients: patients)
    limits.append(
      "No reader has looked at the images: whether a finding is seen or missed is not measured"
        + (content.regions.contains { $0.hasPrefix("box:") }
          ? " but for the error in marked boxes." : "."))
    return limits
  }

  private static func sample(_ content: ReportContent, patients: Int) -> [String] {
    if patients == 1 {
      return [
        "One patient: no confidence interval and no test is possible, and nothing can be said about "
          + "others."
      ]
    }
    guard patients < 10 else { return [] }
    return [
      "\(patients) patients are few: bootstrap intervals of so few are too narrow, and rare failures "
        + "do not show."
    ]
  }

  /// What the tests can and cannot say.
  private static func tests(_ content: ReportContent, patients: Int) -> [String] {
    let tested = content.tables.comparisons.filter { $0.adjustedP != nil }
    guard let family = tested.map(\.family).max() else { return [] }
    var statements = [
      "The p values are exploratory: Holm's correction covers all methods, masks and accelerations of "
        + "one metric in one region, not the \(content.tables.metrics.count) metrics and "
        + "\(content.regions.count) regions together."
    ]
    // Of n differences without ties Wilcoxon's exact p is 2/2ⁿ at least.
    let pairs = tested.map(\.pairs.count).max() ?? 0
    let least = pow(2, 1 - Double(pairs))
    let adjusted = min(1, least * Double(family))
    if adjusted > 0.05 {
      statements.append(
        "With \(pairs) patients the smallest p value that Wilcoxon's test can give is "
          + "\(PrintedNumber.p(least)), and \(PrintedNumber.p(adjusted)) after Holm's correction for "
          + "\(family) tests: no comparison could become significant, whatever the methods do.")
    }
    return statements
  }
}
