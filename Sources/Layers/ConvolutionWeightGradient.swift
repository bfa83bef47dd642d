import Arrays
import Kernels

extension ConvolutionShape {
  /// Adds the gradient with respect to weights and bias to the vectors given.
  ///
  /// - Parameters:
  ///   - input: what the forward pass read.
  ///   - gradient: `[batch, rows / stride, columns / stride, outputs]`.
  ///   - weights: `[outputs, inputs, kernel, kernel]`, added to.
  ///   - bias: `[outputs]`, added to.
  ///
  /// Every image is summed on its own and the images are added in order, so that the result does
  /// not depend on the number of threads.
  public func addWeightGradient(
    input: PaddedFeatures, gradient: Features, weights: UnsafeMutableBufferPointer<Float>,
    bias: UnsafeMutableBufferPointer<Float>
  ) {
    guard
      input.channels == inputs, gradient.channels == outputs, input.batch == gradient.batch,
      input.rows == gradient.rows * stride, input.columns == gradient.columns * stride,
      weights.count == weightCount, bias.count == outputs
    else { shapeMismatch("gradient \(gradient.shape) for \(self)") }
    let table = kernels().pointee
    let (h, w) = (gradient.rows, gradient.columns)
    let padded = roundUp16(outputs)
    let row = input.paddedColumns * inputs
    let length = kernel * inputs
    let size = kernel * length * padded
    // Two pieces an image: enough for two cores even at batch 1, few enough to add up quickly.
    let pieces = h >= 8 ? 2 : 1
    let rowsPerPiece = (h + pieces - 1) / pieces
    let count = gradient.batch * pieces
    let scratchCount = Int(kernels_row_scratch(Int32(w), Int32(outputs)))
    let partial = UnsafeMutablePointer<Float>.allocate(capacity: count * (size + outputs))
    defer { partial.deallocate() }
    input.values.withUnsafeBufferPointer { values in
      gradient.values.withUnsafeBufferPointer { dy in
        nonisolated(unsafe) let (values, dy, partial) = (values, dy, partial)
        parallelFor(count) { index in
          guard let x = values.baseAddress, let g = dy.baseAddress else { return }
          let n = index / pieces
          let rows = index % pieces * rowsPerPiece..<min(h, (index % pieces + 1) * rowsPerPiece)
          let sums = partial + index * (size + outputs)
          sums.update(repeating: 0, count: size + outputs)
          let image = g + n * h * w * outputs
          var job = weight_gradient(
            input: x + n * input.paddedRows * row, input_row: stride * row,
            input_pixel: stride * inputs, segment_stride: row, segments: Int32(kernel),
            segment_length: Int32(length), output_gradient: image, output_row: w * outputs,
            columns: Int32(w), output_channels: Int32(outputs))
          withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
            table.weight_gradient_rows(
              &job, Int32(rows.lowerBound), Int32(rows.upperBound), sums, scratch.baseAddress)
          }
          let biasSums = sums + size
          for pixel in rows.lowerBound * w..<rows.upperBound * w {
            let from = image + pixel * outputs
            for o in 0..<outputs { biasSums[o] += from[o] }
          }
        }
      }
    }
    for index in 0..<count {
      let sums = partial + index * (size + outputs)
      for o in 0..<outputs { bias[o] += sums[size + o] }
    }
    nonisolated(unsafe) let (target, sums) = (weights, partial)
    let taps = kernel * kernel
    parallelFor(inputs) { i in
      for tap in 0..<taps {
        let from = ((tap / kernel) * length + (tap % kernel) * inputs + i) * padded
        for o in 0..<outputs {
          var sum: Float = 0
          for index in 0..<count { sum += sums[index * (size + outputs) + from + o] }
          target[(o * inputs + i) * taps + tap] += sum
        }
      }
    }
  }
}
