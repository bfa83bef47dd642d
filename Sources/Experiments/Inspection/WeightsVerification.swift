import Foundation
import Generators
import Reconstruction

/// Whether a weights file is whole and its network works.
public struct WeightsVerification: Sendable, Codable {
  /// One thing that was looked at.
  public struct Check: Sendable, Codable, Equatable {
    public enum Outcome: String, Sendable, Codable {
      case passed, failed
      /// There is nothing to compare with.
      case skipped
    }

    public var name: String
    public var outcome: Outcome
    public var detail: String
  }

  /// The file beside the weights that lists their checksums, as `sha256sum` writes it.
  public static let listName = "SHA256SUMS"

  public var file: String
  public var checks: [Check]

  public var hasPassed: Bool { !checks.contains { $0.outcome == .failed } }

  /// Looks at a file; what is wrong with it is in the checks.
  ///
  /// Throws `ExperimentError` if the file or the list of checksums cannot be read.
  public init(path: String) throws {
    file = path
    checks = [try Self.checksum(path)]
    if StyleGANWeights.isStated(in: path) {
      checks += Self.checks(path, StyleGANWeights.self) { NetworkTrial.fault(of: $0.generator) }
      return
    }
    if DecoderWeights.isStated(in: path) {
      checks += Self.checks(path, DecoderWeights.self) { NetworkTrial.fault(of: $0.decoder) }
      return
    }
    let weights: WeightsFile
    do {
      weights = try WeightsFile(contentsOf: path)
    } catch let error as WeightsError {
      checks.append(Check(name: "contents", outcome: .failed, detail: error.problem))
      return
    }
    checks.append(
      Check(
        name: "contents", outcome: .passed,
        detail: "\(weights.parameters.count) parameters, all finite, as the architecture says"))
    let fault = NetworkTrial.fault(of: weights.network)
    checks.append(
      Check(
        name: "trial", outcome: fault == nil ? .passed : .failed,
        detail: fault ?? "draws, encodes and differentiates to finite values"))
    let radii = weights.deviationRadii
    checks.append(
      Check(
        name: "radii", outcome: radii.isEmpty ? .failed : .passed,
        detail: radii.isEmpty
          ? "no usable l1 radius for each level, without which ILO refuses the weights"
          : radii.map { String(format: "%.3f", $0) }.joined(separator: ", ")))
    checks.append(
      Check(
        name: "familiarity", outcome: weights.familiarity == nil ? .skipped : .passed,
        detail: weights.familiarity?.text ?? "never calibrated; see 'mri-ilo weights calibrate'"))
  }

  private static func checks<Weights: NetworkWeights>(
    _ path: String, _ type: Weights.Type, fault: (Weights) -> String?
  ) -> [Check] {
    do {
      let weights = try Weights(contentsOf: path)
      let fault = fault(weights)
      return [
        Check(
          name: "contents", outcome: .passed,
          detail: "\(weights.parameters.count) parameters, all finite, as the architecture says"),
        Check(
          name: "trial", outcome: fault == nil ? .passed : .failed,
          detail: fault ?? "draws and differentiates to finite values"),
      ]
    } catch {
      let problem = (error as? WeightsError)?.problem ?? "\(error)"
      return [Check(name: "contents", outcome: .failed, detail: problem)]
    }
  }

  private static func checksum(_ path: String) throws -> Check {
    let digest = try FileDigest.sha256(ofFile: path)
    let list = URL(fileURLWithPath: path).deletingLastPathComponent()
      .appendingPathComponent(listName).path
    guard let data = FileManager.default.contents(atPath: list) else {
      return Check(
        name: "sha256", outcome: .skipped, detail: "\(digest); no \(listName) lies beside the file")
    }
    let stated = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
      .first { $0.split(separator: " ").last.map { fileName(String($0)) } == fileName(path) }?
      .split(separator: " ").first
    guard let stated else {
      return Check(
        name: "sha256", outcome: .skipped, detail: "\(digest); \(listName) does not name the file")
    }
    return Check(
      name: "sha256", outcome: stated == digest ? .passed : .failed,
      detail: stated == digest
        ? "\(digest), as \(listName) says" : "\(digest), but \(listName) says \(stated)")
  }
}
