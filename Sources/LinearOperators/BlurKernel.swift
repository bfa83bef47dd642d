public import Arrays
import Numerics

/// Point spread functions, whose values add up to 1.
public enum BlurKernel {
  /// A Gaussian of standard deviation `sigma` pixels, `[side, side]` with an odd side, cut at four standard
  /// deviations.
  public static func gaussian(sigma: Double) -> RealArray {
    guard sigma >= 0, sigma.isFinite else { shapeError("a blur of \(sigma) pixels") }
    let reach = Int((4 * sigma).rounded(.up))
    let line = (-reach...reach).map { offset in
      sigma == 0 ? 1 : Double.exp(-0.5 * Double(offset * offset) / (sigma * sigma))
    }
    let sum = line.reduce(0, +)
    return RealArray(
      shape: [line.count, line.count],
      values: line.flatMap { a in line.map { b in Float(a / sum * (b / sum)) } })
  }

  /// `kernel` divided by the sum of its values; nil if that is not a positive, finite number.
  public static func normalised(_ kernel: RealArray) -> RealArray? {
    let sum = kernel.values.reduce(0.0) { $0 + Double($1) }
    guard sum > 0, sum.isFinite else { return nil }
    return RealArray(
      shape: kernel.shape, values: kernel.values.map { Float(Double($0) / sum) })
  }
}
