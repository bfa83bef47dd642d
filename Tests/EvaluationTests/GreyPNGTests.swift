import Arrays
import Foundation
import TestSupport
import Testing

@testable import Evaluation

@Suite struct GreyPNGTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func eightBitsReadBack() throws {
    var picture = GreyImage(rows: 16, columns: 16)
    for index in picture.pixels.indices { picture.pixels[index] = UInt8(index) }
    try picture.writePNG(to: folder.file("a.png"))
    let read = try GreyPNG(path: folder.file("a.png"))
    #expect((read.rows, read.columns) == (16, 16))
    #expect(try read.pixels() == RealArray(shape: [16, 16], values: (0..<256).map(Float.init)))
  }

  /// Written by Python's zlib after the PNG specification, so that nothing here is its own judge.
  @Test func sixteenBitsKeepAllOfThem() throws {
    let text = """
      iVBORw0KGgoAAAANSUhEUgAAAAMAAAACEAAAAADoj+WFAAAAFklEQVR42mNgYGBgZGRkmOPw/9///wAPBATb/5LS\
      9QAAAABJRU5ErkJggg==
      """
    try folder.write(try #require(Data(base64Encoded: text)), "a.png")
    let read = try GreyPNG(path: folder.file("a.png"))
    #expect((read.rows, read.columns) == (2, 3))
    #expect(try read.pixels().values == [0, 1, 257, 40000, 65534, 65535])
  }

  @Test func whatIsNotGreyOrNoPictureIsRefused() throws {
    try ColourImage(rows: 4, columns: 4, colour: .white).writePNG(to: folder.file("colour.png"))
    try folder.write(Data("no picture".utf8), "text.png")
    for (name, words) in [
      ("colour.png", "in colour"), ("text.png", "is no PNG"), ("none.png", "is no PNG"),
    ] {
      let error = #expect(throws: PNGReadError.self) { try GreyPNG(path: folder.file(name)) }
      #expect(error?.description.contains(words) == true)
      #expect(error?.description.hasPrefix(folder.file(name)) == true)
    }
  }

  @Test func aTruncatedFileIsRefused() throws {
    var picture = GreyImage(rows: 64, columns: 64)
    for index in picture.pixels.indices { picture.pixels[index] = UInt8(index * index % 251) }
    try picture.writePNG(to: folder.file("a.png"))
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("a.png")))
    try folder.write(data.prefix(data.count / 2), "a.png")
    let read = try GreyPNG(path: folder.file("a.png"))
    #expect(throws: PNGReadError.self) { try read.pixels() }
  }
}
