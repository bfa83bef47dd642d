import Acquisition
import Arrays
import Numerics

/// Puts the samples of readouts where they belong in k-space.
struct RawDataReader: Sendable {
  /// The acquisitions.
  let dataset: HDF5Dataset
  let coils: Int
  let rows: Int
  let columns: Int
  /// The column of line 0.
  let columnShift: Int
  /// Whether samples are conjugated.
  let conjugates: Bool
  /// The mixing of coils, for whoever has put a slice together.
  let whitening: NoisePrewhitening?

  /// So many readouts are held in memory beside the slice.
  private static let block = 64

  /// The row of the first kept sample of `readout`, in the order in which rows run.
  ///
  /// A full readout fills all rows. In a shorter one the sample that `center_sample` names comes to
  /// the middle, or its own middle sample where that is 0 and so not stated.
  private func firstRow(_ readout: RawAcquisition) -> Int {
    let count = readout.keptSamples
    if count == rows { return 0 }
    guard readout.centreSample > 0 else { return rows / 2 - count / 2 }
    let centre = readout.centreSample - readout.discardBefore
    return rows / 2 - (readout.has(.reverse) ? count - 1 - centre : centre)
  }

  private func column(_ readout: RawAcquisition) -> Int { readout.line + columnShift }

  /// Throws `ScanFileError` if `readout` does not fit into the encoded matrix.
  func check(_ readout: RawAcquisition) throws(ScanFileError) {
    guard readout.keptSamples > 0 else {
      throw dataset.file.error(
        .rawData(
          "acquisition \(readout.index) discards all of its \(readout.samples) samples",
          cure: "convert the raw data again"))
    }
    guard (0..<columns).contains(column(readout)) else {
      throw dataset.file.error(
        .rawData(
          "line \(readout.line) of acquisition \(readout.index) falls on column \(column(readout)) of "
            + "\(columns), by the centre in the header's encodingLimits",
          cure: "correct the header's matrix size or centre"))
    }
    let row = firstRow(readout)
    guard row >= 0, row + readout.keptSamples <= rows else {
      throw dataset.file.error(
        .rawData(
          "the \(readout.keptSamples) samples of acquisition \(readout.index) with their centre at "
            + "\(readout.centreSample) do not fit into \(rows) rows",
          cure: "convert the raw data again"))
    }
  }

  /// Which columns `readouts` fill, `[columns]`.
  func columns(of readouts: [RawAcquisition]) -> [Bool] {
    var filled = [Bool](repeating: false, count: columns)
    for readout in readouts { filled[column(readout)] = true }
    return filled
  }

  /// The rows from the first to the last that any of `readouts` fills.
  func rows(of readouts: [RawAcquisition]) -> Range<Int> {
    let starts = readouts.map(firstRow)
    let ends = readouts.map { firstRow($0) + $0.keptSamples }
    return (starts.min() ?? 0)..<(ends.max() ?? rows)
  }

  /// K-space `[coils, rows, columns]` of `readouts`; where several fall on one column, their mean.
  func kspace(_ readouts: [RawAcquisition]) throws(ScanFileError) -> ComplexArray {
    var kspace = ComplexArray(zeros: [coils, rows, columns])
    var counts = [Int](repeating: 0, count: columns)
    for start in stride(from: 0, to: readouts.count, by: Self.block) {
      let part = Array(readouts[start..<min(readouts.count, start + Self.block)])
      let lists = try Self.samples(dataset, part)
      for (readout, list) in zip(part, lists) {
        let column = column(readout)
        let first = firstRow(readout)
        let count = readout.keptSamples
        counts[column] += 1
        for coil in 0..<coils {
          let source = coil * readout.samples + readout.discardBefore
          let target = (coil * rows + first) * columns + column
          for sample in 0..<count {
            let place = readout.has(.reverse) ? count - 1 - sample : sample
            let (real, imaginary) = (list[2 * (source + sample)], list[2 * (source + sample) + 1])
            kspace.values[target + place * columns] += Complex(
              real, conjugates ? -imaginary : imaginary)
          }
        }
      }
    }
    if counts.contains(where: { $0 > 1 }) {
      let weights = counts.map { 1 / Float(max(1, $0)) }
      for index in kspace.values.indices {
        kspace.values[index] = kspace.values[index].multiplied(by: weights[index % columns])
      }
    }
    return kspace
  }

  /// The prewhitening by `noise` readouts, for data like `data`.
  ///
  /// `bandwidth` is the receiver's relative noise bandwidth. Throws `ScanFileError` if the noise does
  /// not do.
  static func prewhitening(
    _ dataset: HDF5Dataset, noise: [RawAcquisition], data: RawAcquisition, bandwidth: Double
  ) throws(ScanFileError) -> NoisePrewhitening {
    let coils = data.channels
    // More would tell no more of the covariance.
    let used = noise.filter { $0.channels == coils && $0.samples > 0 }.prefix(256)
    guard let first = used.first else {
      throw dataset.file.error(
        .unsupported(
          "holds no noise scan of \(coils) channels to prewhiten the coils by",
          cure: "leave out --whiten"))
    }
    var samples: [Complex<Float>] = []
    for readout in used {
      guard let list = try Self.samples(dataset, [readout]).first else { continue }
      for sample in 0..<readout.samples {
        for coil in 0..<coils {
          let index = 2 * (coil * readout.samples + sample)
          samples.append(Complex(list[index], list[index + 1]))
        }
      }
    }
    let times = (Double(data.dwellTime), Double(first.dwellTime))
    let ratio = times.0 > 0 && times.1 > 0 ? times.0 / times.1 : 1
    do throws(NoisePrewhitening.Failure) {
      return try NoisePrewhitening(
        samples: samples, coils: coils, bandwidthRatio: ratio.isFinite ? ratio * bandwidth : 1)
    } catch {
      let reason =
        switch error {
        case .tooFewSamples(let count): "has only \(count) noise samples for \(coils) coils"
        case .singular: "has a noise scan in which a coil, or a combination of coils, has no noise"
        }
      throw dataset.file.error(.unsupported(reason, cure: "leave out --whiten"))
    }
  }

  private static func samples(
    _ dataset: HDF5Dataset, _ readouts: [RawAcquisition]
  ) throws(ScanFileError) -> [[Float]] {
    try dataset.floatLists(
      "data", at: readouts.map(\.index), lengths: readouts.map { 2 * $0.channels * $0.samples })
  }
}
