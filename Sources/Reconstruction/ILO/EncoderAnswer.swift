import Arrays
import Generators
import Layers

/// What the generator draws of the encoder's answer to an image: the mean over the answers to the image and to
/// its mirror images, each mirrored back.
///
/// The training mirrors its images, so that no side is better known than the other and the answers to mirror images
/// are as good; what they get wrong is not the same. Source: the geometric self-ensemble of Lim, Son, Kim, Nah and Lee,
/// CVPR workshops 2017 ("EDSR+").
struct EncoderAnswer: Sendable {
  let network: LadderNetwork
  let frame: ImageFrame
  /// How many images are answered to: 1, the image; 2, with the one mirrored left to right; 4, with those mirrored
  /// top to bottom too.
  let views: Int

  /// The answer to `image`, `[rows, columns]` relative to the phase; `scale` is one in the generator's units.
  func image(to image: ComplexArray, scale: Float) -> ComplexArray {
    var mean = plain(to: image, scale: scale)
    guard views > 1 else { return mean }
    for view in 1..<views {
      let (rows, columns) = (view & 2 != 0, view & 1 != 0)
      let mirrored = image.mirrored(rows: rows, columns: columns)
      mean.add(1, times: plain(to: mirrored, scale: scale).mirrored(rows: rows, columns: columns))
    }
    mean.scale(by: 1 / Float(views))
    return mean
  }

  private func plain(to image: ComplexArray, scale: Float) -> ComplexArray {
    let seen = frame.paste(
      image, scale: 1 / scale, channels: network.architecture.encoderChannels)
    return frame.cut(network.image(ofMeansFor: seen), scale: scale)
  }
}

extension ComplexArray {
  /// An image `[rows, columns]` with its rows, its columns or both in the opposite order.
  func mirrored(rows: Bool, columns: Bool) -> ComplexArray {
    let (height, width) = (shape[0], shape[1])
    return ComplexArray(
      shape: shape,
      values: (0..<height * width).map { index in
        let (row, column) = (index / width, index % width)
        return values[
          (rows ? height - 1 - row : row) * width + (columns ? width - 1 - column : column)]
      })
  }
}
