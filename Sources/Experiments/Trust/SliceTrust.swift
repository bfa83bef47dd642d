import Acquisition
import Arrays
import Evaluation
import LinearOperators
import Reconstruction

/// What the image of a slice rests on: the maps in the units of the file, cut to the image, and their
/// picture.
struct SliceTrust {
  private let trust: TrustMaps
  private let slice: UndersampledSlice
  private let size: (rows: Int, columns: Int)
  private let settings: TrustSettings
  private let method: String
  private let image: RealArray
  private let other: RealArray
  /// In units of the problem; nil without draws.
  private let spread: PosteriorSpread?
  private let draws: Int
  private let scale: SpreadScale?

  var figures: TrustMaps.Figures { trust.figures }

  /// The maps of `image` by the method `name`, compared with that of a method without a generator.
  ///
  /// That is l1-wavelet, or tv for l1-wavelet itself. Where `others`, the images by their methods' names,
  /// lack it, it is computed with its defaults.
  ///
  /// Throws `ReconstructionError` if an image or a setting is not usable.
  init(
    of image: ComplexArray, by name: String, _ slice: UndersampledSlice,
    others: [String: ComplexArray], size: (rows: Int, columns: Int), draws: [ComplexArray] = [],
    scale: SpreadScale? = nil, settings: TrustSettings
  ) throws {
    let comparison: any ReconstructionMethod =
      name == L1Wavelet().name ? TotalVariation() : L1Wavelet()
    let other =
      try others[comparison.name]
      ?? comparison.reconstruct(slice.problem, report: { _ in }).image
    trust = try TrustMaps(
      of: image, in: slice.problem, comparison: (comparison.name, other), settings: settings)
    (self.slice, self.size, self.settings, method) = (slice, size, settings, name)
    spread = draws.isEmpty ? nil : PosteriorSpread(draws, about: image)
    // Another number of draws gives another spread, which the scale is not for.
    self.scale = scale?.draws == draws.count ? scale : nil
    self.draws = draws.count
    self.image = slice.magnitude(image, size: size)
    self.other = slice.magnitude(other, size: size)
  }

  /// How the fully sampled image explains the undersampled measurements; for comparison alone.
  ///
  /// It is the coil images of the whole `kspace` `[coils, rows, columns]` combined by the maps that the
  /// methods got, so that only their error and noise tell it from the truth.
  func fit(ofWhole kspace: ComplexArray, acquired: Range<Int>) -> DataFit {
    let columns = kspace.shape[2]
    let system = SENSEOperator(
      maps: slice.problem.maps.sensitivities, mask: (0..<columns).map(acquired.contains))
    var whole = system.adjoint(system.hybrid(kspace))
    whole.scale(by: 1 / slice.problem.intensityScale)
    return trust.fit(of: whole)
  }

  /// The datasets of `maps`.
  static func mapNames(hasSpread: Bool) -> [String] {
    [
      "trust_measured", "trust_unmeasured", "prior_share", "trust_residual", "trust_difference",
      "trust_expected_difference", "trust_alarm", "trust_head",
    ] + (hasSpread ? ["trust_spread"] : [])
  }

  /// The maps `[rows, columns]` by the names of their datasets; magnitudes are in units of the file.
  var maps: [(name: String, map: RealArray)] {
    let values =
      [
        scaled(trust.measured), scaled(trust.unmeasured), cut(trust.priorShare),
        cut(trust.residual),
        scaled(trust.difference), scaled(trust.expected), cut(trust.alarm), cut(trust.head),
      ] + (spread.map { [scaled($0.deviation)] } ?? [])
    return zip(Self.mapNames(hasSpread: spread != nil), values).map { (name: $0.0, map: $0.1) }
  }

  private func cut(_ map: RealArray) -> RealArray { centre(of: map, size: size) }

  private func scaled(_ map: RealArray) -> RealArray {
    var result = cut(map)
    for index in result.values.indices { result.values[index] *= slice.problem.intensityScale }
    return result
  }

  /// What the draws say of the head; nil without draws.
  ///
  /// Only the coverage looks at `reference`, `[rows, columns]` in units of the file.
  func spreadFigures(reference: RealArray?) -> RunRecord.Trust.Spread? {
    guard let spread else { return nil }
    let members = cut(trust.head).values
    let head = members.indices.filter { members[$0] > 0 }
    func mean(_ map: RealArray) -> Double {
      head.reduce(0) { $0 + Double(map.values[$1]) } / Double(max(1, head.count))
    }
    let brightness = max(mean(image), .leastNormalMagnitude)
    let half = scale.map { scaled($0.halfWidth(spread.deviation)) }
    return RunRecord.Trust.Spread(
      draws: draws, relativeDeviation: mean(scaled(spread.deviation)) / brightness,
      level: scale?.level, relativeHalfWidth: half.map { mean($0) / brightness },
      coverage: half.flatMap { half in
        reference.map { reference in
          Double(
            head.count { abs(image.values[$0] - reference.values[$0]) <= half.values[$0] })
            / Double(max(1, head.count))
        }
      })
  }

  /// The largest residual that the picture tells apart, in units of the noise.
  private static let mostResidual: Float = 4

  /// The picture: the image and its two parts in one grey window; the share, the residual, the difference
  /// from the other method and where it alarms.
  func sheet(file: String, slice: Int, sampling: String) throws -> PictureGrid {
    let window = SliceWindow(reference: image)
    func colours(_ map: RealArray, to most: Float) -> PictureGrid.Picture {
      .mapped(
        SliceWindow.share(RealArray(shape: map.shape, values: map.values.map { $0 / most })))
    }
    let (figures, factor) = (figures, settings.alarmFactor)
    let parts: [PictureGrid.Cell] = [
      .init(.grey(window.grey(image)), title: method, note: "the image"),
      .init(
        .grey(window.grey(scaled(trust.measured))), title: "measured part",
        note: "what the samples determine"),
      .init(
        .grey(window.grey(scaled(trust.unmeasured))), title: "unmeasured part",
        note: TrustText.percent(figures.unmeasuredInHead) + " of the head's energy"),
      .init(
        colours(cut(trust.priorShare), to: 1), title: "share of the prior",
        note: "0 to 100 %, in the head"),
    ]
    var relative = cut(trust.difference)
    let (expected, head) = (cut(trust.expected), cut(trust.head))
    for index in relative.values.indices {
      let deviation = expected.values[index]
      relative.values[index] =
        head.values[index] > 0 && deviation > 0 ? relative.values[index] / deviation : 0
    }
    let checks: [PictureGrid.Cell] = [
      .init(.grey(window.grey(other)), title: figures.comparison, note: "for comparison"),
      .init(
        figures.fit.verdict == .unknown
          ? .empty : colours(cut(trust.residual), to: Self.mostResidual),
        title: "residual over noise",
        note: "0 to \(Int(Self.mostResidual)): \(figures.fit.verdict.rawValue)"),
      .init(
        colours(relative, to: 2 * factor), title: "\(method) – \(figures.comparison) over noise",
        note: "0 to \(TrustText.short(2 * factor)) times noise · g-factor"),
      .init(
        .marked(window.grey(image), cut(trust.alarm).values.map { $0 > 0 }), title: "alarm",
        note: "above \(TrustText.short(factor)): "
          + (figures.alarmedArea.map(TrustText.percent) ?? "–") + " of the head"),
    ]
    return try PictureGrid(
      heading: "\(file) · slice \(slice) · \(sampling) · \(TrustText.sentence(figures))",
      rows: [parts, checks] + (spread.map { [spreadCells($0, window)] } ?? []),
      foot: "Grey from 0 to the 99.8th percentile of the image, in every grey panel. The prior's "
        + "share is the unmeasured part's share of the local energy. What is measured may be wrong "
        + "by noise and coil maps, what is not measured may be right.")
  }

  /// The row of the draws: their deviation, and the intervals if they were calibrated.
  private func spreadCells(
    _ spread: PosteriorSpread, _ window: SliceWindow
  ) -> [PictureGrid.Cell] {
    func colours(_ map: RealArray) -> PictureGrid.Picture {
      let most = window.white * Self.mostSpread
      return .mapped(
        SliceWindow.share(
          RealArray(
            shape: map.shape,
            values: map.values.map { $0 / max(most, .leastNormalMagnitude) })))
    }
    let range = "0 to \(Int(100 * Self.mostSpread)) % of white"
    var cells: [PictureGrid.Cell] = [
      .init(
        colours(scaled(spread.deviation)), title: "deviation of \(draws) draws", note: range)
    ]
    if let scale {
      cells.append(
        .init(
          colours(scaled(scale.halfWidth(spread.deviation))),
          title: "± of the \(Int((100 * scale.level).rounded())) % interval", note: range))
    } else {
      cells.append(.init(.empty, title: "no intervals", note: "the weights state no scale"))
    }
    return cells
  }

  /// What the last colour of the draws' row stands for, as a share of white.
  private static let mostSpread: Float = 0.2
}
