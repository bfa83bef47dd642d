/// The readouts of a three-dimensional scan by partition.
struct RawPartitions: Sendable {
  /// The readouts of each partition; none where the scan left a partition out.
  let lines: [[RawAcquisition]]
  /// Which columns every measured partition fills.
  let sampled: [Bool]

  /// Sorts the one slab in `slabs` into `count` partitions, number 0 of the file going to `shift`.
  ///
  /// Throws `ScanFileError` if there are several slabs, or if the partitions are not sampled alike and
  /// without a gap: then the scan is undersampled along both phase-encoding axes.
  init(
    _ slabs: [[RawAcquisition]], count: Int, shift: Int, reader: RawDataReader
  ) throws(ScanFileError) {
    let file = reader.dataset.file
    guard slabs.count == 1 else {
      throw file.error(
        .unsupported(
          "holds \(slabs.count) slabs of partitions", cure: "convert one slab at a time"))
    }
    var lines: [[RawAcquisition]] = Array(repeating: [], count: count)
    for readout in slabs[0] {
      guard lines.indices.contains(readout.partition + shift) else {
        throw file.error(
          .rawData(
            "partition \(readout.partition) of acquisition \(readout.index) falls on "
              + "\(readout.partition + shift) of \(count), by the centre in the header's "
              + "encodingLimits", cure: "correct the header's matrix size or centre"))
      }
      lines[readout.partition + shift].append(readout)
    }
    let measured = lines.indices.filter { !lines[$0].isEmpty }
    let sampled = reader.columns(of: lines[measured[0]])
    guard measured.count == measured[measured.count - 1] - measured[0] + 1,
      measured.allSatisfy({ reader.columns(of: lines[$0]) == sampled })
    else {
      throw file.error(
        .unsupported(
          "is undersampled along the partitions (kspace_encode_step_2)",
          cure: "give a scan that is undersampled along kspace_encode_step_1 alone"))
    }
    self.lines = lines
    self.sampled = sampled
  }
}
