public import Arrays
import Numerics

/// What takes the place of the k-space that a partial Fourier acquisition leaves out.
public enum PartialFourierFilling: String, Sendable, Codable, CaseIterable {
  /// Zeros: nothing is assumed, and the image is blurred along the axis.
  case zero
  /// Homodyne detection: Noll, Nishimura and Macovski, IEEE TMI 10:154 (1991). One axis only.
  case homodyne
  /// Projections onto what was measured and onto images of the smooth phase: Haacke, Lindskog and Lin, JMR
  /// 92:126 (1991).
  case pocs
}

/// Fills the k-space that a partial Fourier acquisition leaves out, coil by coil.
///
/// Both ways take the phase of the image for that of its low frequencies, which were measured on both sides of
/// the centre, and the rest for real: then k-space has a symmetry that tells the missing side. The phase is
/// that of each coil's own image, under a Hann window over the symmetric samples; along the other axis the
/// window is eight times as wide, as in `LowResolutionPhase`.
///
/// - `pocs` takes the real part relative to the phase and puts the measured samples back, in turn. Both are
///   projections onto convex sets (an affine one and a linear one over the real numbers), so that the turns
///   converge to the image that is nearest to the zero-filled one of all that obey both, or nearly do. What was
///   measured stays as it is, to the bit.
/// - `homodyne` counts samples without a measured partner twice, with a ramp over the symmetric ones from 0 to
///   2 in place of a step, and takes the real part relative to the phase. What was measured is changed.
public struct PartialFourierFiller: Sendable {
  /// The axes of which a side is missing, each once.
  public let axes: [PartialFourier]
  /// The most turns of `pocs`.
  public var iterations = 50
  /// `pocs` ends when the energy of a turn's change is below this share of that of the data.
  public var tolerance = 1e-9
  /// How far along columns the phase may be looked for from the centre; nil for as far as the symmetric samples.
  ///
  /// In undersampled k-space what lies beyond the calibration lines would give aliases a part in the phase.
  public var phaseReach: Int?

  /// Fills along `axes`.
  public init(axes: [PartialFourier], phaseReach: Int? = nil) {
    self.axes = axes
    self.phaseReach = phaseReach
  }

  /// Why `filling` cannot be done along these axes, as a clause after the file's name; nil if it can.
  public func fault(of filling: PartialFourierFilling) -> String? {
    guard filling == .homodyne, axes.count > 1 else { return nil }
    return
      "is partial Fourier along the readout and the phase encoding, and homodyne detection is for "
      + "one axis; choose pocs"
  }

  /// The whole k-space of `kspace` `[coils, rows, columns]`.
  ///
  /// All within the measured ranges counts as measured.
  public func fill(_ kspace: ComplexArray, by filling: PartialFourierFilling) -> ComplexArray {
    if axes.isEmpty || filling == .zero { return kspace }
    guard kspace.shape.count == 3, fault(of: filling) == nil,
      axes.allSatisfy({ $0.count == kspace.shape[$0.axis == .readout ? 1 : 2] })
    else { shapeError("a k-space \(kspace.shape) cannot be filled along \(axes.map(\.text))") }
    let (rows, columns) = (kspace.shape[1], kspace.shape[2])
    let pixels = rows * columns
    let plan = Plan(self, rows: rows, columns: columns, filling)
    var result = kspace
    result.values.withUnsafeMutableBufferPointer { result in
      nonisolated(unsafe) let result = result
      parallelFor(kspace.shape[0]) { coil in
        guard let start = result.baseAddress.map({ $0 + coil * pixels }) else { return }
        plan.fill(start)
      }
    }
    return result
  }
}

/// What is common to all coils.
private struct Plan: Sendable {
  let rows: Int
  let columns: Int
  let filling: PartialFourierFilling
  let iterations: Int
  let tolerance: Double
  /// Which places of `[rows, columns]` were measured.
  let measured: [Bool]
  /// The window of the phase, `[rows, columns]` as an outer product.
  let rowWindow: [Float]
  let columnWindow: [Float]
  /// The weights of homodyne detection, likewise.
  let rowWeights: [Float]
  let columnWeights: [Float]
  /// The transform of the image, and of the axes that are to be filled and of the other one, if there is one.
  let whole: FourierTransform
  let filled: FourierTransform
  let other: FourierTransform?

  init(
    _ filler: PartialFourierFiller, rows: Int, columns: Int, _ filling: PartialFourierFilling
  ) {
    (self.rows, self.columns, self.filling) = (rows, columns, filling)
    (iterations, tolerance) = (filler.iterations, filler.tolerance)
    let readout = filler.axes.first { $0.axis == .readout }
    let phase = filler.axes.first { $0.axis == .phaseEncoding }
    let (rowRange, columnRange) = (readout?.acquired ?? 0..<rows, phase?.acquired ?? 0..<columns)
    measured = (0..<rows * columns).map {
      rowRange.contains($0 / columns) && columnRange.contains($0 % columns)
    }
    let columnReach = min(phase?.reach ?? columns, filler.phaseReach ?? columns)
    let rowReach = readout?.reach
    rowWindow = Self.window(rows, reach: rowReach ?? 8 * (columnReach + 1))
    columnWindow = Self.window(
      columns,
      reach: phase == nil ? min(columnReach, 8 * ((rowReach ?? rows) + 1)) : columnReach)
    rowWeights = Self.weights(readout, count: rows)
    columnWeights = Self.weights(phase, count: columns)
    whole = FourierTransform(rows: rows, columns: columns)
    let axes: (FourierTransform.Axes, FourierTransform.Axes?) =
      switch (readout, phase) {
      case (nil, _): (.columns, .rows)
      case (_, nil): (.rows, .columns)
      default: (.rowsAndColumns, nil)
      }
    filled = FourierTransform(rows: rows, columns: columns, axes: axes.0)
    other = axes.1.map { FourierTransform(rows: rows, columns: columns, axes: $0) }
  }

  /// A Hann window that is 0 beyond `reach` samples from the centre.
  private static func window(_ count: Int, reach: Int) -> [Float] {
    (0..<count).map { index in
      let distance = min(1, Float(abs(index - count / 2)) / Float(reach + 1))
      return 0.5 * (1 + Float.cos(.pi * distance))
    }
  }

  /// 0 to 2 over the samples whose partners were measured too, 2 where they were not.
  private static func weights(_ axis: PartialFourier?, count: Int) -> [Float] {
    guard let axis else { return Array(repeating: 1, count: count) }
    let centre = count / 2
    let side: Float =
      centre - axis.acquired.lowerBound > axis.acquired.upperBound - 1 - centre ? -1 : 1
    return (0..<count).map { index in
      let partner = 2 * centre - index
      if !axis.acquired.contains(index) { return 0 }
      // At even sizes the first sample is its own partner.
      if !(0..<count).contains(partner) { return 1 }
      if !axis.acquired.contains(partner) { return 2 }
      return 1 + side * Float(index - centre) / Float(axis.reach + 1)
    }
  }

  func fill(_ data: UnsafeMutablePointer<Complex<Float>>) {
    let pixels = rows * columns
    let given = Array(UnsafeBufferPointer(start: data, count: pixels))
    let phasor = phasor(of: given)
    if filling == .homodyne {
      for index in 0..<pixels {
        data[index] = data[index].multiplied(
          by: rowWeights[index / columns] * columnWeights[index % columns])
      }
      whole.inverse(data)
      makeReal(data, phasor)
      whole.forward(data)
      return
    }
    other?.inverse(data)
    let hybrid = Array(UnsafeBufferPointer(start: data, count: pixels))
    let energy = hybrid.reduce(0.0) { $0 + Double($1.length) * Double($1.length) }
    // Raw data may be so small that squares vanish: changes are measured in units of the data.
    for _ in 0..<iterations where energy > 0 {
      let before = Array(UnsafeBufferPointer(start: data, count: pixels))
      filled.inverse(data)
      makeReal(data, phasor)
      filled.forward(data)
      var change = 0.0
      for index in 0..<pixels {
        if measured[index] {
          data[index] = hybrid[index]
        } else {
          let step = Double((data[index] - before[index]).length)
          change += step * step
        }
      }
      if change <= tolerance * energy { break }
    }
    other?.forward(data)
    for index in 0..<pixels where measured[index] { data[index] = given[index] }
  }

  /// The phase of the low frequencies, of unit length; 1 where there are none.
  private func phasor(of data: [Complex<Float>]) -> [Complex<Float>] {
    var image = data
    image.withUnsafeMutableBufferPointer { image in
      for index in image.indices {
        image[index] = image[index].multiplied(
          by: rowWindow[index / columns] * columnWindow[index % columns])
      }
      if let start = image.baseAddress { whole.inverse(start) }
    }
    return image.map { value in
      let length = value.length
      return length > 0 && length.isFinite
        ? Complex(value.real / length, value.imaginary / length) : .one
    }
  }

  /// The nearest image of the phase, times which it is real.
  private func makeReal(
    _ image: UnsafeMutablePointer<Complex<Float>>, _ phasor: [Complex<Float>]
  ) {
    for index in phasor.indices {
      let (value, phase) = (image[index].rawStorage, phasor[index].rawStorage)
      image[index] = phasor[index].multiplied(by: phase.x * value.x + phase.y * value.y)
    }
  }
}
