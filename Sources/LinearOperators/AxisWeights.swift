/// A sparse linear map along one axis: each output is a weighted sum of a few inputs.
///
/// Down-sampling and interpolation of images are such maps along rows and columns in turn.
public struct AxisWeights: Sendable {
  /// Samples before the map.
  public let inputs: Int
  /// For each output, its inputs and their weights; an input may occur more than once.
  public let terms: [[(input: Int, weight: Float)]]

  /// Samples after the map.
  public var outputs: Int { terms.count }

  init(inputs: Int, terms: [[(input: Int, weight: Float)]]) {
    (self.inputs, self.terms) = (inputs, terms)
  }

  /// Means over groups of `factor` samples; the last group has what is left.
  public static func averaging(_ size: Int, by factor: Int) -> AxisWeights {
    AxisWeights(
      inputs: size,
      terms: stride(from: 0, to: size, by: factor).map { first in
        let end = min(size, first + factor)
        return (first..<end).map { ($0, 1 / Float(end - first)) }
      })
  }

  /// Bicubic down-sampling with anti-aliasing: the kernel is stretched by `factor`.
  ///
  /// Output j is Σᵢ k(i) x[factor · j + i − top] over 4 · factor taps k(i) = b((i − 2 factor + ½) / factor),
  /// their sum made 1, with Keys's cubic b for a = −½ and top half of the 3 · factor samples of padding,
  /// rounded down. Past the ends the samples are mirrored without repeating the last one. Source:
  /// adamian98/pulse:bicubic.py, which giannisdaras/ilo:utils.py uses (`BicubicDownSample`, `reflect`); there
  /// sizes are multiples of the factor and larger than the padding, here any size has size / factor outputs,
  /// rounded up.
  public static func bicubicDownsampling(_ size: Int, by factor: Int) -> AxisWeights {
    let taps = 4 * factor
    let kernel = (0..<taps).map {
      cubic((Double($0) - Double(taps / 2) + 0.5) / Double(factor))
    }
    let sum = kernel.reduce(0, +)
    let before = (taps - factor) / 2
    return AxisWeights(
      inputs: size,
      terms: stride(from: 0, to: size, by: factor).map { first in
        kernel.enumerated().map { tap, weight in
          (mirrored(first + tap - before, size), Float(weight / sum))
        }
      })
  }

  /// Bicubic interpolation to `size` samples of what down-sampling by `factor` left of them.
  ///
  /// Sample i lies at (i + ½) / factor − ½ of the coarse ones; Keys's cubic for a = −½ over the nearest
  /// four, mirrored past the ends.
  public static func bicubicUpsampling(to size: Int, by factor: Int) -> AxisWeights {
    let coarse = (size + factor - 1) / factor
    return AxisWeights(
      inputs: coarse,
      terms: (0..<size).map { index in
        let place = (Double(index) + 0.5) / Double(factor) - 0.5
        let first = Int(place.rounded(.down)) - 1
        return (first..<first + 4).map {
          (mirrored($0, coarse), Float(cubic(place - Double($0))))
        }
      })
  }

  /// The middle of `inputs` samples, enlarged by `factor` to `size` samples: linear interpolation.
  ///
  /// Sample i lies at (i + ½ − size / 2) / factor + inputs / 2 − ½ of the given ones; past the ends the last
  /// one is repeated.
  public static func linearEnlargement(
    of inputs: Int, to size: Int, by factor: Double
  ) -> AxisWeights {
    AxisWeights(
      inputs: inputs,
      terms: (0..<size).map { index in
        let place = (Double(index) + 0.5 - Double(size) / 2) / factor + Double(inputs) / 2 - 0.5
        let inside = min(max(place, 0), Double(inputs - 1))
        let first = min(Int(inside), max(0, inputs - 2))
        let share = Float(inside - Double(first))
        if share == 0 { return [(input: first, weight: 1)] }
        return [(input: first, weight: 1 - share), (input: first + 1, weight: share)]
      })
  }

  /// The cubic convolution kernel for a = −½ (Keys, IEEE TASSP 29:1153, 1981).
  private static func cubic(_ x: Double) -> Double {
    let (a, x) = (-0.5, abs(x))
    if x <= 1 { return (a + 2) * x * x * x - (a + 3) * x * x + 1 }
    return x < 2 ? a * x * x * x - 5 * a * x * x + 8 * a * x - 4 * a : 0
  }

  /// The sample that stands at `index` when 0 ..< `size` is mirrored at its ends, without repeating them.
  private static func mirrored(_ index: Int, _ size: Int) -> Int {
    if size == 1 { return 0 }
    let period = 2 * (size - 1)
    let place = ((index % period) + period) % period
    return place < size ? place : period - place
  }
}
