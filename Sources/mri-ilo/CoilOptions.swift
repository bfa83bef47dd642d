import Acquisition
import ArgumentParser

/// How the coils are compressed, for every command that can.
struct CoilOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Compress the coils to so many virtual ones, or to the fewest that keep a share of the energy, such "
        + "as 99% (default: keep all coils).", valueName: "number or share"))
  var coils: String?

  @Option(
    help: ArgumentHelp(
      "With --coils: svd (one matrix for the scan) or geometric (one for each position along the readout) "
        + "(default: svd).", valueName: "kind"))
  var compression: String?

  func validate() throws {
    if let coils, CoilCompressionRequest.Size(text: coils) == nil {
      throw ValidationError(
        "--coils \(coils): give a number of 1 or more, or a share of the energy above 0% and up to 100%"
      )
    }
    guard let compression else { return }
    if CoilCompression.Kind(rawValue: compression) == nil {
      let kinds = CoilCompression.Kind.allCases.map(\.rawValue).joined(separator: " or ")
      throw ValidationError("--compression \(compression): choose \(kinds)")
    }
    if coils == nil {
      throw ValidationError("--compression needs --coils, the number to compress to")
    }
  }

  /// What is asked for; nil for all coils.
  var request: CoilCompressionRequest? {
    coils.flatMap { CoilCompressionRequest.Size(text: $0) }.map {
      CoilCompressionRequest(
        kind: compression.flatMap { CoilCompression.Kind(rawValue: $0) } ?? .svd, size: $0)
    }
  }
}
