import Arrays
import Generators
import Numerics
import Testing

@testable import Reconstruction

/// The encoder's answer to an image and its mirror images, at odd sizes.
@Suite struct EncoderAnswerTests {
  private let image: ComplexArray = {
    var random = RandomStream(seed: 4)
    return ComplexArray(
      shape: [13, 11], values: (0..<143).map { _ in Complex(random.normal(), random.normal()) })
  }()

  private func answer(views: Int, channels: Int) -> EncoderAnswer {
    EncoderAnswer(
      network: ILOBench.weights(radii: [1, 1, 1], channels: channels).network,
      frame: ImageFrame(shape: image.shape, factor: 4), views: views)
  }

  /// ‖a − b‖² / ‖b‖².
  private func distance(_ a: ComplexArray, _ b: ComplexArray) -> Double {
    var difference = a
    difference.add(-1, times: b)
    return difference.squaredNorm / b.squaredNorm
  }

  @Test func rowsAndColumnsChangePlaces() {
    let both = image.mirrored(rows: true, columns: true)
    #expect(both.values == image.values.reversed())
    for (rows, columns) in [(true, false), (false, true)] {
      let once = image.mirrored(rows: rows, columns: columns)
      #expect(once != image && once.mirrored(rows: rows, columns: columns) == image)
      #expect(once.mirrored(rows: !rows, columns: !columns) == both)
    }
    #expect(image.mirrored(rows: false, columns: true).values[3] == image.values[7])
  }

  /// One view is what the generator draws of the encoder's means.
  @Test(arguments: [1, 2]) func oneViewIsThePlainAnswer(channels: Int) {
    let plain = answer(views: 1, channels: channels)
    let seen = plain.frame.paste(image, scale: 1 / 1.7, channels: channels)
    let space = LatentSpace(generator: plain.network.generator, frame: plain.frame)
    let drawn = plain.frame.cut(
      space.draw(space.vector(plain.network.encode(seen))).output, scale: 1.7)
    #expect(distance(plain.image(to: image, scale: 1.7), drawn) < 1e-10)
  }

  /// The mean over a group of mirrors commutes with each of them; the answer to one view does not.
  @Test(arguments: [2, 4]) func mirrorImagesHaveMirrorAnswers(views: Int) {
    for rows in [false, true] where views == 4 || !rows {
      func difference(_ views: Int) -> Double {
        let answer = answer(views: views, channels: 2)
        let there = answer.image(to: image.mirrored(rows: rows, columns: true), scale: 1)
        let back = answer.image(to: image, scale: 1).mirrored(rows: rows, columns: true)
        return distance(there, back)
      }
      #expect(difference(views) < 1e-10)
      #expect(difference(1) > 1e-4)
    }
  }
}
