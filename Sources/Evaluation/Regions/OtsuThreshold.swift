/// The threshold that best divides finite values into two classes; none without two values.
///
/// Otsu, IEEE Trans. Syst. Man Cybern. 9, 62 (1979), as scikit-image has it (`threshold_otsu`): a
/// histogram of 256 equal bins from the least to the greatest value, and of the bins' centres the
/// first that makes the variance between the classes greatest. Values above the threshold belong to
/// the upper class.
func otsuThreshold(_ values: [Double]) -> Double? {
  guard let low = values.min(), let high = values.max(), low < high else { return nil }
  let bins = 256
  let width = (high - low) / Double(bins)
  let edges = (0...bins).map { $0 == bins ? high : Double($0) * width + low }
  var counts = [Double](repeating: 0, count: bins)
  for value in values {
    var bin = min(bins - 1, max(0, Int((value - low) / (high - low) * Double(bins))))
    // Rounding may put a value that lies on an edge on its wrong side; `numpy.histogram` mends the
    // same.
    if value < edges[bin] {
      bin -= 1
    } else if bin + 1 < bins, value >= edges[bin + 1] {
      bin += 1
    }
    counts[bin] += 1
  }
  let centres = (0..<bins).map { (edges[$0] + edges[$0 + 1]) / 2 }

  var (below, sumBelow) = (0.0, 0.0)
  let all = Double(values.count)
  let sum = zip(counts, centres).reduce(0) { $0 + $1.0 * $1.1 }
  var best = (variance: -Double.infinity, bin: 0)
  for bin in 0..<bins - 1 {
    below += counts[bin]
    sumBelow += counts[bin] * centres[bin]
    let above = all - below
    let distance = sumBelow / below - (sum - sumBelow) / above
    let variance = below * above * distance * distance
    if variance > best.variance { best = (variance, bin) }
  }
  return centres[best.bin]
}
