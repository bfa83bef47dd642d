import Arrays
import Kernels

/// The sizes of a convolution: kernel 1 (stride 1), 3 (stride 1) or 4 (stride 2), zero padding that
/// keeps the size (or halves it).
public struct ConvolutionShape: Sendable, Hashable {
  public let inputs: Int
  public let outputs: Int
  /// Kernel rows and columns.
  public let kernel: Int

  public init(inputs: Int, outputs: Int, kernel: Int) {
    guard kernel == 1 || kernel == 3 || kernel == 4 else {
      shapeMismatch("kernel \(kernel); kernels of 1, 3 and 4 (stride 2) exist")
    }
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
  }

  public var stride: Int { kernel == 4 ? 2 : 1 }
  /// The zero border that the input needs.
  public var border: Int { kernel == 1 ? 0 : 1 }
  /// The number of weights, `outputs × inputs × kernel × kernel`.
  public var weightCount: Int { outputs * inputs * kernel * kernel }

  var usesWinograd: Bool { kernel == 3 && inputs % 16 == 0 && outputs % 16 == 0 }
}

/// A convolution with its weights laid out for the kernels, ready for forward and backward passes.
///
/// Immutable: weights are packed and Winograd-transformed once, at construction.
public struct Convolution: Sendable {
  public let shape: ConvolutionShape
  private let table: kernel_table
  private let forwardWeights: [Float]
  private let adjointWeights: [[Float]]
  private let bias: [Float]

  /// Prepares a convolution.
  ///
  /// - Parameters:
  ///   - weights: `[outputs, inputs, kernel, kernel]`, as PyTorch keeps them.
  ///   - bias: `[outputs]`.
  ///   - kernelSet: `avx512`, `avx2` or `plain`; the best for this processor if nil.
  public init(
    shape: ConvolutionShape, weights: [Float], bias: [Float], kernelSet: String? = nil
  ) {
    guard weights.count == shape.weightCount, bias.count == shape.outputs else {
      shapeMismatch("\(weights.count) weights and \(bias.count) biases for \(shape)")
    }
    guard let pointer = kernelSet.map({ kernels_named($0) }) ?? kernels() else {
      shapeMismatch("this processor has no kernel set \(kernelSet ?? "")")
    }
    self.shape = shape
    table = pointer.pointee
    let (i, o, k) = (Int32(shape.inputs), Int32(shape.outputs), Int32(shape.kernel))
    func packed(flipped: Bool) -> [Float] {
      let (from, to) = flipped ? (shape.outputs, shape.inputs) : (shape.inputs, shape.outputs)
      if shape.usesWinograd {
        return uninitialized(36 * from * to) {
          pointer.pointee.winograd_weights(weights, Int32(from), Int32(to), flipped ? 1 : 0, $0)
        }
      }
      return uninitialized(shape.kernel * shape.kernel * from * roundUp16(to)) {
        kernels_pack_weights(pointer, weights, o, i, k, k, flipped ? 1 : 0, $0)
      }
    }
    forwardWeights = packed(flipped: false)
    if shape.stride == 2 {
      adjointWeights = (0..<4).map { phase in
        uninitialized(4 * shape.outputs * roundUp16(shape.inputs)) {
          kernels_pack_stride2_adjoint(
            pointer, weights, o, i, Int32(phase / 2), Int32(phase % 2), $0)
        }
      }
    } else {
      adjointWeights = [packed(flipped: true)]
    }
    self.bias = bias + Array(repeating: 0, count: roundUp16(shape.outputs) - shape.outputs)
  }

  /// The convolution of `input` plus the bias, plus `residual` if given.
  ///
  /// `[batch, rows, columns, inputs]` to `[batch, rows / stride, columns / stride, outputs]`.
  public func forward(_ input: PaddedFeatures, adding residual: Features? = nil) -> Features {
    guard input.channels == shape.inputs, input.border == shape.border else {
      shapeMismatch("input of \(input.channels) channels, border \(input.border) for \(shape)")
    }
    let (h, w) = (input.rows / shape.stride, input.columns / shape.stride)
    if let residual, residual.shape != [input.batch, h, w, shape.outputs] {
      shapeMismatch("residual \(residual.shape) for an output of \(h) × \(w) × \(shape.outputs)")
    }
    return Features(batch: input.batch, rows: h, columns: w, channels: shape.outputs) { out in
      withOptionalPointer(residual?.values) { residual in
        if shape.usesWinograd {
          winograd(
            input, weights: forwardWeights, bias: bias, outputs: shape.outputs,
            residual: residual, to: out)
        } else {
          direct(
            DirectPass(
              input: input, offset: 0, stride: shape.stride, kernel: shape.kernel,
              weights: forwardWeights, bias: bias, rows: h, columns: w, outputs: shape.outputs,
              outputStep: 1, outputOffset: 0),
            residual: residual, to: out)
        }
      }
    }
  }

  /// The gradient with respect to the (padded, activated) input's interior.
  ///
  /// `[batch, rows / stride, columns / stride, outputs]` to `[batch, rows, columns, inputs]`.
  public func backwardToInput(_ gradient: Features) -> Features {
    guard gradient.channels == shape.outputs else {
      shapeMismatch("gradient of \(gradient.channels) channels for \(shape)")
    }
    let padded = PaddedFeatures(gradient, border: shape.border)
    let (h, w) = (gradient.rows * shape.stride, gradient.columns * shape.stride)
    return Features(batch: gradient.batch, rows: h, columns: w, channels: shape.inputs) { out in
      if shape.usesWinograd {
        winograd(
          padded, weights: adjointWeights[0], bias: nil, outputs: shape.inputs, residual: nil,
          to: out)
      } else if shape.stride == 1 {
        direct(
          DirectPass(
            input: padded, offset: 0, stride: 1, kernel: shape.kernel, weights: adjointWeights[0],
            bias: nil, rows: h, columns: w, outputs: shape.inputs, outputStep: 1, outputOffset: 0),
          residual: nil, to: out)
      } else {
        for phase in 0..<4 {
          let (r, c) = (phase / 2, phase % 2)
          // Padded row o of the gradient is output row o - 1; phase 1 starts one row further.
          direct(
            DirectPass(
              input: padded, offset: (r * padded.paddedColumns + c) * shape.outputs, stride: 1,
              kernel: 2, weights: adjointWeights[phase], bias: nil, rows: gradient.rows,
              columns: gradient.columns, outputs: shape.inputs, outputStep: 2,
              outputOffset: (r * w + c) * shape.inputs),
            residual: nil, to: out)
        }
      }
    }
  }

  private struct DirectPass {
    let input: PaddedFeatures
    let offset: Int
    let stride: Int
    let kernel: Int
    let weights: [Float]
    let bias: [Float]?
    let rows: Int
    let columns: Int
    let outputs: Int
    /// 2 where the pass writes every second row and column.
    let outputStep: Int
    let outputOffset: Int
  }

  private func direct(
    _ pass: DirectPass, residual: UnsafePointer<Float>?, to out: UnsafeMutablePointer<Float>
  ) {
    let input = pass.input
    let row = input.paddedColumns * input.channels
    let outputImage =
      pass.rows * pass.columns * pass.outputs * pass.outputStep * pass.outputStep
    let work = pass.columns * pass.kernel * pass.kernel * input.channels * roundUp16(pass.outputs)
    let chunks = RowChunks(rows: pass.rows, work: work, images: input.batch, target: 2_000_000)
    let scratchCount = kernels_row_scratch(Int32(pass.columns), Int32(pass.outputs))
    input.values.withUnsafeBufferPointer { values in
      pass.weights.withUnsafeBufferPointer { weights in
        withOptionalPointer(pass.bias) { bias in
          nonisolated(unsafe) let (out, residual, bias) = (out, residual, bias)
          nonisolated(unsafe) let (values, weights) = (values, weights)
          parallelFor(chunks.count) { index in
            let (n, range) = chunks[index]
            guard let start = values.baseAddress else { return }
            var job = direct_convolution(
              input: start + n * input.paddedRows * row + pass.offset,
              input_row: pass.stride * row, input_pixel: pass.stride * input.channels,
              segment_stride: row, segments: Int32(pass.kernel),
              segment_length: Int32(pass.kernel * input.channels), weights: weights.baseAddress,
              bias: bias, residual: residual.map { $0 + n * outputImage },
              output: out + n * outputImage + pass.outputOffset,
              output_row: pass.outputStep * pass.outputStep * pass.columns * pass.outputs,
              output_pixel: pass.outputStep * pass.outputs, columns: Int32(pass.columns),
              output_channels: Int32(pass.outputs))
            withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
              table.direct_rows(
                &job, Int32(range.lowerBound), Int32(range.upperBound), scratch.baseAddress)
            }
          }
        }
      }
    }
  }

  private func winograd(
    _ input: PaddedFeatures, weights: [Float], bias: [Float]?, outputs: Int,
    residual: UnsafePointer<Float>?, to out: UnsafeMutablePointer<Float>
  ) {
    let (h, w, c) = (input.rows, input.columns, input.channels)
    let row = input.paddedColumns * c
    let tiles = (h + 3) / 4 * ((w + 3) / 4)
    // Transformed input and products of a chunk stay in the second-level cache (1 MB a core).
    let fit = 600 * 1024 / (36 * (c + outputs) * 4) / 12 * 12
    let perChunk = min(max(24, fit), max(4, (tiles + 1) / 2))
    let chunksPerImage = (tiles + perChunk - 1) / perChunk
    let scratchCount = kernels_winograd_scratch(Int32(perChunk), Int32(c), Int32(outputs))
    input.values.withUnsafeBufferPointer { values in
      weights.withUnsafeBufferPointer { weights in
        withOptionalPointer(bias) { bias in
          nonisolated(unsafe) let (out, residual, bias) = (out, residual, bias)
          nonisolated(unsafe) let (values, weights) = (values, weights)
          parallelFor(input.batch * chunksPerImage) { index in
            let n = index / chunksPerImage
            let first = index % chunksPerImage * perChunk
            guard let start = values.baseAddress else { return }
            var job = winograd_convolution(
              input: start + n * input.paddedRows * row, input_row: row, input_channels: Int32(c),
              weights: weights.baseAddress, bias: bias,
              residual: residual.map { $0 + n * h * w * outputs },
              output: out + n * h * w * outputs, rows: Int32(h), columns: Int32(w),
              output_channels: Int32(outputs))
            let scratch = UnsafeMutablePointer<Float>.allocate(capacity: Int(scratchCount))
            defer { scratch.deallocate() }
            table.winograd_tiles(
              &job, Int32(first), Int32(min(tiles, first + perChunk)), scratch)
          }
        }
      }
    }
  }
}

func roundUp16(_ channels: Int) -> Int { (channels + 15) / 16 * 16 }

/// Calls `body` with the array's storage, or with nil.
func withOptionalPointer<Result>(
  _ values: [Float]?, _ body: (UnsafePointer<Float>?) -> Result
) -> Result {
  guard let values else { return body(nil) }
  return values.withUnsafeBufferPointer { body($0.baseAddress) }
}
