/// A further file that the main method's images are written to.
public enum ImageExport: Sendable {
  /// Magnitudes as NIfTI-1, `recon.nii.gz`.
  case nifti
  /// Complex images as an array of BART, `recon.cfl` with `recon.hdr`.
  case cfl
}
