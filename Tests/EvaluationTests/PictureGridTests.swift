import Arrays
import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct PictureGridTests {
  private func ramp(_ rows: Int, _ columns: Int) -> RealArray {
    RealArray(
      shape: [rows, columns], values: (0..<rows * columns).map { Float($0) / Float(rows * columns) }
    )
  }

  @Test func everyPictureHasItsPlace() throws {
    // As large as a picture is shown, so that no pixel is enlarged.
    let image = ramp(256, 256)
    let grey = GreyImage(image, white: 1)
    let error = SliceWindow(reference: image).error(RealArray(zeros: [256, 256]), image)
    let grid = try PictureGrid(
      heading: "heading",
      rows: [
        [.init(.grey(grey), title: "one"), .init(.mapped(error), title: "two", note: "note")],
        [.init(.empty, title: "none"), .init(.grey(grey), title: "three")],
      ], foot: "foot")
    let sheet = grid.rendered()
    #expect(sheet.columns == 2 * 14 + 2 * 256 + 8)
    let last = grey.pixels[256 * 256 - 1]
    let line = PictureFont.shared.height + 4
    let top = 14 + line + 8 + line
    #expect(sheet[top + 255, 14 + 255] == Colour(grey: last))
    #expect(sheet[top + 255, 14 + 264 + 255] == error.colour(256 * 256 - 1))
    // A row is a title, a picture, a note and a gap high; the empty place stays white.
    let below = top + 256 + line + 8 + line
    #expect(sheet[below + 255, 14 + 264 + 255] == Colour(grey: last))
    #expect(sheet[below + 100, 14 + 100] == .white)
  }

  @Test func smallPicturesAreEnlarged() throws {
    let grey = GreyImage(ramp(8, 8), white: 1)
    let sheet = try PictureGrid(
      heading: "", rows: [[.init(.grey(grey), title: "a")]], foot: ""
    ).rendered()
    let line = PictureFont.shared.height + 4
    let top = 14 + 8 + line
    #expect(sheet[top + 32, 14 + 32] == Colour(grey: grey.pixels[9]))
    #expect(sheet[top + 63, 14 + 63] == Colour(grey: grey.pixels[9]))
  }

  @Test func picturesOfTwoSizesAreRefused() {
    let (a, b) = (GreyImage(rows: 4, columns: 4), GreyImage(rows: 4, columns: 5))
    #expect(throws: PictureError.shapeMismatch(title: "b", shape: [4, 5], expected: [4, 4])) {
      try PictureGrid(
        heading: "", rows: [[.init(.grey(a), title: "a"), .init(.grey(b), title: "b")]], foot: "")
    }
    #expect(throws: PictureError.nothingToShow) {
      try PictureGrid(heading: "", rows: [[.init(.empty, title: "a")]], foot: "")
    }
  }

  @Test func aGreyPNGReadsBack() throws {
    let folder = try TemporaryFolder()
    let grey = GreyImage(ramp(5, 7), white: 1)
    try grey.writePNG(to: folder.file("a.png"))
    #expect(try GreyImage(contentsOfPNG: folder.file("a.png")) == grey)
    // Colours become greys.
    try ColourImage(rows: 2, columns: 3, colour: Colour(grey: 77)).writePNG(
      to: folder.file("b.png"))
    #expect(
      try GreyImage(contentsOfPNG: folder.file("b.png")) == GreyImage(rows: 2, columns: 3, grey: 77)
    )
  }

  @Test func whatIsNoPNGIsNamed() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(Data("no picture".utf8), "a.png")
    let error = #expect(throws: PictureError.self) { try GreyImage(contentsOfPNG: path) }
    #expect(error?.description.contains("a.png: cannot be read as a PNG picture") == true)
    #expect(throws: PictureError.self) { try GreyImage(contentsOfPNG: folder.file("none.png")) }
  }
}
