import Arrays
import LinearOperators

/// An inverse problem of images: what is measured of them.
public enum SolveTask: Sendable, Equatable {
  case denoise
  case inpaint(Inpainting)
  case superres(Downsampling, factor: Int)
  case deblur(Blur)
  case cs(Matrix, share: Double)

  /// Which pixels in-painting gets to see.
  public enum Inpainting: Sendable, Equatable {
    /// This share of them, at random.
    case random(share: Double)
    /// All but so many squares of so many pixels a side.
    case boxes(Int, side: Int)
    /// Those where a picture is not black.
    case mask(file: String)
  }

  /// How super-resolution's coarse image comes about.
  public enum Downsampling: String, Sendable, CaseIterable {
    /// Bicubic with anti-aliasing.
    case bicubic
    /// Means over squares.
    case average
    /// The centre of k-space.
    case kspace
  }

  /// The point spread function.
  public enum Blur: Sendable, Equatable {
    /// A Gaussian of a standard deviation in pixels.
    case gaussian(sigma: Double)
    /// A picture's values, divided by their sum.
    case kernel(file: String)
  }

  /// The matrix of compressed sensing.
  public enum Matrix: String, Sendable, CaseIterable {
    case circulant, gaussian, fourier, hadamard
  }

  /// The names of the tasks on the command line.
  public static let names = ["denoise", "inpaint", "superres", "deblur", "cs"]

  /// The task's name on the command line and in tables.
  public var name: String {
    switch self {
    case .denoise: "denoise"
    case .inpaint: "inpaint"
    case .superres: "superres"
    case .deblur: "deblur"
    case .cs: "cs"
    }
  }

  /// How the measurements are made, in a word for tables.
  public var variant: String {
    switch self {
    case .denoise: "identity"
    case .inpaint(.random): "random"
    case .inpaint(.boxes): "boxes"
    case .inpaint(.mask): "mask"
    case .superres(let kind, _): kind.rawValue
    case .deblur(.gaussian): "gaussian"
    case .deblur(.kernel): "kernel"
    case .cs(let matrix, _): matrix.rawValue
    }
  }

  /// How strong it is: the share of the pixels kept or of the measurements, the number of boxes, the factor,
  /// the deviation in pixels; nil where there is no such number.
  public var level: Double? {
    switch self {
    case .denoise, .inpaint(.mask), .deblur(.kernel): nil
    case .inpaint(.random(let share)), .cs(_, let share): share
    case .inpaint(.boxes(let count, _)): Double(count)
    case .superres(_, let factor): Double(factor)
    case .deblur(.gaussian(let sigma)): sigma
    }
  }

  /// What is measured, in words.
  public var text: String {
    switch self {
    case .denoise: "denoising"
    case .inpaint(.random(let share)): "in-painting, \(Self.percent(share)) of the pixels kept"
    case .inpaint(.boxes(let count, let side)):
      "in-painting of \(count) box\(count == 1 ? "" : "es") of \(side) × \(side) pixels"
    case .inpaint(.mask(let file)): "in-painting of the black pixels of \(fileName(file))"
    case .superres(.bicubic, let factor): "super-resolution \(factor)×, bicubic down-sampling"
    case .superres(.average, let factor): "super-resolution \(factor)×, average pooling"
    case .superres(.kspace, let factor): "super-resolution \(factor)×, k-space truncation"
    case .deblur(.gaussian(let sigma)): "deblurring, Gaussian of \(sigma) pixels"
    case .deblur(.kernel(let file)): "deblurring, kernel \(fileName(file))"
    case .cs(let matrix, let share):
      "compressed sensing, \(matrix.rawValue), \(Self.percent(share)) measurements"
    }
  }

  /// Whether measurements have imaginary parts.
  var isComplex: Bool {
    switch self {
    case .superres(.kspace, _), .cs(.fourier, _): true
    default: false
    }
  }

  /// Whether a measurement is a pixel of a magnitude image, in which noise can be Rician.
  public var hasMagnitudes: Bool {
    switch self {
    case .denoise, .inpaint, .deblur, .superres(.average, _), .superres(.bicubic, _): true
    case .superres(.kspace, _), .cs: false
    }
  }

  /// The picture that says how measurements are made, if one does.
  var picture: String? {
    switch self {
    case .inpaint(.mask(let file)), .deblur(.kernel(let file)): file
    default: nil
    }
  }

  /// The name of the image that measurements give without a prior.
  public var directName: String { if case .superres = self { "bicubic" } else { "adjoint" } }

  /// The factor by which coarse measurements are interpolated; nil for other tasks.
  private var factor: Int? { if case .superres(_, let factor) = self { factor } else { nil } }

  /// What shows the measurements of images of `shape` better than the adjoint does, or nil.
  func interpolation(shape: [Int]) -> (any LinearOperator)? {
    factor.map { SeparableOperator.bicubicUpsampling(shape: shape, factor: $0) }
  }

  /// The operator for images of `shape` `[rows, columns]`, its random parts drawn from `seed`.
  ///
  /// Throws an error that names the file for a mask or kernel that cannot be used, and `ExperimentError` for
  /// a factor that leaves no image.
  func system(shape: [Int], seed: UInt64) throws -> any LinearOperator {
    let (rows, columns) = (shape[0], shape[1])
    switch self {
    case .denoise: return IdentityOperator(shape: shape)
    case .inpaint(.random(let share)):
      return SelectionOperator(
        shape: shape,
        mask: InpaintingMask.randomPixels(rows: rows, columns: columns, share: share, seed: seed))
    case .inpaint(.boxes(let count, let side)):
      let mask = InpaintingMask.boxes(
        rows: rows, columns: columns, boxes: count, side: side, seed: seed)
      guard mask.contains(true) else {
        throw ExperimentError(
          "\(count) boxes of \(side) pixels cover all of \(rows) × \(columns) pixels; give fewer or "
            + "smaller ones")
      }
      return SelectionOperator(shape: shape, mask: mask)
    case .inpaint(.mask(let file)):
      return SelectionOperator(shape: shape, mask: try PictureInput(file: file).mask(shape: shape))
    case .superres(let kind, let factor):
      guard factor <= min(rows, columns) else {
        throw ExperimentError(
          "a factor of \(factor) leaves nothing of \(rows) × \(columns) pixels; give a smaller one")
      }
      switch kind {
      case .bicubic: return SeparableOperator.bicubicDownsampling(shape: shape, factor: factor)
      case .average: return SeparableOperator.averagePooling(shape: shape, factor: factor)
      case .kspace: return KSpaceTruncationOperator(shape: shape, factor: factor)
      }
    case .deblur(.gaussian(let sigma)):
      return ConvolutionOperator(shape: shape, kernel: BlurKernel.gaussian(sigma: sigma))
    case .deblur(.kernel(let file)):
      return ConvolutionOperator(
        shape: shape, kernel: try PictureInput(file: file).kernel(for: shape))
    case .cs(let matrix, let share):
      let count = rows * columns
      let measurements = min(count, max(1, Int((share * Double(count)).rounded())))
      switch matrix {
      case .circulant:
        return PartialCirculantOperator(shape: shape, measurements: measurements, seed: seed)
      case .gaussian:
        return GaussianOperator(shape: shape, measurements: measurements, seed: seed)
      case .fourier:
        return PartialFourierOperator(shape: shape, measurements: measurements, seed: seed)
      case .hadamard:
        return PartialHadamardOperator(shape: shape, measurements: measurements, seed: seed)
      }
    }
  }

  private static func percent(_ share: Double) -> String {
    let value = 100 * share
    return (value == value.rounded() ? String(Int(value)) : String(value)) + " %"
  }
}
