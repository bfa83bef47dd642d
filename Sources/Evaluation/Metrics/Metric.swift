/// A figure that compares a magnitude image with its reference.
///
/// In the definitions g is the reference, p the reconstruction and M the data range, the maximum of
/// the reference over its volume. VIF, HaarPSI and GMSD were made for images of 0…255, so both
/// images are multiplied by 255/M first; a pixel above M is not clipped.
public enum Metric: String, CaseIterable, Codable, Sendable {
  /// Peak signal-to-noise ratio, 10 log₁₀(M² / mean (g − p)²) (facebookresearch/fastMRI:
  /// fastmri/evaluate.py).
  case psnr
  /// Structural similarity with a uniform 7×7 window (facebookresearch/fastMRI:
  /// fastmri/evaluate.py, which calls scikit-image with its defaults).
  case ssim
  /// Normalised mean squared error, ‖g − p‖² / ‖g‖² (facebookresearch/fastMRI:
  /// fastmri/evaluate.py).
  case nmse
  /// Normalised root mean squared error, ‖g − p‖ / ‖g‖: the root of `nmse`.
  case nrmse
  /// High-frequency error norm, ‖LoG(g − p)‖ / ‖LoG(g)‖ with a Laplacian of Gaussian of 15×15 pixels
  /// and σ = 1.5 pixels (Ravishankar and Bresler, IEEE Trans. Med. Imaging 30, 1028, 2011).
  case hfen
  /// Visual information fidelity in the pixel domain (Sheikh and Bovik, IEEE Trans. Image Process.
  /// 15, 430, 2006; andrewekhalel/sewar: sewar/full_ref.py, `vifp`).
  case vif
  /// Haar wavelet-based perceptual similarity (Reisenhofer et al., Signal Process. Image Commun. 61,
  /// 33, 2018) with the constants for medical images of Karner et al. (arXiv 2410.24098).
  case haarpsi
  /// Gradient magnitude similarity deviation (Xue et al., IEEE Trans. Image Process. 23, 684, 2014).
  case gmsd

  /// The name in the heading of a column.
  public var title: String {
    switch self {
    case .psnr: "PSNR"
    case .ssim: "SSIM"
    case .nmse: "NMSE"
    case .nrmse: "NRMSE"
    case .hfen: "HFEN"
    case .vif: "VIF"
    case .haarpsi: "HaarPSI"
    case .gmsd: "GMSD"
    }
  }

  /// The unit, `dB`, or nothing for a bare number.
  public var unit: String {
    self == .psnr ? "dB" : ""
  }

  /// Whether the better of two reconstructions has the higher figure.
  public var isBetterHigh: Bool {
    switch self {
    case .psnr, .ssim, .vif, .haarpsi: true
    case .nmse, .nrmse, .hfen, .gmsd: false
    }
  }

  /// The figure that a perfect reconstruction has, up to rounding.
  ///
  /// None of the figures can be better, but for VIF, which exceeds 1 where the reconstruction has
  /// more contrast than the reference.
  public var perfectValue: Double {
    switch self {
    case .psnr: .infinity
    case .ssim, .vif, .haarpsi: 1
    case .nmse, .nrmse, .hfen, .gmsd: 0
    }
  }

  /// The decimals shown in tables.
  public var digits: Int {
    self == .psnr ? 2 : 4
  }

  /// The fewest rows and columns that a slice must have for the metric to exist.
  ///
  /// SSIM and HFEN: the side of their kernels. VIF: the least at which the coarsest of its four
  /// scales still holds a window. HaarPSI: twice the coarsest wavelet (photosynthesis-team/piq:
  /// piq/haarpsi.py). GMSD: a 3×3 filter on the image of half size.
  public var minimumSide: Int {
    switch self {
    case .psnr, .nmse, .nrmse: 1
    case .ssim: similarityWindow
    case .hfen: HighFrequencyError.side
    case .vif: VisualInformation.minimumSide
    case .haarpsi: 16
    case .gmsd: 6
    }
  }

  /// The formula's choices and their source in one line, for the caption of a table.
  public var definition: String {
    switch self {
    case .psnr: "PSNR: 10 log10(M²/MSE), M = maximum of the reference volume (fastMRI)"
    case .ssim: "SSIM: uniform 7×7 window, K 0.01 and 0.03, range M, no 3-pixel border (fastMRI)"
    case .nmse: "NMSE: squared error over squared norm of the reference (fastMRI)"
    case .nrmse: "NRMSE: root of NMSE"
    case .hfen:
      "HFEN: norm of the error over that of the reference, both after a 15×15 LoG of σ 1.5 "
        + "(Ravishankar and Bresler 2011)"
    case .vif:
      "VIF: pixel domain, 4 scales, noise variance 2 on a scale of M = 255 "
        + "(Sheikh and Bovik 2006)"
    case .haarpsi:
      "HaarPSI: C = 5, α = 4.9 on a scale of M = 255 "
        + "(Reisenhofer et al. 2018, constants of Karner et al. 2024)"
    case .gmsd:
      "GMSD: Prewitt gradients at half size, c = 170 on a scale of M = 255 (Xue et al. 2014)"
    }
  }
}
