import Arrays
import Numerics
import Testing

@testable import Evaluation

/// The metrics against the values that scikit-image, scipy, sewar and piq gave.
@Suite struct MetricPeerTests {
  @Test(arguments: try MetricFixture.load().cases)
  func everyMetricInEveryRegionIsThatOfThePeer(fixture: MetricFixture.Case) throws {
    let (reference, reconstruction) = fixture.images
    let masks = try fixture.regions.map { try $0.mask(of: reference) }
    let prepared = try SliceReference(reference, dataRange: fixture.range, masks: masks)
    let measured = try prepared.measure(reconstruction)
    #expect(measured.count == 3)
    let expected = [fixture.whole, fixture.foreground, fixture.boxed]
    for (region, (measurement, values)) in zip(measured, expected).enumerated() {
      #expect(values.count == Metric.allCases.count)
      for metric in Metric.allCases {
        let value = try #require(measurement.values[metric])
        let peer = try #require(values[metric.rawValue])
        // Beyond rounding: numpy's sine may differ in its last bit and with it a pixel's.
        #expect(
          abs(value - peer) <= 1e-9 * abs(peer),
          "\(metric.title) in region \(region): \(value), by the peer \(peer)")
      }
    }
  }

  @Test(arguments: try MetricFixture.load().cases)
  func theThresholdIsThatOfScikitImage(fixture: MetricFixture.Case) throws {
    let reference = fixture.images.reference
    let threshold = try #require(otsuThreshold(reference.values.map(Double.init)))
    #expect(abs(threshold - fixture.threshold) <= 1e-12)
    #expect(try ImageRegion.foreground.mask(of: reference).pixels == fixture.foregroundPixels)
  }

  /// The constants for photographs are piq's and the authors' defaults.
  @Test(arguments: try MetricFixture.load().cases)
  func haarPSIWithItsFirstConstantsIsThatOfThePeer(fixture: MetricFixture.Case) throws {
    let (reference, reconstruction) = fixture.images
    let planes = [reference, reconstruction].map { image in
      Plane(rows: fixture.rows, columns: fixture.columns, values: image.values.map(Double.init))
        .scaled(by: 255 / fixture.range)
    }
    let whole = RegionMask(wholeOfRows: fixture.rows, columns: fixture.columns)
    let similarity = HaarWaveletSimilarity(planes[0], masks: [whole], constants: .natural)
    let value = try #require(similarity.values(planes[1])[0])
    #expect(abs(value - fixture.naturalHaarPSI) <= 1e-9)
  }

  /// The sum of separable kernels is the kernel that MATLAB's fspecial('log', 15, 1.5) makes.
  @Test func theLaplacianOfGaussianIsFspecials() {
    var point = Plane(rows: 31, columns: 31, values: [Double](repeating: 0, count: 961))
    point.values[15 * 31 + 15] = 1
    let response = HighFrequencyError.filtered(point)
    var kernel: [Double] = []
    for y in -7...7 {
      for x in -7...7 {
        let square = Double(x * x + y * y)
        kernel.append(.exp(-square / 4.5))
      }
    }
    let sum = kernel.reduce(0, +)
    for (index, value) in kernel.enumerated() {
      let (y, x) = (index / 15 - 7, index % 15 - 7)
      kernel[index] = value / sum * (Double(x * x + y * y) - 4.5) / (1.5 * 1.5 * 1.5 * 1.5)
    }
    let mean = kernel.reduce(0, +) / 225
    for row in 0..<31 {
      for column in 0..<31 {
        let (y, x) = (row - 15, column - 15)
        let expected = abs(y) <= 7 && abs(x) <= 7 ? kernel[(y + 7) * 15 + x + 7] - mean : 0
        #expect(abs(response.values[row * 31 + column] - expected) < 1e-15)
      }
    }
  }
}
