import Arrays
import Kernels

/// One run of the kernels over a batch: packed weights, the algorithm, and the cut into chunks.
struct ConvolutionPass: Sendable {
  private let inputs: Int
  private let outputs: Int
  private let kernel: Int
  private let stride: Int
  /// The zero border above and left of the input.
  private let top: Int
  private let left: Int
  private let winograd: Bool
  private let weights: PackedWeights
  private let set: KernelSet

  /// Winograd or direct, by measurement: ms of one thread, AVX-512 (Zen 4), forward, 3 × 3.
  ///
  ///     channels   image   Winograd  direct     channels  image   Winograd  direct
  ///     512 → 512     8²     1.75     2.68       16 → 16   256²     1.71     3.36
  ///     128 → 128    16²     0.19     0.67        8 → 32   128²     0.57     0.70
  ///      64 →  64    64²     0.88     2.90        4 → 16   256²     2.80     0.94
  ///      32 →   8   128²     0.57     3.01       16 →  1   256²     1.51     0.78
  ///      16 →   4   256²     1.51     2.41        1 → 16   256²     1.45     0.27
  static func prefersWinograd(inputs: Int, outputs: Int, kernel: Int) -> Bool {
    kernel == 3 && inputs >= 8 && outputs >= 3
  }

  /// The convolution itself or, `flipped`, its adjoint (stride 1); `weights` are canonical.
  init(
    _ shape: ConvolutionShape, weights canonical: UnsafePointer<Float>?, flipped: Bool,
    set: KernelSet
  ) {
    let (from, to) =
      flipped ? (shape.outputs, shape.inputs) : (shape.inputs, shape.outputs)
    (inputs, outputs, kernel) = (from, to, shape.kernel)
    stride = shape.stride
    (top, left) = (shape.border, shape.border)
    self.set = set
    winograd = Self.prefersWinograd(inputs: from, outputs: to, kernel: shape.kernel)
    guard winograd else {
      let taps = Int32(shape.kernel * shape.kernel)
      weights = PackedWeights(count: kernels_packed_count(Int32(to), Int32(from), taps)) {
        kernels_pack_weights(
          set.pointer, canonical, Int32(shape.outputs), Int32(shape.inputs), Int32(shape.kernel),
          Int32(shape.kernel), flipped ? 1 : 0, $0)
      }
      return
    }
    let table = set.table
    weights = PackedWeights(count: 36 * from * roundUp16(to)) {
      nonisolated(unsafe) let (packed, canonical) = ($0, canonical)
      parallelFor(roundUp16(to) / Int(table.block(Int32(to)))) { block in
        table.winograd_weights(
          canonical, Int32(from), Int32(to), flipped ? 1 : 0, Int32(block), packed)
      }
    }
  }

  /// One of the four phases of the adjoint of a 4 × 4 convolution of stride 2: the input pixels of
  /// row parity `phase / 2` and column parity `phase % 2`, a 2 × 2 convolution of the gradient.
  init(
    strideTwoAdjointOf shape: ConvolutionShape, weights canonical: UnsafePointer<Float>?,
    phase: Int, set: KernelSet
  ) {
    (inputs, outputs, kernel, stride) = (shape.outputs, shape.inputs, 2, 1)
    (top, left) = (1 - phase / 2, 1 - phase % 2)
    winograd = false
    self.set = set
    weights = PackedWeights(
      count: kernels_packed_count(Int32(shape.inputs), Int32(shape.outputs), 4)
    ) {
      kernels_pack_stride2_adjoint(
        set.pointer, canonical, Int32(shape.outputs), Int32(shape.inputs), Int32(phase / 2),
        Int32(phase % 2), $0)
    }
  }

  func run(_ input: FeatureView, _ output: feature_output) {
    if winograd {
      runWinograd(input, output)
    } else {
      runDirect(input, output)
    }
  }

  private func runDirect(_ input: FeatureView, _ output: feature_output) {
    nonisolated(unsafe) let job = direct_convolution(
      input: input.kernelView, output: output, kernel_rows: Int32(kernel),
      kernel_columns: Int32(kernel), stride: Int32(stride), top: Int32(top), left: Int32(left),
      weights: weights.values)
    let work = Int(output.columns) * kernel * kernel * inputs * roundUp16(outputs)
    // About 0.1 ms; the rows that neighbours share are copied twice, so not fewer than 4.
    let chunks = RowChunks(
      rows: Int(output.rows), work: work, images: input.batch, target: max(6_000_000, 4 * work))
    let table = set.table
    let scratch = withUnsafePointer(to: job) {
      kernels_direct_scratch($0, Int32(chunks.rowsPerChunk))
    }
    parallelFor(chunks.count, scratch: scratch) { [weights] index, scratch in
      let (image, rows) = chunks[index]
      withExtendedLifetime(weights) {
        withUnsafePointer(to: job) {
          table.direct_rows(
            $0, Int32(image), Int32(rows.lowerBound), Int32(rows.upperBound), scratch)
        }
      }
    }
  }

  private func runWinograd(_ input: FeatureView, _ output: feature_output) {
    nonisolated(unsafe) let job = winograd_convolution(
      input: input.kernelView, output: output, weights: weights.values)
    let table = set.table
    let chunks = WinogradChunks(
      tiles: withUnsafePointer(to: job.input) { Int(kernels_winograd_tiles($0)) },
      inputs: inputs, outputs: outputs,
      blocks: roundUp16(outputs) / Int(table.block(Int32(outputs))))
    let scratch = kernels_winograd_scratch(Int32(inputs), Int32(outputs))
    parallelFor(chunks.count, scratch: scratch) { [weights] index, scratch in
      let (tiles, blocks) = chunks[index]
      withExtendedLifetime(weights) {
        withUnsafePointer(to: job) {
          table.winograd_tiles(
            $0, Int32(tiles.lowerBound), Int32(tiles.upperBound), Int32(blocks.lowerBound),
            Int32(blocks.upperBound), scratch)
        }
      }
    }
  }
}

/// The tiles of a batch, and where these are few its output channels, cut into chunks.
struct WinogradChunks: Sendable {
  private let tiles: Int
  private let tilesPerChunk: Int
  private let blocks: Int
  private let blocksPerChunk: Int

  /// `blocks`: blocks of output channels.
  init(tiles: Int, inputs: Int, outputs: Int, blocks: Int) {
    self.tiles = tiles
    self.blocks = blocks
    if tiles < 48 && blocks > 1 {
      // Every weight is then read once; the input is transformed again for every chunk.
      tilesPerChunk = tiles
      blocksPerChunk = (blocks + 7) / 8
      return
    }
    blocksPerChunk = blocks
    // About 0.1 ms in groups of 48, which the kernels' blocks of 12, 16, 24 and 48 fill; two chunks at
    // least.
    let target = 6_000_000 / (36 * roundUp16(inputs) * roundUp16(outputs))
    tilesPerChunk = max(1, min((max(target, 1) + 47) / 48 * 48, (tiles + 1) / 2))
  }

  private var across: Int { (blocks + blocksPerChunk - 1) / blocksPerChunk }
  var count: Int { (tiles + tilesPerChunk - 1) / tilesPerChunk * across }

  subscript(index: Int) -> (tiles: Range<Int>, blocks: Range<Int>) {
    let (tile, block) = (index / across * tilesPerChunk, index % across * blocksPerChunk)
    return (
      tile..<min(tiles, tile + tilesPerChunk), block..<min(blocks, block + blocksPerChunk)
    )
  }
}
