/// Where a slice lies in the patient: DICOM's and ISMRMRD's axes, in which x grows to the patient's
/// left, y to the back and z to the head (LPS), in millimetres.
///
/// Fields of the acquisition header of ISMRMRD (ismrmrd/ismrmrd, `include/ismrmrd/ismrmrd.h`).
public struct SlicePlane: Equatable, Sendable {
  /// The middle of the field of view, that is of the image element `[rows / 2, columns / 2]`.
  public var position: SIMD3<Double>
  /// The unit vector along which row numbers grow (`read_dir`).
  public var readDirection: SIMD3<Double>
  /// The unit vector along which column numbers grow (`phase_dir`).
  public var phaseDirection: SIMD3<Double>
  /// The unit vector along which slices are stacked (`slice_dir`).
  public var sliceDirection: SIMD3<Double>

  /// A plane, or nil if the directions are not three unit vectors at right angles, as in files whose
  /// writer left them zero.
  public init?(
    position: SIMD3<Double>, readDirection: SIMD3<Double>, phaseDirection: SIMD3<Double>,
    sliceDirection: SIMD3<Double>
  ) {
    func product(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double { (a * b).sum() }
    let axes = [readDirection, phaseDirection, sliceDirection]
    for (index, axis) in axes.enumerated() {
      // Comparisons with NaN are false, so that it fails here too.
      guard abs(product(axis, axis) - 1) < 1e-2 else { return nil }
      for other in axes[(index + 1)...] where !(abs(product(axis, other)) < 1e-2) { return nil }
    }
    guard product(position, position).isFinite else { return nil }
    self.position = position
    self.readDirection = readDirection
    self.phaseDirection = phaseDirection
    self.sliceDirection = sliceDirection
  }

  /// How far along the stack the slice lies, in millimetres.
  public var height: Double { (position * sliceDirection).sum() }
}
