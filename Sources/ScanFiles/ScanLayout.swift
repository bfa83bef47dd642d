/// The ways in which scan files are laid out.
public enum ScanLayout: String, Sendable, Codable, CaseIterable {
  /// HDF5 of facebookresearch/fastMRI.
  case fastMRI
  /// fastMRI's HDF5 with the header of M4Raw.
  case m4raw = "M4Raw"
  /// ISMRMRD raw data in HDF5.
  case ismrmrd = "ISMRMRD"
  /// An array of BART, `.cfl` and `.hdr`, or `.ra`.
  case bart = "BART"
  /// HDF5 of the Calgary-Campinas multi-coil data.
  case calgaryCampinas = "Calgary-Campinas"
  /// MATLAB 7.3 files of CMRxRecon.
  case cmrxrecon = "CMRxRecon"
  /// HDF5 of SKM-TEA.
  case skmTEA = "SKM-TEA"
}
