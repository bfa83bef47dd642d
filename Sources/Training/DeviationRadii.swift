public import Generators
import Layers

extension LadderNetwork {
  /// The l1 radius of each level, per deviation, that keeps nearly all images inside their balls.
  ///
  /// It is the 95th percentile, over the chosen images, of the mean |ε| that the encoder gives. Take
  /// held-out images: the encoder knows those that it was trained on too well.
  public func deviationRadii(on images: some TrainingImages, choice: [Int]) -> [Double] {
    var means = [[Double]](repeating: [], count: architecture.levels)
    for index in choice {
      let image = images.cropped(
        index, toMultiplesOf: architecture.coarsestFactor, channels: architecture.encoderChannels)
      for (level, deviation) in encode(image).enumerated() {
        let sum = deviation.values.reduce(0.0) { $0 + Double(abs($1)) }
        means[level].append(sum / Double(deviation.values.count))
      }
    }
    return means.map { values in
      let sorted = values.sorted()
      return sorted.isEmpty ? 0 : sorted[Int((0.95 * Double(sorted.count - 1)).rounded())]
    }
  }
}
