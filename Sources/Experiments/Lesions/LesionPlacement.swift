import Arrays
import Numerics

/// Where lesions go in a slice: seeded places in tissue, apart from each other.
struct LesionPlacement {
  /// The least distance between two centres, beside both lesions' reach.
  private static let apart = 6

  /// One batch of lesions of the wanted diameters and contrasts, each placed at random in tissue; those
  /// for which no place was found are left out.
  ///
  /// - Parameters:
  ///   - image: the whole magnitude image, `[rows, columns]`.
  ///   - wanted: the lesions, at no place yet.
  static func place(
    _ wanted: [(diameter: Double, contrast: Double)], in image: RealArray,
    random: inout RandomStream
  ) -> [Lesion] {
    let (rows, columns) = (image.shape[0], image.shape[1])
    // Tissue: not the air, the bone or the dark fluid, where a contrast in per cent means little.
    let threshold = 0.35 * percentile(image.values, 98)
    var placed: [Lesion] = []
    for (diameter, contrast) in wanted {
      let reach = Lesion.reach(diameter: diameter)
      guard rows > 2 * reach, columns > 2 * reach else { continue }
      for _ in 0..<400 {
        let row = reach + Int(random.next() % UInt64(rows - 2 * reach))
        let column = reach + Int(random.next() % UInt64(columns - 2 * reach))
        let lesion = Lesion(row: row, column: column, diameter: diameter, contrast: contrast)
        let isApart = placed.allSatisfy { other in
          let (dy, dx) = (other.row - row, other.column - column)
          let least = reach + Lesion.reach(diameter: other.diameter) + apart
          return dy * dy + dx * dx >= least * least
        }
        guard isApart, isTissue(lesion, image, threshold) else { continue }
        placed.append(lesion)
        break
      }
    }
    return placed
  }

  /// Whether nine tenths of disc and ring are above the threshold, and the disc's centre is.
  private static func isTissue(_ lesion: Lesion, _ image: RealArray, _ threshold: Float) -> Bool {
    let pixels = lesion.template(rows: image.shape[0], columns: image.shape[1])
    let bright = pixels.count { image.values[$0.index] > threshold }
    return 10 * bright >= 9 * pixels.count
      && image.values[lesion.row * image.shape[1] + lesion.column] > threshold
  }
}
