import Acquisition
import Arrays
import Numerics
import Phantoms
import Reconstruction
import ScanFiles

/// One undersampled slice of a simulated head, the same for all who are timed.
///
/// Fourfold, random columns with a fully sampled centre, as fastMRI draws them from seed 1.
struct BenchmarkScan {
  let mask: SamplingMask
  /// Fully sampled k-space, `[coils, rows, columns]`.
  let kspace: ComplexArray
  /// `kspace` with zeros in the columns that the mask leaves out.
  let sampled: ComplexArray

  /// A slice of `coils` and of `rows` × `columns` samples; `oversampled` leaves the readout as the
  /// scanner took it, with twice the field of view.
  init(coils: Int, rows: Int, columns: Int, oversampled: Bool = false) throws {
    var settings = HeadScanSettings()
    settings.rows = oversampled ? rows / HeadScan.oversampling : rows
    settings.columns = columns
    settings.coils = coils
    settings.slices = 1
    if let fault = settings.fault { throw BenchmarkError("the simulated head: \(fault)") }
    let scanned = HeadScan(settings).kspace(slice: 0)
    kspace =
      oversampled
      ? scanned : ReadoutCrop(rows: scanned.shape[1], keptRows: rows).apply(scanned)
    let mask = try SamplingMask(
      pattern: .random, columns: columns, acceleration: 4,
      // 26 lines of 320, and no fewer than a calibration needs of small matrices.
      centerFraction: max(0.08, 10 / Double(columns)), seed: .integer(1))
    self.mask = mask
    var sampled = kspace
    for index in sampled.values.indices where !mask.columns[index % columns] {
      sampled.values[index] = .zero
    }
    self.sampled = sampled
  }

  /// The problem that all methods get, with our coil maps.
  func problem() throws -> ReconstructionProblem {
    try ReconstructionProblem(
      kspace: sampled, mask: mask, maps: ESPIRiT().coilMaps(kspace: sampled, mask: mask))
  }
}
