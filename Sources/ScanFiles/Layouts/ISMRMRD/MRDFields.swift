/// The members of ISMRMRD's compound elements, in their order and packed.
///
/// Layout: ismrmrd/ismrmrd, `include/ismrmrd/ismrmrd.h`; members packed as ismrmrd/ismrmrd-python,
/// `ismrmrd/hdf5.py`.
enum MRDFields {
  /// The version of the headers.
  static let version: UInt16 = 1
  /// Sizes and counters have 16 bits.
  static let largestNumber = Int(UInt16.max)

  /// An acquisition: header, trajectory, samples.
  static let acquisition: [HDF5Field] = [
    HDF5Field("head", .group(acquisitionHeader)), HDF5Field("traj", .floatList),
    HDF5Field("data", .floatList),
  ]

  private static let acquisitionHeader: [HDF5Field] = [
    HDF5Field("version", .uint16), HDF5Field("flags", .uint64),
    HDF5Field("measurement_uid", .uint32), HDF5Field("scan_counter", .uint32),
    HDF5Field("acquisition_time_stamp", .uint32),
    HDF5Field("physiology_time_stamp", .array(.uint32, 3)),
    HDF5Field("number_of_samples", .uint16), HDF5Field("available_channels", .uint16),
    HDF5Field("active_channels", .uint16), HDF5Field("channel_mask", .array(.uint64, 16)),
    HDF5Field("discard_pre", .uint16), HDF5Field("discard_post", .uint16),
    HDF5Field("center_sample", .uint16), HDF5Field("encoding_space_ref", .uint16),
    HDF5Field("trajectory_dimensions", .uint16), HDF5Field("sample_time_us", .float),
    HDF5Field("position", .array(.float, 3)), HDF5Field("read_dir", .array(.float, 3)),
    HDF5Field("phase_dir", .array(.float, 3)), HDF5Field("slice_dir", .array(.float, 3)),
    HDF5Field("patient_table_position", .array(.float, 3)), HDF5Field("idx", .group(counters)),
    HDF5Field("user_int", .array(.int32, 8)), HDF5Field("user_float", .array(.float, 8)),
  ]

  private static let counters: [HDF5Field] = [
    HDF5Field("kspace_encode_step_1", .uint16), HDF5Field("kspace_encode_step_2", .uint16),
    HDF5Field("average", .uint16), HDF5Field("slice", .uint16), HDF5Field("contrast", .uint16),
    HDF5Field("phase", .uint16), HDF5Field("repetition", .uint16), HDF5Field("set", .uint16),
    HDF5Field("segment", .uint16), HDF5Field("user", .array(.uint16, 8)),
  ]

  /// The header of an image.
  static let imageHeader: [HDF5Field] = [
    HDF5Field("version", .uint16), HDF5Field("data_type", .uint16), HDF5Field("flags", .uint64),
    HDF5Field("measurement_uid", .uint32), HDF5Field("matrix_size", .array(.uint16, 3)),
    HDF5Field("field_of_view", .array(.float, 3)), HDF5Field("channels", .uint16),
    HDF5Field("position", .array(.float, 3)), HDF5Field("read_dir", .array(.float, 3)),
    HDF5Field("phase_dir", .array(.float, 3)), HDF5Field("slice_dir", .array(.float, 3)),
    HDF5Field("patient_table_position", .array(.float, 3)), HDF5Field("average", .uint16),
    HDF5Field("slice", .uint16), HDF5Field("contrast", .uint16), HDF5Field("phase", .uint16),
    HDF5Field("repetition", .uint16), HDF5Field("set", .uint16),
    HDF5Field("acquisition_time_stamp", .uint32),
    HDF5Field("physiology_time_stamp", .array(.uint32, 3)), HDF5Field("image_type", .uint16),
    HDF5Field("image_index", .uint16), HDF5Field("image_series_index", .uint16),
    HDF5Field("user_int", .array(.int32, 8)), HDF5Field("user_float", .array(.float, 8)),
    HDF5Field("attribute_string_len", .uint32),
  ]
}
