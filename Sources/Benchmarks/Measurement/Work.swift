import Foundation
public import Generators
public import Layers

/// What a piece of work needs at least: floating-point operations and bytes moved.
///
/// Operations are those of the direct algorithm, so that a fast one (Winograd) may exceed the
/// machine's peak. Bytes are inputs, weights and outputs once each, in single precision.
public struct Work: Equatable, Sendable {
  /// Floating-point operations; nil where their number depends on the data.
  public var flops: Double?
  public var bytes: Double

  public init(flops: Double?, bytes: Double) {
    self.flops = flops
    self.bytes = bytes
  }

  /// A convolution, forward or either way back: 2 · N · Cin · Cout · K² · H · W of the output.
  public static func convolution(
    _ shape: ConvolutionShape, batch: Int, rows: Int, columns: Int
  ) -> Work {
    let (h, w) = (rows / shape.stride, columns / shape.stride)
    let values =
      batch * rows * columns * shape.inputs + batch * h * w * shape.outputs + shape.weightCount
    return Work(
      flops: 2 * Double(batch * h * w) * Double(shape.weightCount), bytes: 4 * Double(values))
  }

  /// Complex Fourier transforms: 5 · n · log₂ n each.
  public static func fourier(size: Int, count: Int) -> Work {
    let values = Double(size * count)
    return Work(flops: 5 * values * log2(Double(max(1, size))), bytes: 16 * values)
  }

  /// The normal operator of SENSE with a mask along columns.
  ///
  /// For each coil and pixel a product with the map (6), one transform along columns each way, and a product with the conjugate map added
  /// up (8). The maps are read once, the image is read and written.
  public static func senseNormal(coils: Int, rows: Int, columns: Int) -> Work {
    let pixels = Double(rows * columns)
    let transforms = fourier(size: columns, count: 2 * coils * rows).flops ?? 0
    return Work(
      flops: transforms + 14 * Double(coils) * pixels,
      bytes: 8 * pixels * Double(coils + 2))
  }

  /// A wavelet transform of a complex image: along both axes of every level, each output of the
  /// filter of `taps` takes 2 · taps − 1 operations in the real and in the imaginary part.
  public static func wavelet(rows: Int, columns: Int, levels: Int, taps: Int) -> Work {
    var (h, w, outputs) = (rows, columns, 0)
    for _ in 0..<levels {
      outputs += 2 * h * w
      (h, w) = ((h + 1) / 2, (w + 1) / 2)
    }
    return Work(
      flops: 2 * Double(2 * taps - 1) * Double(outputs), bytes: 16 * Double(rows * columns))
  }

  /// The generator's passes; see `LadderConvolutions`.
  public static func generator(
    _ architecture: LadderArchitecture, batch: Int, rows: Int, columns: Int, backward: Bool
  ) -> Work {
    let ladder = LadderConvolutions(architecture, rows: rows, columns: columns)
    let images = Double(batch)
    // Image and deviations once; on the way back the image's gradient and the deviations'.
    let values = images * Double(rows * columns + ladder.deviations) * (backward ? 2 : 1)
    let flops = images * (ladder.decoder + (backward ? ladder.decoderToDeviations : 0))
    return Work(flops: flops, bytes: 4 * (values + Double(ladder.decoderWeights)))
  }

  /// A training step.
  ///
  /// All convolutions of decoder and encoder forward, and back to their weights and to their inputs,
  /// but for the image itself. Parameters, both moments and the average are read
  /// and written.
  public static func training(
    _ architecture: LadderArchitecture, batch: Int, rows: Int, columns: Int
  ) -> Work {
    let ladder = LadderConvolutions(architecture, rows: rows, columns: columns)
    let parameters = Double(LadderNetwork.parameterCount(architecture))
    return Work(
      flops: Double(batch) * (3 * (ladder.decoder + ladder.encoder) - ladder.encoderInput),
      bytes: 4 * (Double(batch * rows * columns) + 8 * parameters))
  }
}

/// The operations of a ladder network's convolutions for one image.
struct LadderConvolutions {
  /// Of the decoder, forward.
  private(set) var decoder = 0.0
  /// Of the decoder, back to the deviations: all but the coarsest level's entry, before which there
  /// is nothing to differentiate.
  private(set) var decoderToDeviations = 0.0
  /// Of encoder and posteriors, forward.
  private(set) var encoder = 0.0
  /// Of the encoder's first convolution, which needs no gradient to its input.
  private(set) var encoderInput = 0.0
  private(set) var decoderWeights = 0
  /// The number of deviations.
  private(set) var deviations = 0

  init(_ architecture: LadderArchitecture, rows: Int, columns: Int) {
    let (widths, latents) = (architecture.widths, architecture.latents)
    let encoderWidths = architecture.encoderWidths
    let last = architecture.levels - 1
    func flops(_ i: Int, _ o: Int, _ kernel: Int, level: Int) -> Double {
      let pixels = (rows >> (last - level)) * (columns >> (last - level))
      return 2 * Double(i * o * kernel * kernel) * Double(pixels)
    }
    func decode(_ i: Int, _ o: Int, _ kernel: Int, level: Int, backward: Bool = true) {
      let count = flops(i, o, kernel, level: level)
      decoder += count
      if backward { decoderToDeviations += count }
      decoderWeights += i * o * kernel * kernel + o
    }
    for k in widths.indices {
      let (w, z) = (widths[k], latents[k])
      if k > 0 { decode(widths[k - 1], w, 3, level: k) }
      for _ in 0..<2 { decode(w, w, 3, level: k, backward: k > 0) }
      decode(w, 2 * z, 3, level: k)
      decode(z, w, 1, level: k)
      for _ in 0..<2 { decode(w, w, 3, level: k) }
      deviations += z * (rows >> (last - k)) * (columns >> (last - k))
      let e = encoderWidths[last - k]
      encoder += flops(w + e, w, 3, level: k) + flops(w, 2 * z, 3, level: k)
      encoder += 2 * flops(e, e, 3, level: k)
      if k > 0 {
        encoder += flops(encoderWidths[last - k], encoderWidths[last - k + 1], 4, level: k - 1)
      }
    }
    decode(widths[last], 1, 3, level: last)
    encoderInput = flops(1, encoderWidths[0], 3, level: last)
    encoder += encoderInput
  }
}
