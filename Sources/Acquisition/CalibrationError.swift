/// Calibration data from which no coil maps can be made.
public enum CalibrationError: Error, CustomStringConvertible, Equatable {
  case tooFewLines(found: Int, needed: Int)
  case tooFewRows(found: Int, needed: Int)
  case emptyCoil(Int)
  case notFinite(coil: Int)
  case noConvergence(String)

  public var description: String {
    switch self {
    case .tooFewLines(let found, let needed):
      "coil maps need at least \(needed) neighbouring lines at the centre of k-space and the mask "
        + "samples \(found); raise the centre fraction"
    case .tooFewRows(let found, let needed):
      "coil maps need at least \(needed) readout samples around the centre of k-space and only "
        + "\(found) are not zero; check the k-space's axes and centring"
    case .emptyCoil(let coil):
      "coil \(coil) (counted from 0) holds only zeros in the calibration lines; leave that coil out"
    case .notFinite(let coil):
      "coil \(coil) (counted from 0) holds values in the calibration lines that are not finite; "
        + "repair the k-space or leave that coil out"
    case .noConvergence(let reason):
      "the calibration data could not be decomposed: \(reason)"
    }
  }
}
