/// What was measured in one region of one slice.
///
/// The sums let a volume's figures be formed as fastMRI forms them: squared errors and energies are
/// added over the slices before PSNR, NMSE and NRMSE are taken, and the other metrics are averaged.
public struct SliceMeasurement: Sendable, Equatable {
  /// The number of pixels in the region.
  public let pixels: Int
  /// ‖g − p‖², summed over the region.
  public let squaredError: Double
  /// ‖g‖² of the reference, summed over the region.
  public let referenceEnergy: Double
  /// The metrics asked for that exist in the region; see `SliceReference` for when one does not.
  public let values: [Metric: Double]

  /// Figures that belong together.
  public init(
    pixels: Int, squaredError: Double, referenceEnergy: Double, values: [Metric: Double]
  ) {
    self.pixels = pixels
    self.squaredError = squaredError
    self.referenceEnergy = referenceEnergy
    self.values = values
  }
}
