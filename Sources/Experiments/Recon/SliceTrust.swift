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

  var figures: TrustMaps.Figures { trust.figures }

  /// The maps of `image` by the method `name`, compared with the image of a method without a generator:
  /// l1-wavelet, or tv for l1-wavelet itself. Where `others`, the images by their methods' names, lack
  /// it, it is computed with its defaults.
  ///
  /// Throws `ReconstructionError` if an image or a setting is not usable.
  init(
    of image: ComplexArray, by name: String, _ slice: UndersampledSlice,
    others: [String: ComplexArray], size: (rows: Int, columns: Int), settings: TrustSettings
  ) throws {
    let comparison: any ReconstructionMethod =
      name == L1Wavelet().name ? TotalVariation() : L1Wavelet()
    let other =
      try others[comparison.name]
      ?? comparison.reconstruct(slice.problem, report: { _ in }).image
    trust = try TrustMaps(
      of: image, in: slice.problem, comparison: (comparison.name, other), settings: settings)
    (self.slice, self.size, self.settings, method) = (slice, size, settings, name)
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
  static let mapNames = [
    "trust_measured", "trust_unmeasured", "prior_share", "trust_residual", "trust_difference",
    "trust_expected_difference", "trust_alarm", "trust_head",
  ]

  /// The maps `[rows, columns]` by the names of their datasets; magnitudes are in units of the file.
  var maps: [(name: String, map: RealArray)] {
    let values = [
      scaled(trust.measured), scaled(trust.unmeasured), cut(trust.priorShare), cut(trust.residual),
      scaled(trust.difference), scaled(trust.expected), cut(trust.alarm), cut(trust.head),
    ]
    return zip(Self.mapNames, values).map { (name: $0.0, map: $0.1) }
  }

  private func cut(_ map: RealArray) -> RealArray { centre(of: map, size: size) }

  private func scaled(_ map: RealArray) -> RealArray {
    var result = cut(map)
    for index in result.values.indices { result.values[index] *= slice.problem.intensityScale }
    return result
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
      rows: [parts, checks],
      foot: "Grey from 0 to the 99.8th percentile of the image, in every grey panel. The prior's "
        + "share is the unmeasured part's share of the local energy. What is measured may be wrong "
        + "by noise and coil maps, what is not measured may be right.")
  }
}
