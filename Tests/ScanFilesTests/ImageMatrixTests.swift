import Acquisition
import Arrays
import Testing

@testable import ScanFiles

@Suite struct ImageMatrixTests {
  private func matrix(
    _ rows: Int, _ columns: Int, encoded: (Double, Double)? = (200, 300), image: [Int],
    over extent: (Double, Double)? = (200, 300)
  ) -> ImageMatrix? {
    ImageMatrix(
      header: ScanHeader(
        encoded: .init(
          rows: rows, columns: columns, rowExtent: encoded?.0, columnExtent: encoded?.1),
        reconstructed: .init(
          rows: image[0], columns: image[1], rowExtent: extent?.0, columnExtent: extent?.1)),
      rows: rows, columns: columns)
  }

  @Test func theHeadersImageIsMadeByPadding() throws {
    let twice = try #require(matrix(160, 240, image: [320, 480]))
    #expect(twice.padded == [320, 480] && twice.size == [320, 480])
    // Without extents too, and along one axis alone.
    let one = try #require(matrix(160, 100, encoded: nil, image: [160, 160], over: nil))
    #expect(one.padded == [160, 160] && one.size == [160, 160])
    // The encoded extent is larger than the image's: padded so that the pixels are the image's.
    let oversampled = try #require(
      matrix(128, 150, encoded: (200, 360), image: [256, 240], over: (200, 300)))
    #expect(oversampled.padded == [256, 288] && oversampled.size == [256, 240])
    // Finer along columns, cut along rows.
    let mixed = try #require(matrix(200, 100, image: [160, 160]))
    #expect(mixed.padded == [200, 160] && mixed.size == [160, 160])
  }

  @Test func whatIsNoFinerOrMakesNoSenseIsLeft() {
    #expect(matrix(160, 240, image: [160, 240]) == nil)
    #expect(matrix(160, 240, image: [120, 200]) == nil)
    #expect(matrix(160, 240, image: [160, 65_535]) == nil)
    #expect(ImageMatrix(header: ScanHeader(), rows: 4, columns: 4) == nil)
  }

  /// Elements are smaller by the factor of the matrices, and the middle one stays where it was.
  @Test(arguments: [[320, 480], [165, 241]]) func geometryFollows(size: [Int]) throws {
    let plane = try #require(
      SlicePlane(
        position: SIMD3(10, -20, 30), readDirection: SIMD3(0, 1, 0),
        phaseDirection: SIMD3(1, 0, 0), sliceDirection: SIMD3(0, 0, 1)))
    let scan = PlacedScan(placed: plane)
    let coarse = try VolumeGeometry(of: scan, slices: [0], size: (4, 4))
    let fine = try VolumeGeometry(
      of: scan, slices: [0], size: (size[0], size[1]), padded: size)
    #expect(coarse.spacing.x == 1 && coarse.spacing.y == 1)
    #expect(abs(fine.spacing.x - 4 / Double(size[1])) < 1e-12)
    #expect(abs(fine.spacing.y - 4 / Double(size[0])) < 1e-12)
    let (a, b) = (try #require(coarse.axes), try #require(fine.axes))
    let middle = a.origin + a.row * 2 + a.column * 2
    let same = b.origin + b.row * Double(size[0] / 2) + b.column * Double(size[1] / 2)
    let away = ((middle - same) * (middle - same)).sum().squareRoot()
    #expect(away < 1e-9)
  }

  /// A scan of another layout whose columns are fewer than the header's image keeps its rows; fastMRI's square
  /// is for its own files.
  @Test func theSquareIsForFastMRI() throws {
    struct Narrow: DerivedScan {
      let source: any Scan
      let layout: ScanLayout
      var rows: Int { 30 }
      var columns: Int { 20 }
      var header: ScanHeader {
        ScanHeader(
          encoded: .init(rows: 30, columns: 20, rowExtent: 300, columnExtent: 300),
          reconstructed: .init(rows: 60, columns: 60, rowExtent: 300, columnExtent: 300))
      }
      func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
        ComplexArray(zeros: [1, 30, 20])
      }
    }
    let plane = try #require(
      SlicePlane(
        position: .zero, readDirection: SIMD3(0, 1, 0), phaseDirection: SIMD3(1, 0, 0),
        sliceDirection: SIMD3(0, 0, 1)))
    let scan = PlacedScan(placed: plane)
    #expect(Narrow(source: scan, layout: .ismrmrd).imageSize == (30, 20))
    #expect(Narrow(source: scan, layout: .fastMRI).imageSize == (20, 20))
    for layout in [ScanLayout.ismrmrd, .fastMRI] {
      let matrix = ReadoutCroppedScan(Narrow(source: scan, layout: layout)).declaredMatrix
      #expect(matrix?.size == [60, 60] && matrix?.padded == [60, 60])
    }
  }
}
