import Arrays

/// The one scale that all error maps of a sheet share.
struct ErrorScale {
  /// The maximum of the reference; errors are shown relative to it.
  let referenceMaximum: Float
  /// The error that takes the last colour, in % of the reference maximum.
  let upperPercent: Float

  /// A scale up to the median over the panels of the 99.5th percentile of their errors, rounded up
  /// to a round number, so that neither single pixels nor one poor panel (the zero-filled one, as a
  /// rule) darken every map.
  init(reference: RealArray, images: [RealArray]) {
    let peak = reference.values.max() ?? 0
    referenceMaximum = peak
    let errors = images.map { percentile(magnitudeError($0, reference), 99.5) }.sorted()
    // Of an even number the lower middle one.
    let typical = errors.isEmpty ? 0 : errors[(errors.count - 1) / 2]
    let percent = peak > 0 ? 100 * typical / peak : 0
    let steps: [Float] = [0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40, 50, 75]
    upperPercent = steps.first { $0 >= percent } ?? 100
  }

  /// The place of each pixel's error on the scale, 1 at its upper end.
  func positions(_ image: RealArray, _ reference: RealArray) -> [Float] {
    let scale = referenceMaximum > 0 ? 100 / (referenceMaximum * upperPercent) : 0
    return magnitudeError(image, reference).map { $0 * scale }
  }
}

/// | |x| − |reference| | of each pixel.
func magnitudeError(_ image: RealArray, _ reference: RealArray) -> [Float] {
  zip(image.values, reference.values).map { abs(abs($0) - abs($1)) }
}
