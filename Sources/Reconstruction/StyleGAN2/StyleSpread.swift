import Numerics

/// PULSE's `GEOCROSS`: the mean squared angle between the styles of different layers, times 512 / 8.
///
/// Σ_ij 512 θ_ij² / (8 n²), θ_ij = 2 atan2(‖a − b‖, ‖a + b‖). Source: adamian98/pulse:loss.py.
enum StyleSpread {
  /// The term and its gradients with respect to the styles.
  static func value(_ styles: [[Float]]) -> (value: Double, gradients: [[Double]]) {
    let count = styles.count
    let factor = 512.0 / 8 / Double(count * count)
    var sum = 0.0
    var gradients = styles.map { [Double](repeating: 0, count: $0.count) }
    for i in 0..<count {
      for j in i + 1..<count {
        var (apart, together) = (0.0, 0.0)
        for (a, b) in zip(styles[i], styles[j]) {
          apart += Double(a - b) * Double(a - b)
          together += Double(a + b) * Double(a + b)
        }
        let (d, p) = (apart.squareRoot(), together.squareRoot())
        let angle = 2 * Double.atan2(y: d, x: p)
        // Each pair stands twice in the sum.
        sum += 2 * factor * angle * angle
        guard d > 0, p > 0 else { continue }
        let slope = 2 * factor * 2 * angle * 2 / (apart + together)
        for index in styles[i].indices {
          let (a, b) = (Double(styles[i][index]), Double(styles[j][index]))
          gradients[i][index] += slope * (p * (a - b) / d - d * (a + b) / p)
          gradients[j][index] += slope * (p * (b - a) / d - d * (a + b) / p)
        }
      }
    }
    return (sum, gradients)
  }
}
