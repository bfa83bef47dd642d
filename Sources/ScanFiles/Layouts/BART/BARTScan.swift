public import Acquisition
public import Arrays
import Numerics

/// K-space in an array of BART.
///
/// READ is the readout (rows), PHS1 the phase encoding (columns), PHS2 the partitions, which must
/// be sampled alike and are transformed into slices; COIL the coils, SLICE the slices, AVG
/// averages, of which the mean is taken. Where READ is 1, PHS1 is the readout and PHS2 the phase
/// encoding, as fastMRI hands its slices to BART. Each index of any further dimension is a frame.
/// Arrays exist that have their coils along PHS2: with COIL 1, PHS2 counts coils unless one of the
/// two middle partitions has half of the power, as the centre of k-space has.
/// A BART array says nothing of extents, orientation or padding.
///
/// Dimensions: mrirecon/bart, `src/misc/mri.h`; singleton READ: facebookresearch/fastMRI,
/// `fastmri_examples/cs/run_bart.py`.
public struct BARTScan: Scan {
  private enum Dimension {
    static let read = 0, phase1 = 1, phase2 = 2, coil = 3, maps = 4, slice = 13, average = 14
  }

  public var layout: ScanLayout { .bart }
  public let slices: Int
  public let coils: Int
  public let rows: Int
  public let columns: Int
  public let header = ScanHeader()
  public let frame: Int
  public let frames: Int
  public let acquiredColumns: Range<Int>
  public let acquiredRows: Range<Int>
  public var storedMask: [Bool]? { nil }
  public let sampledColumns: [Bool]
  public let sampledPoints: [Bool]?
  private let coilAxis: Int
  private let reader: Reader
  private let partitions: PartitionTransform?

  public var file: String { reader.array.path }

  /// Takes frame `frame` of `array` and looks at its first slice.
  ///
  /// Throws `ScanFileError` if its dimensions are not those of Cartesian k-space, or if it is
  /// sampled along two phase-encoding dimensions.
  init(_ array: BARTArray, frame: Int) throws(ScanFileError) {
    @Sendable func fail(_ problem: ScanFileError.Problem) -> ScanFileError {
      ScanFileError(file: array.path, problem: problem)
    }
    let sizes = array.sizes
    guard sizes[Dimension.maps] == 1 else {
      throw fail(
        .unsupported(
          "has \(sizes[Dimension.maps]) sets of coil maps (dimension MAPS) and so holds no k-space",
          cure: "give the array of the k-space"))
    }
    let isFlat = sizes[Dimension.read] == 1
    rows = sizes[isFlat ? Dimension.phase1 : Dimension.read]
    columns = sizes[isFlat ? Dimension.phase2 : Dimension.phase1]
    let turned = isFlat ? false : try Self.hasCoilsAlongPartitions(array)
    coilAxis = turned ? Dimension.phase2 : Dimension.coil
    let partitionCount = isFlat || coilAxis == Dimension.phase2 ? 1 : sizes[Dimension.phase2]
    guard rows > 1, columns > 1 else {
      throw fail(
        .wrongShape(
          dataset: "k-space", found: sizes,
          expected: "more than one sample along READ and PHS1, the axes of Cartesian k-space"))
    }
    coils = sizes[coilAxis]
    let axes = sizes.indices.filter {
      $0 > Dimension.maps && $0 != Dimension.slice && $0 != Dimension.average && sizes[$0] > 1
    }
    self.frame = frame
    frames = axes.reduce(1) { $0 * sizes[$1] }
    guard frame >= 0, frame < frames else { throw fail(.noSuchFrame(frame, frames: frames)) }
    var start = Array(repeating: 0, count: BARTArray.rank)
    var rest = frame
    for axis in axes {
      start[axis] = rest % sizes[axis]
      rest /= sizes[axis]
    }
    let reader = Reader(
      array: array, start: start, rows: rows, columns: columns, coils: coils,
      coilAxis: coilAxis, averages: sizes[Dimension.average])
    self.reader = reader
    if partitionCount > 1 {
      guard sizes[Dimension.slice] == 1 else {
        throw fail(
          .unsupported(
            "has both partitions (PHS2) and slices (SLICE)",
            cure: "extract one slab with 'bart slice'"))
      }
      let (rows, columns) = (rows, columns)
      let middle = try reader.kspace(slice: 0, partition: partitionCount / 2)
      let filled = filledColumns(middle.values, rows: rows, columns: columns)
      slices = partitionCount
      partitions = PartitionTransform(partitions: partitionCount, slices: 0..<partitionCount) {
        partition throws(ScanFileError) in
        let part = try reader.kspace(slice: 0, partition: partition)
        let own = filledColumns(part.values, rows: rows, columns: columns)
        guard own == filled || !own.contains(true) else {
          throw fail(
            .unsupported(
              "is sampled differently from partition to partition (PHS2)",
              cure: "give a scan that is undersampled along PHS1 alone"))
        }
        return part
      }
      let sampling = ColumnSampling(filled: filled, planned: 0..<columns)
      acquiredRows = filledRows(middle.values, rows: rows, columns: columns)
      sampledPoints = nil
      (sampledColumns, acquiredColumns) = (sampling.sampled, sampling.acquired)
    } else {
      slices = sizes[Dimension.slice]
      partitions = nil
      let first = try reader.kspace(slice: 0, partition: 0)
      let sampling = ColumnSampling(
        filled: filledColumns(first.values, rows: rows, columns: columns), planned: 0..<columns)
      acquiredRows = filledRows(first.values, rows: rows, columns: columns)
      sampledPoints = filledPoints(first.values, rows: rows, columns: columns)
      (sampledColumns, acquiredColumns) = (sampling.sampled, sampling.acquired)
    }
    guard sampledColumns.contains(true) else { throw fail(.maskEmpty) }
  }

  public func kspace(slice: Int) throws(ScanFileError) -> ComplexArray {
    guard slice >= 0, slice < slices else {
      throw ScanFileError(file: file, problem: .noSuchSlice(slice, slices: slices))
    }
    let kspace =
      if let partitions { try partitions.slice(slice) } else {
        try reader.kspace(slice: slice, partition: 0)
      }
    if let problem = kspaceProblem(kspace.values, kspace.shape, slice: slice) {
      throw ScanFileError(file: file, problem: problem)
    }
    return kspace
  }

  public var remarks: [String: String] {
    let sizes = reader.array.sizes
    var remarks = [
      "dimensions": sizes.indices.filter { sizes[$0] > 1 }.map {
        "\(BARTArray.names[$0]) \(sizes[$0])"
      }
      .joined(separator: ", ")
    ]
    if coilAxis == Dimension.phase2 {
      remarks["coil dimension"] = "PHS2, for COIL is 1 and no partition has the centre of k-space"
    }
    if partitions != nil { remarks["partitions"] = "transformed into slices" }
    return remarks
  }

  private static func hasCoilsAlongPartitions(_ array: BARTArray) throws(ScanFileError) -> Bool {
    let (count, size) = (
      array.sizes[Dimension.phase2], array.sizes[Dimension.read] * array.sizes[Dimension.phase1]
    )
    guard array.sizes[Dimension.coil] == 1, (2...128).contains(count) else { return false }
    var powers: [Double] = []
    var place = Array(repeating: 0, count: BARTArray.rank)
    for partition in 0..<count {
      place[Dimension.phase2] = partition
      let values = try array.values(at: place, count: size)
      powers.append(
        values.reduce(0.0) { sum, value in
          let (real, imaginary) = (Double(value.real), Double(value.imaginary))
          return sum + real * real + imaginary * imaginary
        })
    }
    let middle = max(powers[count / 2], powers[(count - 1) / 2])
    return !(middle >= 0.5 * powers.reduce(0, +))
  }

  /// Reads one partition of one slice.
  private struct Reader: Sendable {
    let array: BARTArray
    let start: [Int]
    let rows: Int
    let columns: Int
    let coils: Int
    let coilAxis: Int
    let averages: Int

    /// The mean over the averages, `[coils, rows, columns]`.
    func kspace(slice: Int, partition: Int) throws(ScanFileError) -> ComplexArray {
      var result = ComplexArray(zeros: [coils, rows, columns])
      let size = rows * columns
      let weight = 1 / Float(averages)
      for average in 0..<averages {
        for coil in 0..<coils {
          var place = start
          place[coilAxis] = coil
          place[Dimension.slice] = slice
          place[Dimension.average] = average
          // Where READ is 1 there is but one partition and this index is 0.
          if partition > 0 { place[Dimension.phase2] = partition }
          let block = try array.values(at: place, count: size)
          for column in 0..<columns {
            for row in 0..<rows {
              let value = block[column * rows + row]
              result.values[coil * size + row * columns + column] +=
                averages == 1 ? value : value.multiplied(by: weight)
            }
          }
        }
      }
      return result
    }
  }
}
