import Arrays
import Generators
import Layers
import Training

extension Comparison {
  /// The generator's passes and the training step, against PyTorch.
  static func generator(_ data: BenchmarkData) -> [Comparison] {
    [1, data.sizes.batch].flatMap { batch in
      [passes(data, batch: batch, backward: false), passes(data, batch: batch, backward: true)]
    } + [training(data, channels: 1), training(data, channels: 2)]
  }

  private static func passes(_ data: BenchmarkData, batch: Int, backward: Bool) -> Comparison {
    let side = data.sizes.generator
    let levels = LadderArchitecture.standard.levels
    let network = { try BenchmarkNetwork(weights: data.weights(), side: side, batch: batch) }
    return Comparison(
      piece: "generator forward\(backward ? "+backward" : "") \(side)² batch \(batch)",
      jobs: [
        (
          .pytorch,
          PeerJob(
            job: backward ? "generator" : "generator-forward",
            numbers: ["levels": Double(levels)], texts: ["weights": data.weightsPath])
        )
      ],
      inputs: {
        let made = try network()
        var arrays = ["gradient": data.folder.file("gradient.npy")]
        try NPYFile.write(made.gradient.array, to: data.folder.file("gradient.npy"))
        for (level, deviation) in made.deviations.enumerated() {
          arrays["deviation\(level)"] = data.folder.file("deviation\(level).npy")
          try NPYFile.write(deviation.array, to: data.folder.file("deviation\(level).npy"))
        }
        return Inputs(arrays: arrays)
      },
      ours: { results in
        let made = try network()
        let (image, gradients) = made.passes()
        // Winograd's rounding is 1e-6 of an image; a gradient jumps where it moves a feature over the
        // kink of the rectifier, in a few places by some hundredths of the largest.
        var agreement = [
          Agreement(
            name: "image",
            difference: relativeDifference(Array(image.values), try results.reals("image").values),
            tolerance: 1e-4)
        ]
        if backward {
          let theirs = try gradients.indices.map { try results.reals("gradient\($0)").values }
          let largest = zip(gradients, theirs).map { relativeDifference(Array($0.values), $1) }
          agreement += [
            Agreement(
              name: "gradients, largest",
              difference: largest.contains(where: \.isNaN) ? .nan : largest.max() ?? .nan,
              tolerance: 0.1),
            Agreement(
              name: "gradients, norm",
              difference: relativeNorm(gradients.flatMap(\.values), theirs.flatMap { $0 }),
              tolerance: 1e-2),
          ]
        }
        let generator = made.network.generator
        return OurSide(
          run: backward
            ? { _ = made.passes() }
            : { _ = generator.forward(made.deviations, rows: side, columns: side) },
          agreement: agreement)
      })
  }

  /// - Parameter channels: 1 for real images, 2 for complex ones.
  private static func training(_ data: BenchmarkData, channels: Int) -> Comparison {
    let (side, batch) = (data.sizes.generator, data.sizes.batch)
    var recipe = TrainingRecipe.benchmark(side: side, batch: batch)
    (recipe.architecture.imageChannels, recipe.architecture.encoderChannels) = (channels, channels)
    let weight: Float = 1
    let architecture = recipe.architecture
    let images = { BenchmarkNetwork.normal([batch, side, side, channels], seed: 13) }
    let noise = { (network: LadderNetwork) in
      var random = RandomStream(seed: 12)
      return network.latentNoise(batch: batch, rows: side, columns: side) { random.normal() }
    }
    return Comparison(
      piece: "training step \(side)² batch \(batch)\(channels == 1 ? "" : ", complex")",
      jobs: [
        (
          .pytorch,
          PeerJob(
            job: "training",
            numbers: [
              "levels": Double(recipe.architecture.levels), "rate": Double(recipe.learningRate),
              "imageScale": Double(recipe.loss.imageScale), "weight": Double(weight),
              "clip": Double(recipe.clip),
            ],
            texts: [
              "freeNats": recipe.loss.freeNats.map { String($0) }.joined(separator: ",")
            ])
        )
      ],
      inputs: {
        let network = LadderNetwork.untrained(architecture)
        let path = data.folder.file("weights.safetensors")
        try WeightsFile(
          architecture: network.architecture, parameters: network.parameters, notes: [:]
        ).write(to: path)
        var arrays = ["images": data.folder.file("images.npy")]
        try NPYFile.write(images().array, to: data.folder.file("images.npy"))
        for (level, values) in noise(network).enumerated() {
          arrays["noise\(level)"] = data.folder.file("noise\(level).npy")
          try NPYFile.write(values.array, to: data.folder.file("noise\(level).npy"))
        }
        let order = network.layout.entries.map(\.name).joined(separator: ",")
        return Inputs(arrays: arrays, texts: ["order": order, "weights": path])
      },
      ours: { results in
        let (network, images) = (LadderNetwork.untrained(architecture), images())
        let gradient = ParameterGradient(count: network.parameters.count)
        _ = network.evidence(
          images, from: images, noise: noise(network), settings: recipe.loss,
          divergenceWeight: weight,
          gradient: gradient)
        let theirs = try results.reals("gradient").values
        var trainer = try Trainer(recipe: recipe)
        let views = NoiseImages(rows: side, columns: side)
        return OurSide(
          run: { _ = trainer.advance(on: views, choice: Array(0..<views.count)) },
          agreement: [
            Agreement(
              name: "gradient, largest",
              difference: relativeDifference(Array(gradient.values), theirs),
              tolerance: 0.1),
            Agreement(
              name: "gradient, norm", difference: relativeNorm(Array(gradient.values), theirs),
              tolerance: 1e-2),
          ],
          note: "our step draws and augments its views and noise, the peer's are given")
      })
  }

  /// The convolutions of the generator, level by level, against PyTorch.
  static func convolutions(_ data: BenchmarkData) -> [Comparison] {
    let widths = LadderArchitecture.standard.widths
    return widths.enumerated().flatMap { level, channels in
      ["forward", "input", "weights"].map { part in
        convolution(
          data, part: part, channels: channels,
          side: data.sizes.generator >> (widths.count - 1 - level))
      }
    }
  }

  private static func convolution(
    _ data: BenchmarkData, part: String, channels: Int, side: Int
  ) -> Comparison {
    let shape = ConvolutionShape(inputs: channels, outputs: channels, kernel: 3)
    let input = { BenchmarkNetwork.normal([1, side, side, channels], seed: 1) }
    let gradient = { BenchmarkNetwork.normal([1, side, side, channels], seed: 4) }
    let weights = { BenchmarkNetwork.normal([channels, channels, 3, 3], seed: 2).array }
    let bias = RealArray(shape: [channels], repeating: 0.1)
    return Comparison(
      piece:
        "convolution \(part == "forward" ? "" : "backward to ")\(part) \(channels)→\(channels) \(side)²",
      jobs: [(.pytorch, PeerJob(job: "convolution", texts: ["part": part]))],
      inputs: {
        let arrays = [
          "input": input().array, "gradient": gradient().array, "weights": weights(), "bias": bias,
        ]
        for (name, array) in arrays {
          try NPYFile.write(array, to: data.folder.file("\(name).npy"))
        }
        return Inputs(
          arrays: Dictionary(
            uniqueKeysWithValues: arrays.keys.map { ($0, data.folder.file("\($0).npy")) }))
      },
      ours: { results in
        let (input, gradient) = (input(), gradient())
        let convolution = Convolution(shape: shape, weights: weights().values, bias: bias.values)
        var toWeights = [Float](repeating: 0, count: shape.weightCount)
        var toBias = [Float](repeating: 0, count: channels)
        func addWeightGradient() {
          toWeights.withUnsafeMutableBufferPointer { weights in
            toBias.withUnsafeMutableBufferPointer { bias in
              shape.addWeightGradient(
                input: input, gradient: gradient, weights: weights, bias: bias)
            }
          }
        }
        let (found, run): ([Float], () -> Void)
        switch part {
        case "forward":
          (found, run) = (
            Array(convolution.forward(input).values), { _ = convolution.forward(input) }
          )
        case "input":
          (found, run) = (
            Array(convolution.backwardToInput(gradient).values),
            { _ = convolution.backwardToInput(gradient) }
          )
        default:
          addWeightGradient()
          (found, run) = (toWeights, addWeightGradient)
        }
        let difference = relativeDifference(found, try results.reals("result").values)
        return OurSide(
          run: run,
          agreement: [Agreement(name: "result", difference: difference, tolerance: 1e-4)])
      })
  }
}
