package import Arrays
import Foundation

/// A Gaussian mean over a few pixels that takes nothing from outside the image.
package struct GaussianSmoothing: Sendable {
  /// The weights of a pixel and its neighbours at one side, the pixel itself first.
  private let weights: [Float]

  /// A mean whose weights have the standard deviation `width` in pixels, cut at three of them; none of
  /// 0 or less.
  package init(width: Float) {
    let reach = width > 0 ? Int((3 * width).rounded(.up)) : 0
    weights = (0...reach).map { width > 0 ? exp(-Float($0 * $0) / (2 * width * width)) : 1 }
  }

  /// The mean about each pixel of `map` `[rows, columns]`; at the edges over the pixels that there are.
  package func apply(_ map: RealArray) -> RealArray {
    guard weights.count > 1 else { return map }
    let (rows, columns) = (map.shape[0], map.shape[1])
    var across = map
    for row in 0..<rows {
      smooth(map.values, count: columns, start: row * columns, stride: 1, into: &across.values)
    }
    var result = map
    for column in 0..<columns {
      smooth(across.values, count: rows, start: column, stride: columns, into: &result.values)
    }
    return result
  }

  private func smooth(
    _ values: [Float], count: Int, start: Int, stride: Int, into result: inout [Float]
  ) {
    for place in 0..<count {
      var (sum, total): (Float, Float) = (0, 0)
      for other in max(0, place - weights.count + 1)...min(count - 1, place + weights.count - 1) {
        let weight = weights[abs(other - place)]
        sum += weight * values[start + other * stride]
        total += weight
      }
      result[start + place * stride] = sum / total
    }
  }
}
