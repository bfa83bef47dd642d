import Arrays
import Foundation
import TestSupport
import Testing

@testable import ScanFiles

/// NIfTI files that nibabel 5.4 wrote, compressed: `numpy` arrays of 5 × 4 × 3 (x, y, z) voxels of
/// value 100 z + 10 y + x.
private enum NIfTIFixture: String, CaseIterable {
  case int16 = """
    H4sIAAAAAAACA83QO05CARCF4e/yaAAJhSKVKC2VK6BgG5YCVghWghSE13pcBqiVKJUPKhVW4Q3QmBBC6T+ZOZM5\
    xUzmIrAXUXGxsAab+EtMZqXd0u68L6/1vxDZ4W27c98Z9eL5pgvCLdHwQwlJKQfSDh3JOpZzIu/UmYJLFVU1V+qu\
    NTTduNXSdqejp29gaGRs4sGjJ8+mXryaefPuw6e5L99+LCz9AlpceyPYAQAA
    """
  case float32 = """
    H4sIAAAAAAACA83QOwrCQBDG8UmyEUuPkN5GT2A0ja9CfFVRU/kqPEOOYmmZ0tJSRMQDiIh4gCAiKf2jNoqElH6z\
    vxnY3WJZV5NEMcQURdfe9ZmMWM/pF+IFzmv+S/SYs1/vTLonMsvmv+/YLPiwiiI52GjAwxwLBFhihRARpCSikMYa\
    G2yxwx4HHHHCGReEuOKGOyLo/L8BBRMplFFBFTXU0UQLbXTQhYse+hjAwxAjjDHB1HkABUCvRlACAAA=
    """
  /// The values times 0.5 plus 3 as whole numbers, with `set_slope_inter(0.5, 3)`.
  case scaled = """
    H4sIAAAAAAACA83QPQrCQBCG4Te6AQ1ERb2FlUUSUCEr/pwivQoa0IBaeiSP6OeQxiaIld/D7sDsFMMWAV+lTYjT\
    HdQ+4xhYfeTN57nSkKr3/EVaDW/vfX/tQTmZ1v/mTEhHukQS0zN9hjJiLAmpyZjJnIXkeLNkLRu2smNvDhzlRCln\
    LqbiKjfu8gJEO1V12AEAAA==
    """
  /// Doubles, most significant byte first.
  case bigEndian = """
    H4sIAAAAAAACA82SSwrCMBBAUz/g0iO4EBF1I/hb2YinqA1ptklTz+BRPIJH8CgewSNYycuioNKlE5pH38wkQ6kQ\
    iRJtoiv6olfvCasZsl4ivfx+jrfAP4rOt8SnOdu6d5zny2bdM34oOIBDOIYTOIUzuIAruIYbuIU7uIcplJFhYHng\
    PYuUkHx2DzyRz/E5nr9GKvoUeY3XeB09fQV5Q94YSJ25Quot9XYE6bP0Wfoc3uFd9JznOK/El/gy+keg5z6P9/gK\
    XzFHFe57AaHYxcJAAwAA
    """

  func value(_ index: (slice: Int, row: Int, column: Int)) -> Float {
    let value = Float(100 * index.slice + 10 * index.row + index.column)
    guard self == .scaled else { return value }
    // nibabel stored the nearest whole number of what it was given, and reads this.
    return 0.5 * (0.5 * value + 3).rounded(.toNearestOrEven) + 3
  }
}

@Suite struct NIfTITests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func written(_ base64: String, _ name: String = "a.nii.gz") throws -> String {
    try folder.write(try #require(Data(base64Encoded: base64)), name)
  }

  @Test(arguments: NIfTIFixture.allCases) fileprivate func voxelsReadBack(
    fixture: NIfTIFixture
  ) throws {
    let volume = try NIfTIVolume(path: try written(fixture.rawValue))
    #expect((volume.slices, volume.rows, volume.columns) == (3, 4, 5))
    var seen: [Int] = []
    try volume.read([2, 0]) { slice, image in
      seen.append(slice)
      #expect(image.shape == [4, 5])
      for row in 0..<4 {
        for column in 0..<5 {
          #expect(image.values[5 * row + column] == fixture.value((slice, row, column)))
        }
      }
    }
    #expect(seen == [0, 2])
  }

  /// zlib hands on what is not compressed.
  @Test func plainFilesReadToo() throws {
    let packed = try written(NIfTIFixture.float32.rawValue)
    let unpack = Process()
    unpack.executableURL = URL(fileURLWithPath: "/bin/gzip")
    unpack.arguments = ["-d", packed]
    try unpack.run()
    unpack.waitUntilExit()
    var sum: Float = 0
    try NIfTIVolume(path: folder.file("a.nii")).read([1]) { sum = $1.values.reduce(0, +) }
    #expect(sum == 20 * 117)
  }

  @Test(arguments: [
    (
      "H4sIAAAAAAACA4thZCAKsDAwgSEzAyMYogImBg4w3WCPH29whtCDBTDhkcPmTmLFGBjytA3x2gwActZnv3gBAAA=",
      "several volumes"
    ),
    (
      """
      H4sIAAAAAAACA82StwrCYBRGT/7E5deIgw0Rja5uvoAvY8kUy2SbbM9mm2yTbbJNPoIB4xZUgoNnOXD57oUPblKA\
      lcujy4TUCKHyxOdYc/yaKx/8nnvBqw3hdue/EZ43v+3365wbit1Dtf9A4ieATpAwEaLEiJMijUGGLEVKlKlgYlGl\
      Rp0GTVq06dClR58BQ0aMmTBlxpwFS1as2bBlx54DR06cuXDlxgNCaqfPmAIAAA==
      """, "NIfTI-2"
    ),
    (
      "H4sIAAAAAAACA4thZCAKMDMwgSEjFKICBQYHMN1gjx9vcIbQgwUw4ZHD5k5ixRgY8rQNqeJCAOI/nQigAQAA",
      "type 32"
    ),
  ])
  func whatCannotBeTakenIsNamed(base64: String, words: String) throws {
    let path = try written(base64)
    let error = #expect(throws: NIfTIError.self) { try NIfTIVolume(path: path) }
    #expect(error?.description.hasPrefix(path) == true)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  /// A slice of 2 GiB in a file of 352 bytes: no memory is asked for what cannot be there.
  @Test(arguments: [1, 16_384]) func claimsBeyondTheBytesAreRefused(slices: Int16) throws {
    var bytes = [UInt8](repeating: 0, count: 352)
    func put<Value: FixedWidthInteger>(_ value: Value, _ offset: Int) {
      withUnsafeBytes(of: value.littleEndian) {
        bytes.replaceSubrange(offset..<offset + $0.count, with: $0)
      }
    }
    put(Int32(348), 0)
    for (index, size) in [3, 16_384, 16_384, slices, 1, 1, 1, 1].enumerated() {
      put(Int16(size), 40 + 2 * index)
    }
    put(Int16(64), 70)
    put(Float(352).bitPattern, 108)
    bytes.replaceSubrange(344..<347, with: Array("n+1".utf8))
    let path = try folder.write(Data(bytes), "huge.nii")
    #expect { _ = try NIfTIVolume(path: path) } throws: {
      ($0 as? NIfTIError)?.description.hasSuffix("damaged; save it again") == true
    }
  }

  @Test func damageIsNamed() throws {
    let data = try #require(Data(base64Encoded: NIfTIFixture.int16.rawValue))
    let short = try folder.write(data.prefix(data.count - 40), "short.nii.gz")
    let volume = try NIfTIVolume(path: short)
    #expect(throws: NIfTIError.self) { try volume.read([0, 1, 2]) { _, _ in } }
    let text = try folder.write(Data("no volume".utf8), "text.nii")
    #expect(throws: NIfTIError.self) { try NIfTIVolume(path: text) }
    #expect(throws: NIfTIError.self) { try NIfTIVolume(path: folder.file("none.nii")) }
  }
}
