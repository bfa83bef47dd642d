public import Arrays
public import LinearOperators
import Numerics
import Optimization

/// An image in two parts: what the measurements determine of it, and what they do not.
///
/// x = P x + (I − P) x with P = AᴴA (AᴴA + ε)⁻¹, by conjugate gradients. Without ε P would be the
/// projection onto the row space of A, and directions that A sees a thousandth part of would count as
/// measured. With it the split is soft: a direction of singular value s goes to the measured part by the
/// share s² / (s² + ε). ε is the noise's variance over the image's mean power in the head, so that a
/// direction counts half where the image's signal in it is as strong as the noise.
///
/// The parts of a soft split are not quite orthogonal: their energies add up to less than the image's.
/// A is linear over the complex numbers, so whatever follows from a smooth phase belongs to the second
/// part.
public struct MeasuredPart: Sendable {
  /// P x, `[rows, columns]`.
  public let measured: ComplexArray
  /// (I − P) x, `[rows, columns]`.
  public let unmeasured: ComplexArray

  /// The least and the largest ε: below, the iterations do not converge in single precision; above,
  /// everything would be called unmeasured.
  public static let ridges: ClosedRange<Float> = 1e-4...0.1

  /// ε for noise of standard deviation `noise` per real part and an image `[rows, columns]` whose object
  /// has the pixels `members`.
  public static func ridge(noise: Float, image: ComplexArray, members: [Bool]) -> Float {
    var (sum, count) = (0.0, 0)
    for (value, isMember) in zip(image.values, members) where isMember {
      sum += Double(value.lengthSquared)
      count += 1
    }
    let power = sum / Double(2 * max(1, count))
    let ridge = power > 0 ? Double(noise) * Double(noise) / power : 0
    return min(max(Float(ridge), ridges.lowerBound), ridges.upperBound)
  }

  /// Splits `image` `[rows, columns]` under `system` with the ridge ε.
  public init(of image: ComplexArray, under system: SENSEOperator, ridge: Float) {
    let measured = ConjugateGradient(iterations: 300, tolerance: 1e-4).solve(
      system.normal(image), weight: ridge, applying: { system.normal($0, into: &$1) },
      report: { _ in })
    var rest = image
    rest.add(-1, times: measured)
    (self.measured, unmeasured) = (measured, rest)
  }

  /// The unmeasured part's share of the energy, ‖(I − P) x‖² / ‖x‖², over the pixels `members`, or over
  /// all where nil; 0 for an empty image.
  public func unmeasuredShare(members: [Bool]? = nil) -> Double {
    var (rest, all) = (0.0, 0.0)
    for index in unmeasured.values.indices where members?[index] ?? true {
      rest += Double(unmeasured.values[index].lengthSquared)
      let whole = measured.values[index] + unmeasured.values[index]
      all += Double(whole.lengthSquared)
    }
    return all > 0 ? rest / all : 0
  }

  /// The unmeasured part's share of each pixel's energy, 0 to 1, `[rows, columns]`.
  ///
  /// Both energies are means over a Gaussian of standard deviation `width` pixels; where the two parts
  /// change sign the share of a single pixel says nothing.
  public func localShare(width: Float) -> RealArray {
    let smoothing = GaussianSmoothing(width: width)
    func energy(_ part: ComplexArray) -> RealArray {
      smoothing.apply(RealArray(shape: part.shape, values: part.values.map(\.lengthSquared)))
    }
    let (seen, rest) = (energy(measured), energy(unmeasured))
    return RealArray(
      shape: seen.shape,
      values: zip(seen.values, rest.values).map { $0 + $1 > 0 ? $1 / ($0 + $1) : 0 })
  }
}
