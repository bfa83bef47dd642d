/// The flags of an ISMRMRD acquisition that decide what becomes of it, or that are written.
///
/// Numbered from 1, flag n being bit n − 1 (ismrmrd/ismrmrd, `include/ismrmrd/ismrmrd.h`).
enum AcquisitionFlag: UInt64 {
  case firstInSlice = 7
  case lastInSlice = 8
  case noiseMeasurement = 19
  case parallelCalibration = 20
  case parallelCalibrationAndImaging = 21
  case reverse = 22
  case navigation = 23
  case phaseCorrection = 24
  case lastInMeasurement = 25
  case feedbackHighPriority = 26
  case dummyScan = 27
  case feedbackRealTime = 28
  case surfaceCoilCorrection = 29
  case phaseStabilizationReference = 30
  case phaseStabilization = 31
  case compression1 = 53
  case compression2 = 54
  case compression3 = 55
  case compression4 = 56

  /// What is measured for other ends than the image.
  ///
  /// As PTB-MR/mrpro, `src/mrpro/data/acq_filters.py`, leaves out; calibration lines stand apart.
  static let notImage: [AcquisitionFlag] = [
    .noiseMeasurement, .navigation, .phaseCorrection, .feedbackHighPriority, .dummyScan,
    .feedbackRealTime, .surfaceCoilCorrection, .phaseStabilizationReference, .phaseStabilization,
  ]
  static let compressed: [AcquisitionFlag] = [
    .compression1, .compression2, .compression3, .compression4,
  ]

  func isSet(in flags: UInt64) -> Bool { flags >> (rawValue - 1) & 1 == 1 }
}
