/// Which formulas a metric follows; a figure means nothing without it.
///
/// Definitions alone move PSNR by 3 dB and SSIM by 0.005 on the same pair of images.
public enum MetricDefinition: String, Sendable, CaseIterable, CustomStringConvertible {
  /// PSNR, SSIM and NMSE as the fastMRI challenge computes them (facebookresearch/fastMRI:
  /// fastmri/evaluate.py).
  ///
  /// With the reference g, the reconstruction p and M the maximum of g over the volume:
  /// PSNR = 10 log₁₀(M² / mean (g − p)²), NMSE = ‖g − p‖² / ‖g‖², and SSIM is the mean over the
  /// slices of the structural similarity with a uniform 7×7 window, K₁ = 0.01, K₂ = 0.03, sample
  /// covariance N/(N − 1) and range M, averaged without a border of 3 pixels.
  case fastMRI

  /// The name and the choices that matter, for the caption of a table or picture.
  public var description: String {
    switch self {
    case .fastMRI: "fastMRI: SSIM 7×7 uniform, range = volume maximum"
    }
  }
}
