import Acquisition
import Arrays
import LinearOperators
import Numerics

/// ESPIRiT's sets of maps from the sampled calibration lines; 1 for a single coil, which needs none.
func mapEstimate(
  of kspace: ComplexArray, mask: SamplingMask, count: Int = 1, measuresSecondSet: Bool = false
) throws(CalibrationError) -> ESPIRiT.Estimate {
  guard kspace.shape[0] > 1 else {
    let maps = CoilMaps(
      sensitivities: ComplexArray(shape: kspace.shape, repeating: .one),
      eigenvalues: RealArray(shape: Array(kspace.shape.dropFirst()), repeating: 1))
    return ESPIRiT.Estimate(sets: [maps], secondSetShare: nil)
  }
  return try ESPIRiT().estimate(
    kspace: kspace, mask: mask, count: count, measuresSecondSet: measuresSecondSet)
}

/// The first set of them.
func coilMaps(
  of kspace: ComplexArray, mask: SamplingMask
) throws(CalibrationError) -> CoilMaps {
  try mapEstimate(of: kspace, mask: mask).sets[0]
}

/// The image `[rows, columns]` of `kspace` `[coils, rows, columns]`, coils combined by the conjugate maps; of
/// several sets `[sets, rows, columns]`.
func combined(_ kspace: ComplexArray, by sets: [CoilMaps]) -> ComplexArray {
  let system = SENSEOperator(
    sets: sets.map(\.sensitivities), mask: Array(repeating: true, count: kspace.shape[2]))
  return system.adjoint(system.hybrid(kspace))
}
