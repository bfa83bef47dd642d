import Arrays
import Evaluation
import Testing

private func single(_ image: RealArray, _ values: (Int) -> Float) -> RealArray {
  RealArray(shape: image.shape, values: image.values.indices.map(values))
}

@Suite struct SliceReferenceTests {
  private let pair = metricPair(rows: 64, columns: 57)

  private func whole(_ image: RealArray) -> RegionMask {
    RegionMask(wholeOfRows: image.shape[0], columns: image.shape[1])
  }

  private func measure(
    _ reconstruction: RealArray, against reference: RealArray, range: Double = 6,
    metrics: [Metric] = Metric.allCases, masks: [RegionMask]
  ) throws -> [SliceMeasurement] {
    try SliceReference(reference, dataRange: range, metrics: metrics, masks: masks)
      .measure(reconstruction)
  }

  @Test func theWholeSliceHasFastMRIsFiguresExactly() throws {
    var streamed = try StreamedMetrics(dataRange: 6)
    let figures = try streamed.add(pair.reconstruction, against: pair.reference)
    let measured = try measure(
      pair.reconstruction, against: pair.reference, masks: [whole(pair.reference)])[0]
    #expect(measured.values[.psnr] == figures.psnr)
    #expect(measured.values[.ssim] == figures.ssim)
    #expect(measured.values[.nmse] == figures.nmse)
    #expect(measured.values[.nrmse] == figures.nmse.squareRoot())
    #expect(measured.pixels == 64 * 57)
    #expect(measured.squaredError / measured.referenceEnergy == figures.nmse)
  }

  @Test func theSumsOfDisjointRegionsAddUp() throws {
    let foreground = try ImageRegion.foreground.mask(of: pair.reference)
    let background = RegionMask(rows: 64, columns: 57, members: foreground.members.map { !$0 })
    let parts = try measure(
      pair.reconstruction, against: pair.reference,
      masks: [foreground, background, whole(pair.reference)])
    #expect(parts[0].pixels + parts[1].pixels == parts[2].pixels)
    #expect(parts[0].pixels > 0 && parts[1].pixels > 0)
    let error = parts[0].squaredError + parts[1].squaredError
    #expect(abs(error - parts[2].squaredError) < 1e-12 * error)
    let energy = parts[0].referenceEnergy + parts[1].referenceEnergy
    #expect(abs(energy - parts[2].referenceEnergy) < 1e-12 * energy)
  }

  @Test(arguments: [1e-7, 3.7, 1e9])
  func noFigureDependsOnTheScale(scale: Double) throws {
    let masks = [whole(pair.reference), try ImageRegion.foreground.mask(of: pair.reference)]
    func scaled(_ image: RealArray) -> RealArray {
      single(image) { image.values[$0] * Float(scale) }
    }
    let before = try measure(pair.reconstruction, against: pair.reference, masks: masks)
    let after = try measure(
      scaled(pair.reconstruction), against: scaled(pair.reference), range: 6 * scale, masks: masks)
    for (a, b) in zip(before, after) {
      for metric in Metric.allCases {
        let (x, y) = (try #require(a.values[metric]), try #require(b.values[metric]))
        #expect(abs(x - y) < 1e-5 * abs(x), "\(metric.title): \(x) and \(y)")
      }
    }
  }

  /// More error makes every metric worse in the sense of `isBetterHigh`, and none is better than its
  /// perfect value.
  @Test func everyMetricKnowsItsDirection() throws {
    let twice = single(pair.reference) {
      max(0, 3 * pair.reconstruction.values[$0] - 2 * pair.reference.values[$0])
    }
    let prepared = try SliceReference(
      pair.reference, dataRange: 6, masks: [whole(pair.reference)])
    let perfect = try prepared.measure(pair.reference)[0].values
    let better = try prepared.measure(pair.reconstruction)[0].values
    let worse = try prepared.measure(twice)[0].values
    for metric in Metric.allCases {
      let (p, b, w) = (
        try #require(perfect[metric]), try #require(better[metric]), try #require(worse[metric])
      )
      #expect(metric.isBetterHigh ? p > b && b > w : p < b && b < w, "\(metric.title)")
      #expect(p == metric.perfectValue || abs(p - metric.perfectValue) < 1e-9, "\(metric.title)")
    }
  }

  @Test func identicalImagesAreFiniteButForPSNR() throws {
    let masks = [whole(pair.reference), try ImageRegion.foreground.mask(of: pair.reference)]
    for measured in try measure(pair.reference, against: pair.reference, masks: masks) {
      #expect(measured.values[.psnr] == .infinity)
      #expect(measured.values[.hfen] == 0)
      #expect(measured.values.count == Metric.allCases.count)
      #expect(measured.values.allSatisfy { $0.key == .psnr || $0.value.isFinite })
    }
  }

  @Test func anEmptyReferenceGivesNoNaN() throws {
    let empty = RealArray(zeros: [48, 50])
    let mask = whole(empty)
    let met = try measure(empty, against: empty, masks: [mask])[0].values
    #expect(met == [.psnr: .infinity, .ssim: 1, .nmse: 0, .nrmse: 0, .hfen: 0, .gmsd: 0])
    let missed = try measure(
      single(empty) { $0 == 1200 ? 1 : 0 }, against: empty, masks: [mask])[0].values
    #expect(missed[.nmse] == .infinity)
    #expect(missed[.nrmse] == .infinity)
    #expect(missed[.hfen] == .infinity)
    #expect(missed[.vif] == nil)
    #expect(missed.values.allSatisfy { !$0.isNaN })
    #expect(missed.count == Metric.allCases.count - 1)
  }

  @Test func aRegionWithTooFewPixelsLacksTheMetric() throws {
    func mask(_ pixels: [(Int, Int)]) -> RegionMask {
      var members = [Bool](repeating: false, count: 64 * 57)
      for (row, column) in pixels { members[row * 57 + column] = true }
      return RegionMask(rows: 64, columns: 57, members: members)
    }
    let measured = try measure(
      pair.reconstruction, against: pair.reference,
      masks: [mask([]), mask([(0, 5)]), mask([(30, 30), (30, 31)])])
    #expect(measured[0].values.isEmpty)
    #expect(measured[0].pixels == 0)
    // On the border no window of SSIM or VIF is centred, and a pixel is too little of a block.
    #expect(Set(measured[1].values.keys) == [.psnr, .nmse, .nrmse, .hfen])
    // One block has a similarity but no deviation of it.
    #expect(Set(measured[2].values.keys) == Set(Metric.allCases).subtracting([.gmsd]))
  }

  /// One pixel or block less than a metric needs leaves it out, and as many as it needs do not.
  @Test(arguments: Metric.allCases)
  func theLeastSideIsTheLeast(metric: Metric) throws {
    for side in [metric.minimumSide - 1, metric.minimumSide] where side > 0 {
      for (rows, columns) in [(side, 60), (60, side)] {
        let (reference, reconstruction) = metricPair(rows: rows, columns: columns)
        let values = try measure(
          reconstruction, against: reference, metrics: [metric], masks: [whole(reference)])[0]
          .values
        #expect((values[metric] != nil) == (side >= metric.minimumSide))
        #expect(values.allSatisfy { $0.value.isFinite })
      }
    }
  }

  @Test func onlyTheMetricsAskedForAreGiven() throws {
    for metric in Metric.allCases {
      let values = try measure(
        pair.reconstruction, against: pair.reference, metrics: [metric],
        masks: [whole(pair.reference)])[0].values
      #expect(Array(values.keys) == [metric])
    }
  }

  /// What lies far from a box does not enter into its figures; what lies in it does.
  @Test func aBoxSeesItsSurroundingsOnly() throws {
    let (reference, reconstruction) = metricPair(rows: 160, columns: 160)
    let box = RegionBox(row: 110, column: 112, height: 20, width: 20, label: "lesion")
    let masks = [try ImageRegion.box(box).mask(of: reference)]
    func with(_ place: Int) -> RealArray {
      single(reference) { reconstruction.values[$0] + ($0 == place ? 4 : 0) }
    }
    let plain = try measure(reconstruction, against: reference, masks: masks)
    #expect(try measure(with(3 * 160 + 3), against: reference, masks: masks) == plain)
    let inside = try measure(with(120 * 160 + 121), against: reference, masks: masks)[0].values
    for metric in Metric.allCases {
      let (a, b) = (try #require(plain[0].values[metric]), try #require(inside[metric]))
      #expect(metric.isBetterHigh ? b < a : b > a, "\(metric.title): \(a), then \(b)")
    }
  }

  @Test func whatCannotBeMeasuredIsRefused() throws {
    let reference = pair.reference
    let mask = whole(reference)
    #expect(throws: MetricError.referenceNotPositive(maximum: 0)) {
      try measure(reference, against: reference, range: 0, masks: [mask])
    }
    #expect(throws: MetricError.referenceNotPositive(maximum: .infinity)) {
      try measure(reference, against: reference, range: .infinity, masks: [mask])
    }
    #expect(throws: MetricError.notImages(shape: [1, 64, 57])) {
      try measure(
        reference, against: reference.reshaped([1, 64, 57]), masks: [mask])
    }
    #expect(throws: MetricError.notImages(shape: [0, 9])) {
      try measure(reference, against: RealArray(zeros: [0, 9]), masks: [])
    }
    #expect(
      throws: MetricError.shapeMismatch(reference: [64, 57], reconstruction: [57, 64])
    ) {
      try measure(reference.reshaped([57, 64]), against: reference, masks: [mask])
    }
    #expect(throws: MetricError.maskMismatch(image: [64, 57], mask: [57, 64])) {
      try measure(
        reference, against: reference, masks: [RegionMask(wholeOfRows: 57, columns: 64)])
    }
    let broken = single(reference) { $0 == 58 ? .nan : reference.values[$0] }
    #expect(throws: MetricError.notFinite(.reconstruction, slice: 0, row: 1, column: 1)) {
      try measure(broken, against: reference, masks: [mask])
    }
    #expect(throws: MetricError.notFinite(.reference, slice: 0, row: 1, column: 1)) {
      try measure(reference, against: broken, masks: [mask])
    }
  }
}
