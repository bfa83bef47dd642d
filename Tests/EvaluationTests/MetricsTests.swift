import Arrays
import Evaluation
import Numerics
import Testing

/// The pair of volumes that the published figures were computed from with fastMRI and scikit-image
/// in double precision: `[3, 40, 36]`.
private let publishedPair: (reference: DenseArray<Double>, reconstruction: DenseArray<Double>) = {
  var reference: [Double] = []
  var reconstruction: [Double] = []
  for s in 0..<3 {
    for i in 0..<40 {
      for j in 0..<36 {
        let (s, i, j) = (Double(s), Double(i), Double(j))
        let pattern =
          1.2 + .sin(0.31 * i + 0.17 * s) * .cos(0.23 * j) + 0.3 * .sin(0.9 * i * j / 36)
        let value = abs((1 + 0.5 * s) * pattern)
        reference.append(value)
        reconstruction.append(
          abs(value + 0.08 * .cos(1.7 * i + 0.9 * j + s) + 0.02 * (i - 20) / 20))
      }
    }
  }
  return (
    DenseArray(shape: [3, 40, 36], values: reference),
    DenseArray(shape: [3, 40, 36], values: reconstruction)
  )
}()

private func expectClose(
  _ value: Double, _ expected: Double, _ tolerance: Double = 1e-12,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(
    abs(value - expected) <= tolerance * max(1, abs(expected)),
    "\(value) is not \(expected) to \(tolerance)", sourceLocation: sourceLocation)
}

@Suite struct MetricsTests {
  @Test func thePublishedPairIsBuiltExactly() {
    expectClose(publishedPair.reference.values.max() ?? 0, 4.84425480806838)
    expectClose(publishedPair.reference.values.reduce(0, +), 7998.403193501659)
    expectClose(publishedPair.reconstruction.values.reduce(0, +), 7996.932687319471)
  }

  @Test func volumeFiguresAreThePublishedOnes() throws {
    let result = try measure(publishedPair.reconstruction, against: publishedPair.reference)
    #expect(result.definition == .fastMRI)
    expectClose(result.dataRange, 4.84425480806838)
    expectClose(result.volume.ssim, 0.9913614815083963)
    expectClose(result.volume.psnr, 38.48600769480242)
    expectClose(result.volume.nmse, 0.0007705911139910945)
    expectClose(result.volume.nmse.squareRoot(), 0.027759522942426344)
  }

  @Test func sliceFiguresAreThePublishedOnes() throws {
    let slices = try measure(publishedPair.reconstruction, against: publishedPair.reference).slices
    #expect(slices.count == 3)
    expectClose(slices[0].ssim, 0.9853750769995115)
    expectClose(slices[1].ssim, 0.9928581527025451)
    expectClose(slices[2].ssim, 0.9958512148231323)
    expectClose(slices.reduce(0) { $0 + $1.psnr } / 3, 38.486008500776826)
    expectClose(slices.reduce(0) { $0 + $1.nmse } / 3, 0.0010511787432505252)
  }

  @Test func aSingleSliceIsMeasuredByItsOwnMaximum() throws {
    let slices = try (0..<3).map { index in
      try measure(
        publishedPair.reconstruction.slice(index), against: publishedPair.reference.slice(index))
    }
    expectClose(slices.reduce(0) { $0 + $1.volume.psnr } / 3, 35.544492238798746)
    expectClose(slices.reduce(0) { $0 + $1.volume.ssim } / 3, 0.9907588321376309)
    #expect(slices[0].volume == slices[0].slices[0])
  }

  @Test func singlePrecisionInputAgreesWithDouble() throws {
    let result = try measure(
      RealArray(shape: [3, 40, 36], values: publishedPair.reconstruction.values.map(Float.init)),
      against: RealArray(
        shape: [3, 40, 36], values: publishedPair.reference.values.map(Float.init))
    )
    expectClose(result.volume.ssim, 0.99136149, 1e-7)
    expectClose(result.volume.psnr, 38.48600769480242, 1e-6)
  }

  /// SSIM as its definition reads: every window on its own, with deviations from its mean.
  @Test func similarityAgreesWithTheSlowDefinition() throws {
    let (rows, columns) = (9, 11)
    let pair = [publishedPair.reference, publishedPair.reconstruction].map { volume in
      (0..<rows * columns).map { volume.values[$0 / columns * 36 + $0 % columns] }
    }
    let range = pair[0].max() ?? 0
    var total = 0.0
    for top in 0..<rows - 6 {
      for left in 0..<columns - 6 {
        let windows = pair.map { image in
          (0..<49).map { image[(top + $0 / 7) * columns + left + $0 % 7] }
        }
        let means = windows.map { $0.reduce(0, +) / 49 }
        func covariance(_ a: Int, _ b: Int) -> Double {
          zip(windows[a], windows[b]).reduce(0) {
            $0 + ($1.0 - means[a]) * ($1.1 - means[b])
          } / 48
        }
        let (c1, c2) = ((0.01 * range) * (0.01 * range), (0.03 * range) * (0.03 * range))
        total +=
          (2 * means[0] * means[1] + c1) * (2 * covariance(0, 1) + c2)
          / ((means[0] * means[0] + means[1] * means[1] + c1)
            * (covariance(0, 0) + covariance(1, 1) + c2))
      }
    }
    let result = try measure(
      DenseArray(shape: [rows, columns], values: pair[1]),
      against: DenseArray(shape: [rows, columns], values: pair[0]))
    expectClose(result.volume.ssim, total / Double((rows - 6) * (columns - 6)))
  }

  @Test(arguments: [1e-20, 4.6e-8, 1e12])
  func noFigureDependsOnTheScale(scale: Double) throws {
    let result = try measure(
      DenseArray(
        shape: [3, 40, 36], values: publishedPair.reconstruction.values.map { $0 * scale }),
      against: DenseArray(
        shape: [3, 40, 36], values: publishedPair.reference.values.map { $0 * scale }))
    expectClose(result.volume.ssim, 0.9913614815083963)
    expectClose(result.volume.psnr, 38.48600769480242)
    expectClose(result.volume.nmse, 0.0007705911139910945)
  }

  @Test func identicalImagesArePerfect() throws {
    let result = try measure(publishedPair.reference, against: publishedPair.reference)
    #expect(result.volume.psnr == .infinity)
    #expect(result.volume.nmse == 0)
    expectClose(result.volume.ssim, 1)
  }

  @Test func anEmptySliceInAVolumeKeepsTheVolumesFigures() throws {
    var reference = DenseArray<Double>(shape: [2, 8, 8], repeating: 0)
    for index in 64..<128 { reference.values[index] = Double(index) }
    var other = reference
    #expect(try measure(other, against: reference).slices[0].nmse == 0)
    other.values[0] = 1
    let result = try measure(other, against: reference)
    #expect(result.slices[0].nmse == .infinity)
    #expect(result.volume.nmse > 0 && result.volume.nmse < 1e-5)
  }

  @Test(arguments: [Double.nan, .infinity])
  func aPixelThatIsNotFiniteIsRefusedWithItsPlace(bad: Double) {
    var broken = publishedPair.reference
    broken.values[2 * 40 * 36 + 5 * 36 + 7] = bad
    #expect(throws: MetricError.notFinite(.reconstruction, slice: 2, row: 5, column: 7)) {
      try measure(broken, against: publishedPair.reference)
    }
    let error = #expect(throws: MetricError.notFinite(.reference, slice: 2, row: 5, column: 7)) {
      try measure(publishedPair.reference, against: broken)
    }
    #expect(error?.description.contains("slice 2") == true)
  }

  @Test func imagesThatCannotBeMeasuredAreRefused() {
    let zero = RealArray(zeros: [1, 8, 8])
    #expect(throws: MetricError.referenceNotPositive(maximum: 0)) {
      try measure(zero, against: zero)
    }
    let small = RealArray(shape: [6, 9], repeating: 1)
    #expect(throws: MetricError.tooSmall(rows: 6, columns: 9, window: 7)) {
      try measure(small, against: small)
    }
    let line = RealArray(shape: [64], repeating: 1)
    #expect(throws: MetricError.notImages(shape: [64])) { try measure(line, against: line) }
    let none = RealArray(zeros: [0, 8, 8])
    #expect(throws: MetricError.notImages(shape: [0, 8, 8])) { try measure(none, against: none) }
    #expect(throws: MetricError.shapeMismatch(reference: [8, 8], reconstruction: [1, 8, 8])) {
      try measure(zero, against: RealArray(zeros: [8, 8]))
    }
  }

  @Test func theSmallestImageHasOneWindow() throws {
    var image = DenseArray<Double>(shape: [7, 7], repeating: 1)
    image.values[24] = 2
    expectClose(try measure(image, against: image).volume.ssim, 1)
  }

  @Test func theDefinitionSaysWhatItIs() {
    #expect("\(MetricDefinition.fastMRI)" == "fastMRI: SSIM 7×7 uniform, range = volume maximum")
  }
}

@Suite struct StreamedMetricsTests {
  /// Slices that come one by one give the same figures as the volume in one piece.
  @Test func theyAreThoseOfTheVolume() throws {
    let (reference, reconstruction) = publishedPair
    func single(_ array: DenseArray<Double>) -> RealArray {
      RealArray(shape: array.shape, values: array.values.map(Float.init))
    }
    let (truth, test) = (single(reference), single(reconstruction))
    let whole = try measure(test, against: truth)
    var streamed = try StreamedMetrics(dataRange: whole.dataRange)
    #expect(streamed.volume == nil)
    for slice in 0..<3 {
      #expect(
        try streamed.add(test.slice(slice), against: truth.slice(slice)) == whole.slices[slice])
    }
    let volume = try #require(streamed.volume)
    expectClose(volume.psnr, whole.volume.psnr)
    expectClose(volume.ssim, whole.volume.ssim)
    expectClose(volume.nmse, whole.volume.nmse)
  }

  @Test func aReferenceWithoutSignalIsRefused() {
    #expect(throws: MetricError.referenceNotPositive(maximum: 0)) {
      try StreamedMetrics(dataRange: 0)
    }
  }
}
