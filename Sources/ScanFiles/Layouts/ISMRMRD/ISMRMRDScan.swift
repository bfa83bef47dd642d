public import Acquisition
public import Arrays
import Numerics

/// Cartesian raw data in ISMRMRD's HDF5 layout, sorted into k-space slice by slice.
///
/// A line goes to the column `kspace_encode_step_1` + columns / 2 − centre, the centre being that of
/// the header's encoding limits. Samples to discard are cut off, reversed readouts turned round, and
/// readouts shorter than the encoded matrix put with `center_sample` in its middle. Lines measured
/// several times are averaged. Partitions are transformed into slices. Contrasts, phases, repetitions
/// and sets are frames. Slices come in the order of their positions. The data of scanners by Siemens are
/// conjugated, because their geometry is meant for the other sign of the Fourier transform's
/// exponent (PTB-MR/mrpro, `src/mrpro/data/KData.py`).
///
/// Sources: ismrmrd/ismrmrd, `include/ismrmrd/ismrmrd.h` and `schema/ismrmrd.xsd`; the shift and what
/// is left out as mrirecon/bart, `src/ismrm/read.c`.
public struct ISMRMRDScan: Scan {
  public var layout: ScanLayout { .ismrmrd }
  public let file: String
  public let slices: Int
  public let coils: Int
  public let rows: Int
  public let columns: Int
  public let header: ScanHeader
  public let frame: Int
  public var frames: Int { index.frames.count }
  public let acquiredColumns: Range<Int>
  public let acquiredRows: Range<Int>
  public var storedMask: [Bool]? { nil }
  public let sampledColumns: [Bool]
  public let remarks: [String: String]
  /// Whether its noise readouts have prewhitened the coils.
  let isPrewhitened: Bool
  private let index: RawDataIndex
  private let reader: RawDataReader
  private let partitions: PartitionTransform?
  /// The slices of a three-dimensional scan that lie in the wanted field of view.
  private let keptPartitions: Range<Int>

  /// The group of the file that holds raw data, usually `dataset`.
  static func group(in file: HDF5File) -> String? {
    (["dataset"] + file.names).first {
      file.contains($0 + "/xml") && file.contains($0 + "/data")
    }
  }

  /// Reads the header and the headers of all readouts.
  ///
  /// Throws `ScanFileError` if they contradict each other, or if the scan is not Cartesian, is
  /// undersampled along both phase-encoding axes, or has no noise to whiten by if that is asked for.
  init(_ source: HDF5File, group: String, _ options: ScanFile.Options) throws(ScanFileError) {
    let text = try source.dataset(group + "/xml").strings().first ?? ""
    let raw: RawDataHeader
    do throws(HeaderReason) {
      raw = try RawDataHeader(xml: text)
    } catch {
      throw source.error(.header(reason: error.text))
    }
    let dataset = try source.dataset(group + "/data")
    let index = try RawDataIndex(dataset, header: raw, frame: options.frame)
    if let trajectory = raw.trajectory(index.encoding), trajectory.lowercased() != "cartesian" {
      throw source.error(
        .unsupported(
          "has the trajectory '\(trajectory)', and only Cartesian scans are read",
          cure: "grid the data first, for example with BART"))
    }
    var header = raw.scanHeader(index.encoding)
    header.sampleTime = index.slices.first?.first.map { Double($0.dwellTime) }
      .flatMap { $0 > 0 && $0.isFinite ? $0 : nil }
    guard let encoded = header.encoded else {
      throw source.error(.header(reason: "it states no encodedSpace"))
    }
    let lines = index.slices.flatMap { $0 }
    let coils = lines[0].channels
    guard coils > 0 else {
      throw source.error(
        .rawData("its acquisitions have no channels", cure: "convert the raw data again"))
    }
    if let other = lines.first(where: { $0.channels != coils }) {
      throw source.error(
        .rawData(
          "acquisition \(other.index) has \(other.channels) channels but others have \(coils)",
          cure: "convert the raw data again"))
    }
    let rows = max(encoded.rows, lines.map(\.keptSamples).max() ?? 0)
    let columns = encoded.columns
    let is3D = encoded.partitions > 1 && lines.contains { $0.partition > 0 }
    try source.checkPlausible(
      "k-space", [is3D ? encoded.partitions : 1, coils, rows, columns], stride: 8)
    var whitening: NoisePrewhitening?
    if options.whitens, !index.noise.isEmpty {
      whitening = try RawDataReader.prewhitening(
        dataset, noise: index.noise, data: lines[0], bandwidth: raw.relativeNoiseBandwidth ?? 1)
    }
    let reader = RawDataReader(
      dataset: dataset, coils: coils, rows: rows, columns: columns,
      columnShift: header.phaseEncodingCentre.map { columns / 2 - $0 } ?? 0,
      conjugates: raw.vendor?.lowercased().hasPrefix("siemens") == true, whitening: whitening)
    for line in lines { try reader.check(line) }

    let first: [Bool]
    if is3D {
      let shift = raw.partitionCentre(index.encoding).map { encoded.partitions / 2 - $0 } ?? 0
      let stack = try RawPartitions(
        index.slices, count: encoded.partitions, shift: shift, reader: reader)
      first = stack.sampled
      keptPartitions = Self.kept(header)
      slices = keptPartitions.count
      partitions = PartitionTransform(partitions: encoded.partitions, slices: keptPartitions) {
        partition throws(ScanFileError) in
        try reader.kspace(stack.lines[partition])
      }
    } else {
      first = reader.columns(of: index.slices[0])
      keptPartitions = 0..<1
      slices = index.slices.count
      partitions = nil
    }
    let sampling = ColumnSampling(filled: first, planned: header.acquiredColumns(of: columns))
    guard sampling.sampled.contains(true) else { throw source.error(.maskEmpty) }
    (sampledColumns, acquiredColumns) = (sampling.sampled, sampling.acquired)
    acquiredRows = reader.rows(of: lines)
    file = source.path
    frame = options.frame
    self.header = header
    (self.coils, self.rows, self.columns) = (coils, rows, columns)
    self.index = index
    self.reader = reader
    remarks = Self.remarks(index, raw, whitening, is3D: is3D)
    isPrewhitened = whitening != nil
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    guard slice >= 0, slice < slices else {
      throw ScanFileError(file: file, problem: .noSuchSlice(slice, slices: slices))
    }
    let kspace: ComplexArray
    if let partitions {
      kspace = try partitions.slice(slice)
    } else {
      let lines = index.slices[slice]
      let own = reader.columns(of: lines)
      if let column = own.indices.first(where: {
        acquiredColumns.contains($0) && own[$0] != sampledColumns[$0]
      }) {
        throw ScanFileError(
          file: file,
          problem: .rawData(
            "slice \(slice) \(own[column] ? "has" : "lacks") the line of column \(column), unlike "
              + "slice 0", cure: "the scan may have been stopped early: leave this slice out"))
      }
      kspace = try reader.kspace(lines)
    }
    if let problem = kspaceProblem(kspace.values, kspace.shape, slice: slice) {
      throw ScanFileError(file: file, problem: problem)
    }
    return reader.whitening?.apply(kspace) ?? kspace
  }

  public func plane(slice: Int) -> SlicePlane? {
    guard partitions != nil else { return index.planes[slice] }
    guard var plane = index.planes[0], let encoded = header.encoded,
      let extent = encoded.partitionExtent
    else { return nil }
    let steps = keptPartitions.lowerBound + slice - encoded.partitions / 2
    plane.position += plane.sliceDirection * (Double(steps) * extent / Double(encoded.partitions))
    return plane
  }

  /// The partitions inside the reconstructed extent, all where the slab is not oversampled.
  private static func kept(_ header: ScanHeader) -> Range<Int> {
    let count = header.encoded?.partitions ?? 1
    guard let outer = header.encoded?.partitionExtent,
      let inner = header.reconstructed?.partitionExtent, inner < outer
    else { return 0..<count }
    let kept = min(count, max(1, Int((Double(count) * inner / outer).rounded())))
    let first = count / 2 - kept / 2
    return first..<first + kept
  }

  private static func remarks(
    _ index: RawDataIndex, _ raw: RawDataHeader, _ whitening: NoisePrewhitening?, is3D: Bool
  ) -> [String: String] {
    var remarks: [String: String] = [:]
    remarks["vendor"] = raw.vendor
    if !index.noise.isEmpty {
      remarks["noise scan"] =
        "\(index.noise.count) readouts, "
        + (whitening == nil ? "not used (--whiten prewhitens the coils)" : "coils prewhitened")
    }
    if index.leftOut > 0 { remarks["readouts left out"] = "\(index.leftOut), not of the image" }
    let averages = index.slices[0].map(\.average).max().map { $0 + 1 } ?? 1
    if averages > 1 { remarks["averages"] = "\(averages), of which the mean is taken" }
    if index.frames.count > 1 {
      func count(_ counter: KeyPath<RawAcquisition.Frame, Int>) -> Int {
        Set(index.frames.map { $0[keyPath: counter] }).count
      }
      remarks["frames"] =
        "\(index.frames.count): \(count(\.contrast)) contrasts, \(count(\.phase)) phases, "
        + "\(count(\.repetition)) repetitions, \(count(\.set)) sets"
    }
    if is3D { remarks["partitions"] = "transformed into slices" }
    return remarks
  }
}
