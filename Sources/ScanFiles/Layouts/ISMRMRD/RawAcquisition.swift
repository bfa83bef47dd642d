import Acquisition

/// The header of one readout in ISMRMRD raw data, as far as sorting needs it.
///
/// Layout: ismrmrd/ismrmrd, `include/ismrmrd/ismrmrd.h` (`ISMRMRD_AcquisitionHeader`). Members are
/// found by name, for writers pack them differently.
struct RawAcquisition: Sendable {
  /// The counters that tell volumes apart.
  struct Frame: Hashable, Comparable, Sendable {
    var contrast, phase, repetition, set: Int

    static func < (a: Frame, b: Frame) -> Bool {
      (a.repetition, a.set, a.phase, a.contrast) < (b.repetition, b.set, b.phase, b.contrast)
    }
  }

  /// Its number in the file.
  let index: Int
  let flags: UInt64
  let samples: Int
  let channels: Int
  let discardBefore: Int
  let discardAfter: Int
  let centreSample: Int
  let encoding: Int
  let line: Int
  let partition: Int
  let average: Int
  let slice: Int
  let frame: Frame
  /// The time from sample to sample in microseconds.
  let dwellTime: Float

  static let members: [HDF5Member] = [
    .unsigned("head", "flags"), .unsigned("head", "number_of_samples"),
    .unsigned("head", "active_channels"), .unsigned("head", "discard_pre"),
    .unsigned("head", "discard_post"), .unsigned("head", "center_sample"),
    .unsigned("head", "encoding_space_ref"), .reals(1, "head", "sample_time_us"),
    .reals(3, "head", "position"), .reals(3, "head", "read_dir"), .reals(3, "head", "phase_dir"),
    .reals(3, "head", "slice_dir"), .unsigned("head", "idx", "kspace_encode_step_1"),
    .unsigned("head", "idx", "kspace_encode_step_2"), .unsigned("head", "idx", "average"),
    .unsigned("head", "idx", "slice"), .unsigned("head", "idx", "contrast"),
    .unsigned("head", "idx", "phase"), .unsigned("head", "idx", "repetition"),
    .unsigned("head", "idx", "set"),
  ]

  /// Element `element` of `records`, which is number `index` in the file.
  init(_ records: HDF5Records, _ element: Int, index: Int) {
    // The layout's counters have 16 bits; more of them is damage, and must not overflow what follows.
    func number(_ member: Int) -> Int {
      Int(min(records.unsigned(element, member), UInt64(UInt16.max)))
    }
    self.index = index
    flags = records.unsigned(element, 0)
    samples = number(1)
    channels = number(2)
    discardBefore = number(3)
    discardAfter = number(4)
    centreSample = number(5)
    encoding = number(6)
    dwellTime = records.real(element, 7)
    line = number(12)
    partition = number(13)
    average = number(14)
    slice = number(15)
    frame = Frame(
      contrast: number(16), phase: number(17), repetition: number(18), set: number(19))
  }

  /// Where element `element` of `records` lies in the patient, if its directions make sense.
  static func plane(_ records: HDF5Records, _ element: Int) -> SlicePlane? {
    func vector(_ member: Int) -> SIMD3<Double> {
      SIMD3((0..<3).map { Double(records.real(element, member, $0)) })
    }
    return SlicePlane(
      position: vector(8), readDirection: vector(9), phaseDirection: vector(10),
      sliceDirection: vector(11))
  }

  func has(_ flag: AcquisitionFlag) -> Bool { flag.isSet(in: flags) }

  /// The number of samples that belong to the readout.
  var keptSamples: Int { samples - discardBefore - discardAfter }
}
