import Arrays
import Evaluation
import LinearOperators

/// A grey picture that says how images are measured: a mask or a kernel.
struct PictureInput {
  let file: String

  /// The pixels of images of `shape` that are seen: those where the picture, of the same size, is not black.
  func mask(shape: [Int]) throws -> [Bool] {
    let picture = try GreyPNG(path: file).pixels()
    guard picture.shape == shape else {
      throw ExperimentError(
        "\(file): has \(Self.size(picture.shape)) pixels, but the images have \(Self.size(shape)); give "
          + "a mask of their size")
    }
    let mask = picture.values.map { $0 > 0 }
    guard mask.contains(true) else {
      throw ExperimentError("\(file): is black throughout; leave white what is to be seen")
    }
    return mask
  }

  /// The point spread function for images of `shape`, its sum 1.
  func kernel(for shape: [Int]) throws -> RealArray {
    let picture = try GreyPNG(path: file).pixels()
    guard let kernel = BlurKernel.normalised(picture) else {
      throw ExperimentError("\(file): is black throughout; a kernel needs a bright pixel")
    }
    guard zip(picture.shape, shape).allSatisfy({ $0 <= $1 }) else {
      throw ExperimentError(
        "\(file): the kernel has \(Self.size(picture.shape)) pixels, more than the images' "
          + "\(Self.size(shape)); give a smaller one")
    }
    return kernel
  }

  private static func size(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: " × ")
  }
}
