import Acquisition
import Arrays
import Phantoms
import Reconstruction

/// A magnitude image scanned with simulated coils, phase and noise, and undersampled.
struct SimulatedCase: Sendable {
  /// The magnitudes that were scanned, `[rows, columns]`.
  let reference: RealArray
  let problem: ReconstructionProblem
  /// From the problem's units to those of the reference.
  let scale: Float

  /// Scans `image` `[rows, columns]`; `number` and `seed` fix coils, phase, noise and mask.
  ///
  /// Throws `ReconstructionError`, `CalibrationError` or `SamplingMaskError` where it cannot be
  /// undersampled, as a black one.
  init(
    of image: RealArray, number: Int, acceleration: Double, seed: UInt64, name: String
  ) throws {
    var foreground = ForegroundMean()
    foreground.add(image)
    guard let signal = foreground.value else { throw ReconstructionError.noSignal }
    var scanner = ImageScan.Settings()
    scanner.seed = seed
    let (rows, columns) = (image.shape[0], image.shape[1])
    let scan = ImageScan(
      rows: rows, columns: columns, signal: signal, name: "\(name) \(number)", settings: scanner)
    // Fewer than four lines calibrate nothing.
    let fraction = max(
      4.6 / Double(columns), MaskPattern.customaryCenterFraction(acceleration: acceleration))
    let mask = try SamplingMask(
      pattern: .random, columns: columns, acceleration: acceleration, centerFraction: fraction,
      seed: .integer(UInt32(truncatingIfNeeded: seed &+ UInt64(number))))
    var kspace = scan.kspace(of: image, slice: number, position: 0.5)
    for index in kspace.values.indices where !mask.columns[index % columns] {
      kspace.values[index] = .zero
    }
    let problem = try ReconstructionProblem(
      kspace: kspace, mask: mask, maps: try coilMaps(of: kspace, mask: mask))
    // What the scan multiplied the magnitudes by.
    let receiver = scan.noiseDeviation * scanner.signalToNoise / signal
    (reference, self.problem) = (image, problem)
    scale = problem.intensityScale / receiver
  }
}
