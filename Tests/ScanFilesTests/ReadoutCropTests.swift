import Acquisition
import Arrays
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

@Suite struct ReadoutCropTests {
  /// k-space of a random image, and the image.
  private func example(_ rows: Int, _ columns: Int) -> (image: ComplexArray, kspace: ComplexArray) {
    var state: UInt32 = 7
    func next() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 24) - 0.5
    }
    let image = ComplexArray(
      shape: [2, rows, columns],
      values: (0..<2 * rows * columns).map { _ in Complex(next(), next()) })
    var kspace = image
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    return (image, kspace)
  }

  /// The image of the cropped k-space is the centre of the image, at all parities.
  @Test(arguments: [(8, 4), (9, 4), (8, 5), (9, 5), (7, 7), (12, 6)])
  func imageIsTheCentralRows(rows: Int, kept: Int) {
    let (image, kspace) = example(rows, 5)
    var result = ReadoutCrop(rows: rows, keptRows: kept).apply(kspace)
    #expect(result.shape == [2, kept, 5])
    FourierTransform(rows: kept, columns: 5).inverse(&result)
    let first = rows / 2 - kept / 2
    for coil in 0..<2 {
      for row in 0..<kept {
        for column in 0..<5 {
          let got = result.values[(coil * kept + row) * 5 + column]
          let expected = image.values[(coil * rows + row + first) * 5 + column]
          #expect((got - expected).length < 1e-5)
        }
      }
    }
  }

  @Test func theFactorComesFromTheHeaderAlone() {
    func kept(_ rows: Int, _ encoded: ScanHeader.Space?, _ recon: ScanHeader.Space?) -> Int {
      ReadoutCrop(header: ScanHeader(encoded: encoded, reconstructed: recon), rows: rows).keptRows
    }
    #expect(kept(640, nil, nil) == 640)
    #expect(
      kept(
        640, .init(rows: 640, columns: 4, rowExtent: 560),
        .init(rows: 320, columns: 4, rowExtent: 280)) == 320)
    // Interpolation in the image is no oversampling.
    #expect(
      kept(
        256, .init(rows: 256, columns: 4, rowExtent: 240),
        .init(rows: 512, columns: 4, rowExtent: 240)) == 256)
    // A smaller image matrix of the same extent is none either.
    #expect(
      kept(
        512, .init(rows: 512, columns: 4, rowExtent: 240),
        .init(rows: 256, columns: 4, rowExtent: 240)) == 512)
    // Without extents the matrices must do.
    #expect(kept(640, .init(rows: 640, columns: 4), .init(rows: 320, columns: 4)) == 320)
    // A header that states the matrix after cropping while the data are still oversampled.
    #expect(
      kept(
        512, .init(rows: 256, columns: 4, rowExtent: 240),
        .init(rows: 256, columns: 4, rowExtent: 240)) == 256)
    #expect(
      kept(
        100, .init(rows: 100, columns: 4, rowExtent: 300),
        .init(rows: 80, columns: 4, rowExtent: 240)) == 80)
  }

  @Test(arguments: [true, false]) func itHappensOnce(hasExtents: Bool) throws {
    let folder = try TemporaryFolder()
    var file = TestScan()
    file.kspace = pattern([1, 2, 12, 6])
    var header = ScanHeader(
      encoded: .init(rows: 12, columns: 6), reconstructed: .init(rows: 6, columns: 6))
    if hasExtents {
      header.encoded?.rowExtent = 24
      header.reconstructed?.rowExtent = 12
    }
    file.xml = header.xml
    try file.write(folder.file("a.h5"))
    let once = ReadoutCroppedScan(try FastMRIScan(path: folder.file("a.h5")))
    let twice = ReadoutCroppedScan(once)
    #expect(once.rows == 6 && once.imageSize == (6, 6))
    #expect(twice.rows == 6)
    #expect(try once.kspace(slice: 0).shape == [2, 6, 6])
    #expect(try once.kspace(slice: 0) == twice.kspace(slice: 0))
  }
}
