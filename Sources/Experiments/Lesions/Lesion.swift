import Arrays
import Foundation
import Numerics

/// A round spot that is put into the object before it is undersampled.
public struct Lesion: Sendable, Codable, Equatable {
  /// The centre's row and column; it lies in the middle of a pixel.
  public var row: Int
  public var column: Int
  /// In pixels.
  public var diameter: Double
  /// The added magnitude over the mean magnitude of the tissue at the place; negative for a dark one.
  public var contrast: Double

  /// How far from the centre the ring reaches that a lesion is compared with.
  static func reach(diameter: Double) -> Int { Int((diameter / 2 + ringWidth + 1).rounded(.up)) }

  /// The width of the gap between disc and ring, and of the ring, in pixels.
  private static let gap = 1.0
  private static let ringWidth = 3.0

  /// The pixels of disc and ring with their weights, which add up to 1 in the disc and to −1 in the
  /// ring: the sum of weights times magnitudes is the contrast of the disc against its surround.
  ///
  /// A pixel at the disc's edge counts by its share of the disc, by 8 × 8 points.
  func template(rows: Int, columns: Int) -> [(index: Int, weight: Double)] {
    let radius = diameter / 2
    let reach = Self.reach(diameter: diameter)
    var disc: [(index: Int, weight: Double)] = []
    var ring: [Int] = []
    for y in max(0, row - reach)...min(rows - 1, row + reach) {
      for x in max(0, column - reach)...min(columns - 1, column + reach) {
        let share = coverage(row: y, column: x)
        let distance = Double((y - row) * (y - row) + (x - column) * (x - column)).squareRoot()
        let index = y * columns + x
        if share > 0 {
          disc.append((index, share))
        } else if distance > radius + Self.gap, distance <= radius + Self.ringWidth {
          ring.append(index)
        }
      }
    }
    let area = disc.reduce(0) { $0 + $1.weight }
    return disc.map { ($0.index, $0.weight / area) }
      + ring.map { ($0, -1 / Double(ring.count)) }
  }

  /// The share of a pixel that the disc covers, 0 to 1.
  func coverage(row y: Int, column x: Int) -> Double {
    let steps = 8
    var inside = 0
    for i in 0..<steps {
      for j in 0..<steps {
        let dy = Double(y - row) + (Double(i) + 0.5) / Double(steps) - 0.5
        let dx = Double(x - column) + (Double(j) + 0.5) / Double(steps) - 0.5
        if dx * dx + dy * dy <= diameter * diameter / 4 { inside += 1 }
      }
    }
    return Double(inside) / Double(steps * steps)
  }

  /// The contrast of the disc against its ring in a magnitude image `[rows, columns]`.
  func measuredContrast(in image: RealArray) -> Double {
    template(rows: image.shape[0], columns: image.shape[1]).reduce(0) {
      $0 + $1.weight * Double(image.values[$1.index])
    }
  }

  /// The complex image `[rows, columns]` that the lesion adds to `object`: its share of each pixel times
  /// contrast, the tissue's mean magnitude, and the object's smooth `phase`.
  func added(to object: ComplexArray, phase: ComplexArray) -> ComplexArray {
    let (rows, columns) = (object.shape[0], object.shape[1])
    var (sum, area) = (0.0, 0.0)
    var shares: [(index: Int, share: Double)] = []
    let reach = Int((diameter / 2).rounded(.up)) + 1
    for y in max(0, row - reach)...min(rows - 1, row + reach) {
      for x in max(0, column - reach)...min(columns - 1, column + reach) {
        let share = coverage(row: y, column: x)
        guard share > 0 else { continue }
        let index = y * columns + x
        shares.append((index, share))
        sum += share * Double(object.values[index].length)
        area += share
      }
    }
    var result = ComplexArray(zeros: object.shape)
    let amount = area > 0 ? contrast * sum / area : 0
    for (index, share) in shares {
      result.values[index] = phase.values[index].multiplied(by: Float(amount * share))
    }
    return result
  }
}
