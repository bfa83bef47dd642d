import Arrays
import Generators
import Layers
import Numerics
import Synchronization

/// The random views and noise of one training step.
///
/// What they hold follows from the recipe's seed and the step alone. The views and the noise are cut
/// into pieces that threads fill in any order.
final class TrainingBatch: @unchecked Sendable {
  private let recipe: TrainingRecipe
  private let root: RandomStream
  private let choice: [Int]
  private let pairs: Mutex<[Int: Undersampling.Pair]>
  private let normals: UnsafeMutablePointer<Float>
  private let pixels: Int
  /// One draw for every two normal numbers.
  private let draws: [UInt64]
  private let counts: [Int]
  private let drawsPerPiece = 8192

  init(recipe: TrainingRecipe, step: Int, choice: [Int]) {
    self.recipe = recipe
    self.choice = choice
    root = RandomStream(seed: recipe.seed ^ 0x7472_6169_6e21).split(stream: UInt64(step))
    pixels = recipe.crop * recipe.crop
    let architecture = recipe.architecture
    counts = architecture.latents.indices.map {
      recipe.batch
        * architecture.deviationShape(level: $0, rows: recipe.crop, columns: recipe.crop)
        .reduce(1, *)
    }
    var stream = root.split(stream: 0)
    draws = (0..<(counts.reduce(0, +) + 1) / 2).map { _ in stream.next() }
    pairs = Mutex([:])
    normals = .allocate(capacity: 2 * draws.count)
  }

  deinit {
    normals.deallocate()
  }

  /// The number of pieces that `fill` makes, each of them once.
  var pieces: Int { recipe.batch + (draws.count + drawsPerPiece - 1) / drawsPerPiece }

  /// Makes piece `index`: a view, or some of the noise.
  func fill(_ index: Int, from images: some TrainingImages) {
    if index < recipe.batch {
      var stream = root.split(stream: UInt64(index) + 1)
      let image = images.image(choice[Int(stream.next() % UInt64(choice.count))])
      let view = recipe.augmentation.view(
        of: image, rows: images.rows, columns: images.columns, crop: recipe.crop, random: &stream)
      pairs.withLock { $0[index] = pair(view, random: &stream) }
      return
    }
    let first = (index - recipe.batch) * drawsPerPiece
    for draw in first..<min(draws.count, first + drawsPerPiece) {
      (normals[2 * draw], normals[2 * draw + 1]) = RandomStream.normalPair(draws[draw])
    }
  }

  private func pair(_ view: [Float], random: inout RandomStream) -> Undersampling.Pair {
    let view = RealArray(shape: [recipe.crop, recipe.crop], values: view)
    if random.uniform() < recipe.undersampling.share,
      let pair = recipe.undersampling.pair(view, random: &random)
    {
      return pair
    }
    let whole = ComplexArray(shape: view.shape, values: view.values.map { Complex($0, 0) })
    return Undersampling.Pair(input: whole, target: whole)
  }

  /// What the decoder should draw, `[batch, crop, crop, imageChannels]`.
  var images: Features { features(recipe.architecture.imageChannels) { $0.target } }

  /// What the encoder sees, `[batch, crop, crop, encoderChannels]`.
  var inputs: Features { features(recipe.architecture.encoderChannels) { $0.input } }

  private func features(
    _ channels: Int, _ image: (Undersampling.Pair) -> ComplexArray
  ) -> Features {
    let pairs = pairs.withLock { $0 }
    return Features(
      batch: recipe.batch, rows: recipe.crop, columns: recipe.crop, channels: channels
    ) { out in
      for index in 0..<recipe.batch {
        guard let pair = pairs[index] else { fatalError("view \(index) was not made") }
        let to = out + index * channels * pixels
        for (pixel, value) in image(pair).values.enumerated() {
          to[channels * pixel] = value.real
          if channels == 2 { to[2 * pixel + 1] = value.imaginary }
        }
      }
    }
  }

  /// The noise of every level's latents, coarse to fine, `[batch, rows, columns, latents]`.
  var noise: [Features] {
    var start = 0
    return counts.enumerated().map { level, count in
      let shape = recipe.architecture.deviationShape(
        level: level, rows: recipe.crop, columns: recipe.crop)
      defer { start += count }
      return Features(
        batch: recipe.batch, rows: shape[0], columns: shape[1], channels: shape[2]
      ) { $0.update(from: normals + start, count: count) }
    }
  }
}
