import Arrays
import Kernels

extension ConvolutionShape {
  /// Adds the gradient with respect to weights and bias to the vectors given.
  ///
  /// - Parameters:
  ///   - input: what the forward pass read through a leaky rectifier of `slope`.
  ///   - gradient: `[batch, rows / stride, columns / stride, outputs]`.
  ///   - weights: `[outputs, inputs, kernel, kernel]`, added to.
  ///   - bias: `[outputs]`, added to.
  ///
  /// Parts of fixed size are summed on their own and added in order, so that the result does not
  /// depend on the number of threads.
  public func addWeightGradient(
    input: Features, slope: Float = 1, gradient: Features,
    weights: UnsafeMutableBufferPointer<Float>, bias: UnsafeMutableBufferPointer<Float>
  ) {
    input.withView(slope: slope) { input in
      gradient.withView { gradient in
        addWeightGradient(input: input, gradient: gradient, weights: weights, bias: bias)
      }
    }
  }

  /// The same of views; a slope of the input's is applied while it is read.
  ///
  /// `kernelSet` is `avx512`, `avx2` or `plain`; the best for this processor if nil.
  public func addWeightGradient(
    input: FeatureView, gradient: FeatureView, weights: UnsafeMutableBufferPointer<Float>,
    bias: UnsafeMutableBufferPointer<Float>, kernelSet: String? = nil
  ) {
    guard
      input.channels == inputs, gradient.channels == outputs, input.batch == gradient.batch,
      input.rows == gradient.rows * stride, input.columns == gradient.columns * stride,
      weights.count == weightCount, bias.count == outputs, gradient.slope == 1,
      let weights = weights.baseAddress, let bias = bias.baseAddress
    else { shapeMismatch("input \(input.shape) and gradient \(gradient.shape) for \(self)") }
    let job = weight_gradient(
      input: input.kernelView, output_gradient: gradient.kernelView, kernel_rows: Int32(kernel),
      kernel_columns: Int32(kernel), stride: Int32(stride), top: Int32(border),
      left: Int32(border))
    let table = KernelSet(kernelSet).table
    if prefersWinogradGradient {
      addWinogradGradient(job, table: table, weights: weights, bias: bias)
    } else {
      addDirectGradient(job, table: table, weights: weights, bias: bias)
    }
  }

  /// Winograd or direct, by measurement: ms of one thread, AVX-512 (Zen 4), 3 × 3.
  ///
  ///     channels   image   Winograd  direct     channels  image   Winograd  direct
  ///     512 → 512     8²     2.07     7.68       16 → 16   256²     1.97     3.58
  ///     128 → 128    16²     0.26     0.81        8 → 32   128²     0.52     0.80
  ///      64 →  64    64²     1.38     2.93        4 → 16   256²     1.53     1.22
  ///      32 →   8   128²     0.71     1.66       16 →  1   256²     1.74     0.60
  ///      16 →   4   256²     1.80     1.56        1 → 16   256²     2.38     1.19
  var prefersWinogradGradient: Bool { kernel == 3 && inputs >= 8 && outputs > 4 }

  private func addWinogradGradient(
    _ job: weight_gradient, table: kernel_table, weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let job = job
    let tiles = withUnsafePointer(to: job.input) { Int(kernels_winograd_tiles($0)) }
    let cut = WinogradGradientChunks(tiles: tiles, inputs: inputs, outputs: outputs)
    let (size, outputs) = (weightCount, self.outputs)
    let scratch = kernels_winograd_gradient_scratch(cut.largestBlock)
    // A block that is not cut over its tiles goes straight to the result.
    let parts = cut.groups == 1 ? 0 : cut.groups
    var biasParts = [Double](repeating: 0, count: cut.groups * outputs)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, parts * size)) { partial in
      biasParts.withUnsafeMutableBufferPointer { biasParts in
        nonisolated(unsafe) let (weights, partial) = (weights, partial.baseAddress)
        nonisolated(unsafe) let biasSums = biasParts.baseAddress
        parallelFor(cut.count, scratch: scratch) { index, scratch in
          let (block, group, tiles) = cut[index]
          var target = weights
          if let partial, parts > 0 {
            target = partial + group * size
            for o in block.out..<block.out + block.outs {
              let start = (Int(o) * inputs + Int(block.in)) * 9
              (target + start).update(repeating: 0, count: Int(block.ins) * 9)
            }
          }
          withUnsafePointer(to: job) {
            table.winograd_weight_gradient(
              $0, Int32(tiles.lowerBound), Int32(tiles.upperBound), block, target,
              block.in == 0 ? biasSums.map { $0 + group * outputs } : nil, scratch)
          }
        }
        guard let partial, parts > 0 else { return }
        addParts(partial, count: parts, size: size, to: weights)
      }
    }
    addBias(biasParts, parts: cut.groups, to: bias)
  }

  private func addDirectGradient(
    _ job: weight_gradient, table: kernel_table, weights: UnsafeMutablePointer<Float>,
    bias: UnsafeMutablePointer<Float>
  ) {
    nonisolated(unsafe) let job = job
    let rows = Int(job.output_gradient.rows)
    let (size, outputs) = (weightCount, self.outputs)
    // Two pieces an image: enough for two cores even at batch 1, few enough to add up quickly.
    let pieces = rows >= 8 ? 2 : 1
    let rowsPerPiece = (rows + pieces - 1) / pieces
    let count = Int(job.input.batch) * pieces
    let scratch = withUnsafePointer(to: job) { kernels_weight_gradient_scratch($0) }
    var biasParts = [Double](repeating: 0, count: count * outputs)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count * size) { partial in
      biasParts.withUnsafeMutableBufferPointer { biasParts in
        guard let partial = partial.baseAddress, let biasSums = biasParts.baseAddress else {
          return
        }
        nonisolated(unsafe) let (partials, biasTarget) = (partial, biasSums)
        parallelFor(count, scratch: scratch) { index, scratch in
          let first = index % pieces * rowsPerPiece
          let sums = partials + index * size
          sums.update(repeating: 0, count: size)
          withUnsafePointer(to: job) {
            table.weight_gradient_rows(
              $0, Int32(index / pieces), Int32(first), Int32(min(rows, first + rowsPerPiece)),
              sums, biasTarget + index * outputs, scratch)
          }
        }
        // The parts are [kernel, kernel, inputs, outputs]: added up in order in the first, then
        // turned round.
        for index in 1..<max(1, count) {
          for i in 0..<size { partials[i] += partials[index * size + i] }
        }
        let taps = kernel * kernel
        for tap in 0..<taps {
          for i in 0..<inputs {
            let from = partials + (tap * inputs + i) * outputs
            for o in 0..<outputs { weights[(o * inputs + i) * taps + tap] += from[o] }
          }
        }
      }
    }
    addBias(biasParts, parts: count, to: bias)
  }

  private func addBias(_ sums: [Double], parts: Int, to bias: UnsafeMutablePointer<Float>) {
    for o in 0..<outputs {
      bias[o] += Float((0..<parts).reduce(0) { $0 + sums[$1 * outputs + o] })
    }
  }
}

/// Adds `count` vectors of `size` floats to `target`, in order.
private func addParts(
  _ parts: UnsafePointer<Float>, count: Int, size: Int, to target: UnsafeMutablePointer<Float>
) {
  for index in 0..<count {
    let from = parts + index * size
    for i in 0..<size { target[i] += from[i] }
  }
}

/// A Winograd weight gradient cut into blocks of channels, whose products stay in the second-level
/// cache over all tiles of the batch; and where the blocks are few, into groups of tiles.
struct WinogradGradientChunks: Sendable {
  private let inputs: Int
  private let outputs: Int
  private let tiles: Int
  private let ins: Int
  private let outs: Int
  let groups: Int

  init(tiles: Int, inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
    self.tiles = tiles
    /// The width of the blocks, at most 64 and as even as multiples of 16 allow.
    func width(_ channels: Int) -> Int {
      let blocks = (channels + 63) / 64
      return min(channels, roundUp16((channels + blocks - 1) / blocks))
    }
    ins = width(inputs)
    outs = width(outputs)
    let blocks = (inputs + ins - 1) / ins * ((outputs + outs - 1) / outs)
    let work = 36 * tiles * roundUp16(inputs) * roundUp16(outputs)
    var groups = 1
    // Four chunks if each gets 0.1 ms.
    while blocks * groups < 4 && work / (blocks * groups) > 8_000_000 { groups *= 2 }
    self.groups = groups
  }

  private var blocksAcross: Int { (outputs + outs - 1) / outs }
  var count: Int { (inputs + ins - 1) / ins * blocksAcross * groups }
  var largestBlock: channel_block {
    channel_block(in: 0, ins: Int32(ins), out: 0, outs: Int32(outs))
  }

  subscript(index: Int) -> (block: channel_block, group: Int, tiles: Range<Int>) {
    let (block, group) = (index / groups, index % groups)
    let (first, out) = (block / blocksAcross * ins, block % blocksAcross * outs)
    let perGroup = (tiles + groups - 1) / groups
    return (
      channel_block(
        in: Int32(first), ins: Int32(min(ins, inputs - first)), out: Int32(out),
        outs: Int32(min(outs, outputs - out))),
      group, min(tiles, group * perGroup)..<min(tiles, (group + 1) * perGroup)
    )
  }
}
