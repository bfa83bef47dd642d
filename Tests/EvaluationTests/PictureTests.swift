import Arrays
import CPNGSystem
import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// A made-up image `[rows, columns]` whose values run from 0 to 1.
private func ramp(_ rows: Int, _ columns: Int, offset: Float = 0) -> RealArray {
  RealArray(
    shape: [rows, columns],
    values: (0..<rows * columns).map { Float($0) / Float(rows * columns) + offset })
}

private func sheet(
  _ rows: Int, _ columns: Int, panels: Int, reference: Bool
) throws -> PictureSheet {
  let truth = ramp(rows, columns)
  return try PictureSheet(
    caption: .init(file: "head.h5", slice: 3, mask: "random", seed: "42"),
    reference: reference ? .image(truth, kind: "RSS") : .missing(reason: "the file holds none"),
    panels: (0..<panels).map { index in
      PictureSheet.Panel(
        title: "method \(index)", image: ramp(rows, columns, offset: 0.02 * Float(index + 1)),
        metrics: ImageMetrics(psnr: 30, ssim: 0.9, nmse: 0.01))
    },
    sampling: .init(
      samples: (0..<columns).map { $0 % 4 == 0 }, text: "asked 4x, achieved 4.00x"))
}

@Suite struct PictureTests {
  @Test func pngReadsBackPixelByPixel() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.png")
    var picture = ColourImage(rows: 5, columns: 3, colour: Colour(10, 20, 30))
    picture[4, 2] = Colour(255, 0, 128)
    try picture.writePNG(to: path)

    var header = png_image()
    header.version = UInt32(PNG_IMAGE_VERSION)
    #expect(png_image_begin_read_from_file(&header, path) != 0)
    #expect(header.width == 3 && header.height == 5)
    header.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    var pixels = [UInt8](repeating: 0, count: 45)
    #expect(png_image_finish_read(&header, nil, &pixels, 0, nil) != 0)
    #expect(pixels == picture.pixels)
    #expect(folder.names == ["a.png"])
  }

  @Test func pngToAFolderThatIsNotThereNamesTheFile() {
    let error = #expect(throws: OutputFileError.self) {
      try GreyImage(rows: 1, columns: 1).writePNG(to: "/nowhere/at/all.png")
    }
    #expect(error?.description.hasPrefix("cannot write /nowhere/at/all.png: ") == true)
  }

  @Test func greyRunsFromZeroToTheWindow() {
    let image = RealArray(shape: [1, 5], values: [-1, 0, 1, 2, 5])
    #expect(GreyImage(image, white: 2).pixels == [0, 0, 128, 255, 255])
    #expect(GreyImage(image, white: 0).pixels == [0, 0, 0, 0, 0])
  }

  @Test func percentilesInterpolateBetweenRanks() {
    #expect(percentile([4, 1, 3, 2], 50) == 2.5)
    #expect(percentile([7], 99.8) == 7)
    #expect(percentile([], 50) == 0)
  }

  @Test func theColourMapRunsFromBlackToPaleYellow() {
    #expect(ColourMap.inferno.colour(-1) == Colour(0, 0, 4))
    #expect(ColourMap.inferno.colour(2) == Colour(252, 255, 164))
    #expect(ColourMap.inferno.colour(.nan) == Colour(0, 0, 4))
  }

  @Test func everyGlyphLeavesInkAndUnknownOnesABox() {
    for character in FontGlyphs.characters + "語" where character != " " {
      var picture = ColourImage(rows: FontGlyphs.height, columns: 24, colour: .white)
      PictureFont.shared.draw(String(character), on: &picture, row: 0, column: 2, colour: .black)
      #expect(picture.pixels.contains { $0 < 128 }, "\(character) is blank")
    }
    let width = PictureFont.shared.width("8×")
    #expect(width > 18 && PictureFont.shared.width("8×", size: 2) == 2 * width)
  }

  @Test func longTextIsWrappedAndLongWordsAreCut() {
    let font = PictureFont.shared
    let lines = font.wrap("one two three incomprehensibilities", width: 80)
    #expect(lines.allSatisfy { font.width($0) <= 80 })
    #expect(lines.first == "one two")
    #expect(lines.last?.hasSuffix("…") == true)
  }

  @Test(arguments: [(32, 32, 8), (256, 216, 1), (640, 368, 1), (640, 64, 1), (64, 16, 16)])
  func smallImagesAreEnlarged(rows: Int, columns: Int, factor: Int) {
    let zoom = PictureZoom(rows: rows, columns: columns)
    #expect(zoom.reduce == 1)
    #expect(zoom.enlarge == (rows == 256 ? 2 : factor))
  }

  @Test func largeImagesAreAveragedInBlocks() {
    let zoom = PictureZoom(rows: 1500, columns: 3)
    #expect(zoom.reduce == 2 && zoom.enlarge == 1)
    let values: [Float] = [1, 3, 10, 5, 7, 20, 8, 8, 8]
    #expect(zoom.reduced(values, rows: 3, columns: 3) == [4, 15, 8, 8])
  }

  @Test(arguments: 1...8, [true, false])
  func anyNumberOfPanelsIsDrawn(panels: Int, reference: Bool) throws {
    let picture = try sheet(16, 12, panels: panels, reference: reference).rendered()
    let cells = panels + (reference ? 1 : 0)
    let perRow = cells <= 5 ? cells : (cells + 1) / 2
    #expect(picture.columns >= perRow * 256)
    #expect(picture.pixels.count == 3 * picture.rows * picture.columns)
    #expect(picture.rows >= 256 * (reference ? 2 : 1) * (cells > 5 ? 2 : 1))
  }

  @Test func errorMapsShareOneRoundScale() {
    let reference = RealArray(shape: [2, 2], values: [2, 1, 1, 1])
    let near = RealArray(shape: [2, 2], values: [2.1, 1.1, 0.9, -1.1])
    let far = RealArray(shape: [2, 2], values: [2.34, 1.34, 0.66, 0.66])
    let farthest = RealArray(shape: [2, 2], values: [0, 0, 0, 0])
    let scale = ErrorScale(reference: reference, images: [near, farthest, far])
    #expect(scale.referenceMaximum == 2)
    #expect(scale.upperPercent == 20)
    for position in scale.positions(near, reference) { #expect(abs(position - 0.25) < 1e-5) }
    let same = ErrorScale(reference: reference, images: [reference])
    #expect(same.upperPercent == 0.1)
    #expect(same.positions(reference, reference) == [0, 0, 0, 0])
  }

  @Test func onlyErrorMapsAreColoured() throws {
    func hasColour(_ picture: ColourImage) -> Bool {
      stride(from: 0, to: picture.pixels.count, by: 3).contains {
        abs(Int(picture.pixels[$0]) - Int(picture.pixels[$0 + 2])) > 60
      }
    }
    #expect(hasColour(try sheet(16, 16, panels: 2, reference: true).rendered()))
    #expect(!hasColour(try sheet(16, 16, panels: 2, reference: false).rendered()))
  }

  @Test func imagesThatCannotBeShownAreRefused() throws {
    let caption = PictureSheet.Caption(file: "f", slice: 0, mask: "m", seed: "0")
    let good = ramp(4, 4)
    var bad = good
    bad.values[6] = .nan
    #expect(throws: PictureError.nothingToShow) {
      try PictureSheet(caption: caption, reference: .missing(reason: "none"), panels: [])
    }
    #expect(throws: PictureError.notFinite(title: "ILO", row: 1, column: 2)) {
      try PictureSheet(
        caption: caption, reference: .image(good, kind: "RSS"),
        panels: [.init(title: "ILO", image: bad)])
    }
    #expect(
      throws: PictureError.shapeMismatch(title: "ILO", shape: [2, 8], expected: [4, 4])
    ) {
      try PictureSheet(
        caption: caption, reference: .image(good, kind: "RSS"),
        panels: [.init(title: "ILO", image: good.reshaped([2, 8]))])
    }
  }

  @Test func anEmptyImageIsDrawnBlack() throws {
    let zero = RealArray(zeros: [8, 8])
    let picture = try PictureSheet(
      caption: .init(file: "f", slice: 0, mask: "m", seed: "0"),
      reference: .image(zero, kind: "RSS"), panels: [.init(title: "a", image: zero)]
    ).rendered()
    #expect(picture.rows > 512)
  }
}
