import Arrays
import Numerics
import TestSupport
import Testing

@testable import ScanFiles

/// Coils made white by the corners of the image, where a file has no noise scan.
@Suite struct PrewhitenedScanTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private static let (coils, rows, columns) = (3, 96, 84)

  /// A bright block in the middle, with noise of other power in each coil and common to the first two.
  private func scan(
    block: Range<Int> = 30..<60, name: String = "a.h5", seed: UInt64 = 4
  ) throws -> (path: String, noise: ComplexArray) {
    let (coils, rows, columns) = (Self.coils, Self.rows, Self.columns)
    let pixels = rows * columns
    var random = RandomStream(seed: seed)
    var noise = ComplexArray(zeros: [coils, rows, columns])
    for pixel in 0..<pixels {
      let own = (0..<3).map { _ in Complex<Float>(random.normal(), random.normal()) }
      noise.values[pixel] = own[0] * Complex(2, 0)
      noise.values[pixels + pixel] = own[1] + own[0] * Complex(0, 0.8)
      noise.values[2 * pixels + pixel] = own[2] * Complex(0.5, 0)
    }
    var kspace = noise
    for row in block {
      for column in block {
        for coil in 0..<coils {
          kspace.values[(coil * rows + row) * columns + column] += Complex(200, Float(30 * coil))
        }
      }
    }
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    let path = folder.file(name)
    try TestScan(
      kspace: ComplexArray(shape: [1, coils, rows, columns], values: kspace.values)
    ).write(path)
    return (path, noise)
  }

  @Test func theNoiseOfAllCoilsIsWhiteAfterwards() throws {
    let (path, _) = try scan()
    let white = try ScanFile.open(path, ScanFile.Options(whitens: true))
    #expect(white.remarks["noise"]?.contains("corners of 7 × 7 pixels of slice 0") == true)
    try expectWhiteNoise(white)
  }

  /// The mean of two is whitened, not each by its own corners.
  @Test func theNoiseOfAMeanIsWhite() throws {
    let (path, _) = try scan()
    let (other, _) = try scan(name: "b.h5", seed: 5)
    let white = try ScanFile.open(path, ScanFile.Options(whitens: true, averages: [other]))
    #expect(white.remarks["noise"] != nil && white.remarks["repetitions"] != nil)
    #expect(white.averaged?.scans.count == 2)
    try expectWhiteNoise(white)
  }

  private func expectWhiteNoise(_ white: any Scan) throws {
    var image = try white.kspace(slice: 0)
    FourierTransform(rows: Self.rows, columns: Self.columns).inverse(&image)
    // Where neither the block nor the corners are.
    var covariance = [Complex<Double>](repeating: .zero, count: 9)
    var count = 0.0
    for row in 10..<25 {
      for column in 10..<74 {
        count += 1
        for a in 0..<3 {
          for b in 0..<3 {
            let left = image.values[(a * Self.rows + row) * Self.columns + column]
            let right = image.values[(b * Self.rows + row) * Self.columns + column]
            let product = left * right.conjugate
            covariance[3 * a + b] += Complex(Double(product.real), Double(product.imaginary))
          }
        }
      }
    }
    for a in 0..<3 {
      for b in 0..<3 {
        let value = covariance[3 * a + b].length / count
        let expected = a == b ? 2.0 : 0.0
        #expect(abs(value - expected) < 0.5, "\(a), \(b): \(value)")
      }
    }
  }

  @Test func cornersWithSignalAreRefused() throws {
    let (path, _) = try scan(block: 0..<20)
    #expect {
      _ = try ScanFile.open(path, ScanFile.Options(whitens: true))
    } throws: {
      "\($0)".contains("the corners of its image no noise alone")
    }
  }
}
