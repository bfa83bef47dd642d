import Foundation

extension Double {
  /// The number with `digits` decimals, independent of the locale; `∞` and NaN as `inf` and `NaN`.
  public func text(digits: Int) -> String {
    if isNaN { return "NaN" }
    if isInfinite { return self > 0 ? "inf" : "-inf" }
    return String(format: "%.\(digits)f", self)
  }
}

extension ImageMetrics {
  /// PSNR in dB with two decimals, as in `32.15`.
  public var psnrText: String { psnr.text(digits: 2) }
  /// SSIM with four decimals, as in `0.9123`.
  public var ssimText: String { ssim.text(digits: 4) }
  /// NMSE with five decimals, or as a power of ten where those would show less than two digits.
  public var nmseText: String {
    nmse != 0 && abs(nmse) < 0.0001 ? String(format: "%.2e", nmse) : nmse.text(digits: 5)
  }
}
