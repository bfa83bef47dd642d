import Acquisition

/// Which readouts of an ISMRMRD file make which slice of a volume.
///
/// Noise, navigators, phase correction, dummies and feedback are left out, and calibration lines that
/// are not imaging lines too, unless the header says that they are embedded in the scan
/// (mrirecon/bart, `src/ismrm/read.c`; PTB-MR/mrpro, `src/mrpro/data/acq_filters.py`).
struct RawDataIndex: Sendable {
  /// The readouts of the chosen volume by slice, in the order in which slices are stacked.
  let slices: [[RawAcquisition]]
  /// Where each slice lies; nil where the file does not say.
  let planes: [SlicePlane?]
  /// The volumes of the file.
  let frames: [RawAcquisition.Frame]
  /// The noise readouts.
  let noise: [RawAcquisition]
  /// The number of the `encoding` element that the readouts belong to.
  let encoding: Int
  /// How many readouts were left out because they are not of the image, or of another encoding.
  let leftOut: Int

  /// Reads the headers of all readouts in `dataset` and sorts those of volume `frame`.
  ///
  /// Throws `ScanFileError` if they cannot be read, are compressed, or if none is of an image.
  init(_ dataset: HDF5Dataset, header: RawDataHeader, frame: Int) throws(ScanFileError) {
    let file = dataset.file
    guard dataset.shape.count == 1, let count = dataset.shape.first, count > 0 else {
      throw file.error(.zeroSize(dataset: dataset.name, shape: dataset.shape))
    }
    try file.checkPlausible("dataset '\(dataset.name)'", [count], stride: 340)
    var noise: [RawAcquisition] = []
    var imaging: [RawAcquisition] = []
    var planes: [Int: SlicePlane] = [:]
    let block = 4096
    for start in stride(from: 0, to: count, by: block) {
      let records = try dataset.records(
        RawAcquisition.members, start: start, count: min(block, count - start))
      for element in 0..<records.count {
        let readout = RawAcquisition(records, element, index: start + element)
        if AcquisitionFlag.compressed.contains(where: readout.has) {
          throw file.error(
            .unsupported(
              "acquisition \(readout.index) is compressed",
              cure: "convert the raw data without compression"))
        }
        if readout.has(.noiseMeasurement) { noise.append(readout) }
        guard !AcquisitionFlag.notImage.contains(where: readout.has),
          !readout.has(.parallelCalibration) || readout.has(.parallelCalibrationAndImaging)
            || Self.isEmbedded(readout, header)
        else { continue }
        imaging.append(readout)
        if planes[readout.slice] == nil {
          planes[readout.slice] = RawAcquisition.plane(records, element)
        }
      }
    }
    guard let encoding = imaging.map(\.encoding).min() else {
      throw file.error(
        .rawData(
          "none of its \(count) acquisitions is flagged as one of the image",
          cure: "give the raw data of the scan itself"))
    }
    guard encoding < header.encodingCount else {
      throw file.error(
        .rawData(
          "acquisitions name the encoding \(encoding) but the header holds "
            + "\(header.encodingCount)", cure: "convert the raw data again"))
    }
    imaging.removeAll { $0.encoding != encoding }
    let frames = Set(imaging.map(\.frame)).sorted()
    guard frames.indices.contains(frame) else {
      throw file.error(.noSuchFrame(frame, frames: frames.count))
    }
    self.frames = frames
    self.noise = noise
    self.encoding = encoding
    leftOut = count - imaging.count - noise.count
    let bySlice = Dictionary(grouping: imaging.filter { $0.frame == frames[frame] }, by: \.slice)
    let order = Self.stacked(bySlice.keys.sorted(), planes)
    slices = order.map { bySlice[$0] ?? [] }
    self.planes = order.map { planes[$0] }
  }

  private static func isEmbedded(_ readout: RawAcquisition, _ header: RawDataHeader) -> Bool {
    readout.encoding < header.encodingCount
      && header.calibrationMode(readout.encoding) == "embedded"
  }

  /// The slices in the order in which they lie along the stack, or by number if that is not known.
  private static func stacked(_ slices: [Int], _ planes: [Int: SlicePlane]) -> [Int] {
    guard let direction = slices.first.flatMap({ planes[$0]?.sliceDirection }) else {
      return slices
    }
    let heights = slices.compactMap { slice in
      planes[slice].map { (slice: slice, height: ($0.position * direction).sum()) }
    }.sorted { ($0.height, $0.slice) < ($1.height, $1.slice) }
    let areApart = zip(heights, heights.dropFirst()).allSatisfy {
      $1.height - $0.height > 1e-3
    }
    return heights.count == slices.count && areApart ? heights.map(\.slice) : slices
  }
}
