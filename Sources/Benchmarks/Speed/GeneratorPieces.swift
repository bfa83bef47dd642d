import Arrays
import Generators
import Layers
import Training

extension SpeedPiece {
  /// The convolutions of the generator, level by level, at batch 1.
  static func convolutions(_ data: BenchmarkData) -> [SpeedPiece] {
    let widths = LadderArchitecture.standard.widths
    return widths.enumerated().flatMap { level, channels in
      let side = data.sizes.generator >> (widths.count - 1 - level)
      let shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
      let work = Work.convolution(shape, batch: 1, rows: side, columns: side)
      let what = "\(channels)→\(channels) \(side)²"
      let input = { BenchmarkNetwork.normal([1, side, side, channels], seed: 1) }
      let convolution = {
        Convolution(
          shape: shape,
          weights: BenchmarkNetwork.normal([1, 1, 1, shape.weightCount], seed: 2).array.values,
          bias: Array(repeating: 0.1, count: channels))
      }
      return [
        SpeedPiece("convolution forward \(what)", work) {
          let (convolution, input) = (convolution(), input())
          return { _ = convolution.forward(input) }
        },
        SpeedPiece("convolution backward to input \(what)", work) {
          let (convolution, gradient) = (convolution(), input())
          return { _ = convolution.backwardToInput(gradient) }
        },
        SpeedPiece("convolution backward to weights \(what)", work) {
          let (input, gradient) = (input(), input())
          var weights = [Float](repeating: 0, count: shape.weightCount)
          var bias = [Float](repeating: 0, count: channels)
          return {
            weights.withUnsafeMutableBufferPointer { weights in
              bias.withUnsafeMutableBufferPointer { bias in
                shape.addWeightGradient(
                  input: input, gradient: gradient, weights: weights, bias: bias)
              }
            }
          }
        },
      ]
    }
  }

  /// The generator's passes and a training step.
  static func generator(_ data: BenchmarkData) -> [SpeedPiece] {
    let (side, architecture) = (data.sizes.generator, LadderArchitecture.standard)
    let passes = [1, data.sizes.batch].flatMap { batch in
      let network = {
        try BenchmarkNetwork(weights: data.weights(), side: side, batch: batch)
      }
      func work(backward: Bool) -> Work {
        .generator(architecture, batch: batch, rows: side, columns: side, backward: backward)
      }
      return [
        SpeedPiece("generator forward \(side)² batch \(batch)", work(backward: false)) {
          let made = try network()
          return {
            _ = made.network.generator.forward(made.deviations, rows: side, columns: side)
          }
        },
        SpeedPiece("generator forward+backward \(side)² batch \(batch)", work(backward: true)) {
          let made = try network()
          return { _ = made.passes() }
        },
      ]
    }
    let batch = data.sizes.batch
    let step = SpeedPiece(
      "training step \(side)² batch \(batch)",
      .training(architecture, batch: batch, rows: side, columns: side)
    ) {
      var trainer = try Trainer(recipe: .benchmark(side: side, batch: batch))
      let images = NoiseImages(rows: side, columns: side)
      return { _ = trainer.advance(on: images, choice: Array(0..<images.count)) }
    }
    return passes + [step]
  }
}

extension TrainingRecipe {
  /// The standard recipe with views of `side`, none of them undersampled, and `batch` of them in a step.
  static func benchmark(side: Int, batch: Int) -> TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.crop = side
    recipe.batch = batch
    recipe.undersampling.share = 0
    return recipe
  }
}
