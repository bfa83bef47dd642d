/// What is asked of a compression of the coils.
public struct CoilCompressionRequest: Sendable, Equatable {
  /// How many virtual coils there are to be.
  public enum Size: Sendable, Equatable {
    /// This number, 1 or more.
    case coils(Int)
    /// The fewest that keep this share of the energy, above 0 and at most 1.
    case energy(Double)
  }

  public var kind: CoilCompression.Kind
  public var size: Size

  /// A request of a kind and a size.
  public init(kind: CoilCompression.Kind = .svd, size: Size) {
    self.kind = kind
    self.size = size
  }
}

extension CoilCompressionRequest.Size {
  /// The size that a text such as `4` or `99%` means; nil for any other.
  public init?(text: String) {
    if text.hasSuffix("%") {
      guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else { return nil }
      self = .energy(percent / 100)
    } else {
      guard let count = Int(text), count >= 1 else { return nil }
      self = .coils(count)
    }
  }

  /// The text that `init(text:)` takes.
  public var text: String {
    switch self {
    case .coils(let count): return String(count)
    case .energy(let share):
      let percent = (share * 1e8).rounded() / 1e6
      return percent == percent.rounded() ? "\(Int(percent))%" : "\(percent)%"
    }
  }
}

/// A compression of coils that cannot be made.
public enum CoilCompressionError: Error, Equatable, CustomStringConvertible {
  case tooMany(asked: Int, coils: Int)
  case noCalibrationLines
  case noReadout
  case noSignal
  case noConvergence(String)

  public var description: String {
    switch self {
    case .tooMany(let asked, let coils):
      "cannot be compressed to \(asked) coils, for it has \(coils); give 1 to \(coils), or a share "
        + "of the energy such as 99%"
    case .noCalibrationLines:
      "coils are compressed by the calibration lines at the centre of k-space, and the mask samples "
        + "none; raise the centre fraction"
    case .noReadout:
      "a geometric compression needs a fully sampled readout, and here single points are sampled; "
        + "choose the compression svd"
    case .noSignal:
      "the calibration lines hold no signal, or values that are not finite, so that coils cannot be "
        + "compressed by them; check the scan"
    case .noConvergence(let reason): "the coils could not be compressed: \(reason)"
    }
  }
}
