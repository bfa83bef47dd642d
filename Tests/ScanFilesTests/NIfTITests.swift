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

  /// NIfTI-2: whole numbers; doubles, most significant byte first; the values times 0.5 plus 3 as above.
  case second = """
    H4sIAAAAAAAC/82StwrCYBRGT/7E5deIgw0Rja5uvoAvY8kUy2SbbM9mm2yTbbJNPoIB4xZUgoNnOXD57oUPblKAlcujy4TU\
    CKHyxOdYc/yaKx/8nnvBqw3hdue/EZ43v+3365wbit1Dtf9A4ieATpAwEaLEiJMijUGGLEVKlKlgYlGlRp0GTVq06dClR58B\
    Q0aMmTBlxpwFS1as2bBlx54DR06cuXDlxgNCaqfPmAIAAA==
    """
  case secondBigEndian = """
    H4sIAAAAAAAC/82SPwrCMBSHY1WQguAsDh1EijqJ/yYbj1FbatYkrWfwKB7Fo3gEj6CQL4M6WNHB1+Ej33u/lxYqRDA4TGai\
    G/ZDIe+PqyZsw9aTb7zhSyXX7+gqiB7Pf1/Bp4G63/frubp7/A8iO7AHh3AEYziGUziHC7iEK7iGG5hA6Xl03HJOPSWkn54d\
    d/QzfIbP8Tm5nH6BL/CF9+T29BV9pSBz6gSZ18zrCJLT5DQ5gzd44z37DPss3uKt9xfHkvtKfImv8BXvUbn7bkj4ATwABAAA
    """
  case secondScaled = """
    H4sIAAAAAAAC/82StwrCYBRGT4ogv0YcbIhodHXzBfRhbFMsk22yPZttsk2WTLbJRzBgAg6ikEE8y4GPey98cBMyGNkcmogL\
    lSAKTzy2VdtOLn3xZ+55t9bl1zumnXsL/DGy602n96/n3iFZPRTrDwQ+/GgECBEmQpQYSVLopMlQpESZClUMatRp0KRFmw5d\
    evQZMGTEmAlTZsxZsGTFmg1bduw5cMTkxJkLV248AK2L44CYAgAA
    """

  func value(_ index: (slice: Int, row: Int, column: Int)) -> Float {
    let value = Float(100 * index.slice + 10 * index.row + index.column)
    if self == .secondScaled { return 0.5 * value + 3 }
    guard self == .scaled else { return value }
    // nibabel stored the nearest whole number of what it was given, and reads this.
    return 0.5 * (0.5 * value + 3).rounded(.toNearestOrEven) + 3
  }
}

/// Two volumes of 5 × 4 × 3 voxels of value 1000 v + 100 z + 10 y + x each, in NIfTI-1 and NIfTI-2.
private enum SeveralVolumes {
  static let fixtures = [
    """
    H4sIAAAAAAAC/82QNU/DARTEf+07rEgYsAlbmfgEDKzYhIUBKRKkyIR0INjnKTJhE1IkSJEJm6AtTNiE/VOYCGk6ci+Xe3k3\
    3OW1uEgIIsmh4cYVm99udkwnK+IzUPmt/wXuON5fPRO9ga+s/GdzOSnmfMhDOhlkkkUOueSRTwGFFFFMCaV46aSLbnrwMcgQ\
    w4wwyhjjTOBnimlmmGWOIDvsssc+IU445YxzLrjkimtuuOWOMBGihC1iUbu3B3u0J3u2F3u1N3u3D/t0yiQrRalKk0dVqlaN\
    alWnejWoUU1qVqva1K4OedWrPvVrQD4FNK8FLWpJy1rRqta0rg1takvbCupAhzrSsUL6AlyXQABQAgAA
    """,
    """
    H4sIAAAAAAAC/83SvUocURgG4M/JrsiCkDqk2N5GvIGMuoUaC9HESpOtkmjhBSSKJ2U0af3ZasqUKVNOGSSIFyAyhFzAEkS2\
    zLO46bIiS4p8zMP7DnPOgYHzOIvYmZqJycajxsNoRi1upz7IP+8PBpkNcmxI3j3dJ6NmM/vbOf/3ZCPvvO///et1wyb19+ce\
    Es3ZiGlyVmhT8JkvfKWkS4+Yc5OY4BtnfOecCy65ouIHP+nyi2tu6JHNu4nUqDPOAoss8ZRlVlnjGc9ZZ4NNXvCSNq94zRu2\
    2OZtK3ISJfFO39WJPd9IxL5OoiSSpCLet6JJTvrQioKSijjQqYhD68iJjzo5bVK/f9JJFJTEkXXktEn9fqyTKCj7/USnpCJO\
    dSqi4wzyTus3yHNk8wAEAAA=
    """,
  ]
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

  /// Slice s of volume v is image 3 v + s.
  @Test(arguments: SeveralVolumes.fixtures) func volumesFollowEachOther(base64: String) throws {
    let volume = try NIfTIVolume(path: try written(base64))
    #expect((volume.volumes, volume.slices, volume.images) == (2, 3, 6))
    var seen: [Int] = []
    try volume.read([5, 1, 3]) { index, image in
      seen.append(index)
      for row in 0..<4 {
        for column in 0..<5 {
          let value = 1000 * (index / 3) + 100 * (index % 3) + 10 * row + column
          #expect(image.values[5 * row + column] == Float(value))
        }
      }
    }
    #expect(seen == [1, 3, 5])
  }

  @Test(arguments: [
    (
      """
      H4sIAAAAAAAC/4thZCAKsDIwMzAxMAIhhEQFLAwCYLrBHj/e4AyhBwtgwiOHzZ3EijEw5Gkb4rUZACUI0fJ4AQAA
      """,
      "5 axes of the sizes 3 × 2 × 1 × 1 × 2"
    ),
    (
      """
      H4sIAAAAAAAC/5NhYmDI0zZi4OWS4mJhEGBgZYAAZijNBKUZ0fjMaOIwGj/4YE8urcCEzZzBDZjI1kms/6itjnYAALna9XJo\
      AgAA
      """,
      "5 axes of the sizes 3 × 2 × 1 × 2 × 3"
    ),
    (
      """
      H4sIAAAAAAAC/83SuU4CARSF4W8Wm0GNhQghRtHWjhfwZVSshqXCpXJ7NhcqQCu3CsGKR3ASsZugIRT+zZ/cnHuTk9zNkHSv\
      JqkkYmsi3yxNHU/9Mw9+8Wwm+/O6Gubd+d+Ec2/+td+ic3kEWY8o+4NEwbIVq9YVbSgp27KtaseuA4eO1B1LNTS1tHWcOHXm\
      3IVLV67duHXn3oOunr6BR0+evXj15t3Qh5GxT18BrX8dmAIAAA==
      """,
      "transfer as text"
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
