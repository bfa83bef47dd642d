import Arrays
import Testing

@testable import Evaluation

@Suite struct RegionTests {
  private let slice = RealArray(shape: [4, 5], values: (0..<20).map(Float.init))

  @Test func theWholeSliceHasEveryPixel() throws {
    let mask = try ImageRegion.whole.mask(of: slice)
    #expect(mask.pixels == 20)
    #expect(mask == RegionMask(wholeOfRows: 4, columns: 5))
  }

  @Test func aBoxHasItsRowsAndColumns() throws {
    let box = RegionBox(row: 1, column: 2, height: 2, width: 3, label: "cyst")
    let region = ImageRegion.box(box)
    #expect(region.name == "cyst")
    #expect(try region.mask(of: slice).pixelIndices == [7, 8, 9, 12, 13, 14])
  }

  @Test func aBoxIsClippedToTheSlice() throws {
    let low = RegionBox(row: -2, column: -1, height: 3, width: 3, label: "a")
    #expect(
      try low.clipped(rows: 4, columns: 5)
        == RegionBox(row: 0, column: 0, height: 1, width: 2, label: "a"))
    #expect(try ImageRegion.box(low).mask(of: slice).pixelIndices == [0, 1])
    let high = RegionBox(row: 3, column: 4, height: 10, width: 10, label: "b")
    #expect(
      try high.clipped(rows: 4, columns: 5)
        == RegionBox(row: 3, column: 4, height: 1, width: 1, label: "b"))
  }

  @Test(arguments: [
    RegionBox(row: 4, column: 0, height: 2, width: 2, label: "below"),
    RegionBox(row: 0, column: 5, height: 2, width: 2, label: "right"),
    RegionBox(row: -2, column: 0, height: 2, width: 2, label: "above"),
    RegionBox(row: 0, column: -2, height: 2, width: 2, label: "left"),
    RegionBox(row: 1, column: 1, height: 0, width: 2, label: "flat"),
  ])
  func aBoxOutsideIsRefused(box: RegionBox) throws {
    let error = #expect(throws: RegionError.outside(box: box, rows: 4, columns: 5)) {
      try ImageRegion.box(box).mask(of: slice)
    }
    #expect(error?.description.contains("“\(box.label)”") == true)
  }

  @Test func theForegroundIsWhatLiesAboveTheThreshold() throws {
    var image = RealArray(zeros: [6, 6])
    for index in 14..<17 { image.values[index] = 3 }
    image.values[20] = 4
    #expect(try ImageRegion.foreground.mask(of: image).pixelIndices == [14, 15, 16, 20])
  }

  @Test(arguments: [0, 2.5] as [Float])
  func aSliceOfOneValueHasNoForeground(value: Float) throws {
    let image = RealArray(shape: [6, 6], repeating: value)
    #expect(otsuThreshold(image.values.map(Double.init)) == nil)
    #expect(try ImageRegion.foreground.mask(of: image).pixels == 0)
  }

  /// Of two values any threshold between them divides best; the first is the centre of the first bin.
  @Test func theFirstOfEqualThresholdsIsTaken() {
    #expect(otsuThreshold([1, 3, 3, 1, 1]) == 1 + 1.0 / 256)
  }

  @Test func aReferenceThatHasNoRegionIsRefused() {
    var broken = slice
    broken.values[7] = .nan
    #expect(throws: RegionError.notFinite(row: 1, column: 2)) {
      try ImageRegion.foreground.mask(of: broken)
    }
    #expect(throws: RegionError.notSlice(shape: [1, 4, 5])) {
      try ImageRegion.whole.mask(of: slice.reshaped([1, 4, 5]))
    }
  }

  @Test func blocksBelongByHalfOfTheirPixels() {
    // 3×5: blocks of 2×2, and at the last row and column of 1×2, 2×1 and 1×1 pixels.
    let members = [
      1, 0, 0, 0, 1,
      0, 1, 0, 1, 0,
      0, 0, 1, 0, 1,
    ].map { $0 == 1 }
    let mask = RegionMask(rows: 3, columns: 5, members: members)
    #expect(mask.blockIndices() == [0, 2, 4, 5])
    #expect(RegionMask(wholeOfRows: 3, columns: 5).blockIndices() == Array(0..<6))
  }
}
