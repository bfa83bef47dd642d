import Acquisition
import Arrays
import LinearOperators
import Numerics
import Synchronization

/// Generalised autocalibrating partially parallel acquisitions: every missing sample of every coil is a
/// weighted sum of sampled neighbours in all coils, with weights fitted to the calibration lines; the filled
/// k-space is then combined with the coil maps.
///
/// Source: Griswold et al., MRM 47:1202 (2002). Of a mask of columns the neighbours are the nearest sampled columns on
/// either side and five rows; of a mask of points the samples in a window. A sample whose neighbours are
/// farther away than the calibration lines are wide stays 0.
///
/// The defaults are the best mean of 15 settings (λ of 0.1 to 10, kernels of 5 × 4, 5 × 2 and 3 × 2) at equispaced 2x
/// and 4x over three validation slices of the training set with simulated coils, for that is what GRAPPA is made
/// for. Under random masks and at 8x every one of them was worse than `sense`, and some worse than zeros.
public struct GRAPPA: ReconstructionMethod {
  /// The settings of GRAPPA.
  public struct Settings: Sendable, Equatable, Codable {
    /// Rows of the kernel under a mask of columns, an odd number.
    public var kernelRows = 5
    /// Sampled columns of the kernel, half of them on either side.
    public var kernelColumns = 2
    /// The window under a mask of points, two odd numbers.
    public var windowRows = 5
    public var windowColumns = 5
    /// The Tikhonov weight λ of the fit, relative to the calibration data (`GRAPPAKernel`).
    public var tikhonov: Float = 0.3

    public init() {}
  }

  public let name = "grappa"
  public let settings: Settings

  /// The most kernels that are fitted for a slice: a mask of points without a pattern has as many as samples.
  public static let mostKernels = 4096

  /// Throws `ReconstructionError.settings` if a size is out of range.
  public init(settings: Settings = Settings()) throws(ReconstructionError) {
    let odd = [settings.kernelRows, settings.windowRows, settings.windowColumns]
    guard odd.allSatisfy({ $0 % 2 == 1 && (1...15).contains($0) }),
      settings.kernelColumns % 2 == 0, (2...16).contains(settings.kernelColumns)
    else {
      throw .settings(
        method: "grappa",
        reason: "rows and windows are odd numbers up to 15, kernel columns an even one up to 16")
    }
    try requireNotNegative(settings.tikhonov, "tikhonov", of: "grappa")
    self.settings = settings
  }

  /// Throws `ReconstructionError.settings` for a problem without coils, without calibration lines, or with
  /// too many kernels.
  public func reconstruct(
    _ problem: any InverseProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> Reconstruction {
    guard let slice = problem as? ReconstructionProblem else {
      throw ReconstructionError.settings(
        method: name, reason: "it fills the k-space of coils, and this problem has none")
    }
    let kspace = try filled(slice, report: report)
    let all = slice.system.resampled(
      by: [Bool](repeating: true, count: slice.mask.samples.count))
    let image = all.adjoint(all.hybrid(kspace))
    try requireFinite(image, of: name)
    return Reconstruction(image: image)
  }

  /// The k-space `[coils, rows, columns]` with what is missing filled in.
  func filled(
    _ slice: ReconstructionProblem, report: (ReconstructionProgress) throws -> Void
  ) throws -> ComplexArray {
    let kspace = slice.kspace
    let (coils, rows, columns) = (kspace.shape[0], kspace.shape[1], kspace.shape[2])
    let neighbours = GRAPPANeighbours(
      mask: slice.mask, rows: rows, columns: columns, settings: settings)
    guard neighbours.calibration.rows.count > 2, neighbours.calibration.columns.count > 2 else {
      throw ReconstructionError.settings(
        method: name,
        reason: "it needs at least three calibration lines; raise --center-fraction or leave it out"
      )
    }
    let groups = neighbours.groups()
    guard groups.count <= Self.mostKernels else {
      throw ReconstructionError.settings(
        method: name,
        reason:
          "the mask surrounds its missing samples in \(groups.count) ways, each of which needs a "
          + "kernel; it suits masks of columns and regular ones")
    }
    var result = kspace
    // Kernels are fitted and used a few at a time, and each by one thread.
    let batch = 16
    for first in stride(from: 0, to: groups.count, by: batch) {
      try report(
        ReconstructionProgress(
          stage: "kernels", fraction: Double(first) / Double(groups.count), misfit: 1))
      let part = Array(groups[first..<min(groups.count, first + batch)])
      let filled = Mutex<[Int: Result<[Complex<Float>], any Error>]>([:])
      parallelFor(part.count) { index in
        let (offsets, targets) = part[index]
        let outcome = Result {
          try GRAPPAKernel(
            offsets, windows: neighbours.windows(of: offsets), kspace: kspace,
            weight: settings.tikhonov
          )?.samples(at: targets[...], kspace: kspace) ?? []
        }
        filled.withLock { $0[index] = outcome }
      }
      for (index, outcome) in filled.withLock({ $0 }) {
        let samples: [Complex<Float>]
        do {
          samples = try outcome.get()
        } catch {
          throw ReconstructionError.diverged(method: name)
        }
        if samples.isEmpty { continue }
        for (number, target) in part[index].targets.enumerated() {
          for coil in 0..<coils {
            result.values[coil * rows * columns + target] = samples[number * coils + coil]
          }
        }
      }
    }
    return result
  }
}
