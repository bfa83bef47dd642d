public import Acquisition
public import Arrays
import Numerics

/// A simulated scan of a simulated head, slice by slice.
///
/// The same settings give the same bytes, whatever the number of threads.
public struct HeadScan: Sendable {
  /// What is scanned and how.
  public let settings: HeadScanSettings
  /// The standard deviation of the noise in the real and in the imaginary part of every sample.
  public let noiseDeviation: Float

  let anatomy: HeadAnatomy
  let loops: ReceiverLoops
  private let texture: TissueTexture
  private let phase: RandomWaves
  private let noise: RandomStream

  /// The readout samples per image row.
  public static let oversampling = 2
  /// Scanners give small numbers; nothing may rely on their scale.
  private static let receiverScale: Float = 1e-4

  /// A scan with `settings`, whose `fault` must be nil.
  public init(_ settings: HeadScanSettings) {
    if let fault = settings.fault { shapeError(fault) }
    self.settings = settings
    // Each part draws from a stream of its own: another number of coils gives the same head.
    let streams = RandomStream(seed: settings.seed)
    var coilStream = streams.split(stream: 1)
    var textureStream = streams.split(stream: 2)
    var phaseStream = streams.split(stream: 3)
    anatomy = HeadAnatomy(seed: settings.seed)
    loops = ReceiverLoops(count: settings.coils, &coilStream)
    texture = TissueTexture(&textureStream)
    phase = RandomWaves(wavelength: 220, band: 0.3, waves: 16, &phaseStream)
    noise = streams.split(stream: 4)
    let white = settings.contrast.sequence.signal(of: .white)
    noiseDeviation = Self.receiverScale * white / settings.signalToNoise
  }

  /// What the file's header says: twice the field of view along the readout, every column acquired.
  public var header: ScanHeader {
    let columnExtent = Double(settings.pixel) * Double(settings.columns)
    let extent = Double(settings.fieldOfView)
    let thickness = Double(settings.thickness)
    var header = ScanHeader(
      encoded: .init(
        rows: Self.oversampling * settings.rows, columns: settings.columns,
        rowExtent: Double(Self.oversampling) * extent, columnExtent: columnExtent,
        partitionExtent: thickness),
      reconstructed: .init(
        rows: settings.rows, columns: settings.columns, rowExtent: extent,
        columnExtent: columnExtent, partitionExtent: thickness),
      phaseEncodingCentre: settings.columns / 2, phaseEncodingMaximum: settings.columns - 1,
      encodingCount: 1, patient: "simulated head, seed \(settings.seed)",
      acquisition: settings.contrast.acquisition)
    header.resonanceFrequency = 123_200_000
    return header
  }

  /// The fully sampled, noisy k-space of one slice, `[coils, 2 · rows, columns]`.
  public func kspace(slice: Int) -> ComplexArray {
    guard slice >= 0, slice < settings.slices else {
      shapeError("slice \(slice) of a scan of \(settings.slices)")
    }
    var result = signal(slice: slice)
    let size = result.count / settings.coils
    let deviation = noiseDeviation
    let stream = noise.split(stream: UInt64(slice))
    result.values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let start = base
      parallelFor(settings.coils) { coil in
        var random = stream.split(stream: UInt64(coil))
        for index in coil * size..<(coil + 1) * size {
          start[index] += Complex(deviation * random.normal(), deviation * random.normal())
        }
      }
    }
    return result
  }

  /// The k-space of one slice without noise.
  func signal(slice: Int) -> ComplexArray {
    let (rows, columns) = (Self.oversampling * settings.rows, settings.columns)
    let object = object(slice: slice)
    let height = settings.height(slice: slice)
    let fineness = self.fineness
    let fineRows = fineness * rows
    let grid = object.grid
    let transform = FourierTransform(rows: fineRows, columns: grid.columns)
    // From centre to centre, so that row n / 2 stays the middle one for every pair of parities.
    let top = fineRows / 2 - grid.rows / 2
    let (firstRow, firstColumn) = (fineRows / 2 - rows / 2, grid.columns / 2 - columns / 2)
    // A unitary transform of `fineness²` as many samples, of which only the middle is kept.
    let scale = Self.receiverScale / Float(fineness)
    var result = ComplexArray(zeros: [settings.coils, rows, columns])
    result.values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      nonisolated(unsafe) let start = base
      parallelFor(settings.coils) { coil in
        let map = CoarseMap(loops, coil: coil, grid: grid, height: height)
        var fine = ComplexArray(zeros: [fineRows, grid.columns])
        for row in 0..<grid.rows {
          for column in 0..<grid.columns {
            let value = object.values[row * grid.columns + column]
            guard value != .zero else { continue }
            fine.values[(top + row) * grid.columns + column] = value * map.value(row, column)
          }
        }
        transform.forward(&fine)
        for row in 0..<rows {
          for column in 0..<columns {
            let value = fine.values[(firstRow + row) * grid.columns + firstColumn + column]
            start[(coil * rows + row) * columns + column] = value.multiplied(by: scale)
          }
        }
      }
    }
    return result
  }

  /// How many times finer than the image the object is drawn, along each axis: 0.4 mm or less.
  private var fineness: Int { max(2, Int((settings.pixel / 0.4).rounded(.up))) }

  /// The grid on which the object is drawn.
  var grid: SliceGrid {
    SliceGrid(
      rows: fineness * settings.rows, columns: fineness * settings.columns,
      spacing: settings.pixel / Float(fineness))
  }

  /// The transverse magnetisation on the fine grid.
  private func object(slice: Int) -> (grid: SliceGrid, values: [Complex<Float>]) {
    let grid = self.grid
    let sequence = settings.contrast.sequence
    let signals = Tissue.allCases.map { sequence.signal(of: $0) }
    let height = settings.height(slice: slice)
    var water = [Float](repeating: 0, count: grid.count)
    var fat = water
    let sheets = 3
    for sheet in 0..<sheets {
      let z = height + settings.thickness * (Float(sheet) + 0.5 - Float(sheets) / 2) / Float(sheets)
      let labels = LabelMap(anatomy, grid: grid, z: z)
      let values = mapSamples(grid) { x, y, index in
        let tissue = labels.tissues[index]
        return signals[Int(tissue.rawValue)] * texture.factor(tissue, x, y, z) / Float(sheets)
      }
      for index in values.indices {
        let tissue = labels.tissues[index]
        if tissue == .fat || tissue == .marrow {
          fat[index] += values[index]
        } else {
          water[index] += values[index]
        }
      }
    }
    // The readout takes the lower frequency of fat for a shift, here of one pixel.
    let displaced = fineness * grid.columns
    let fatTurn = Complex<Float>(length: 1, phase: sequence.fatPhase)
    let (waterSignal, fatSignal) = (water, fat)
    let values = mapSamples(grid) { x, y, index in
      let shifted = index >= displaced ? fatSignal[index - displaced] : 0
      guard waterSignal[index] != 0 || shifted != 0 else { return Complex<Float>.zero }
      // The transmit field of 3 T is strongest in the middle.
      let bias = 1.06 - 0.14 * (x * x + y * y) / (90 * 90)
      let turn = Complex<Float>(
        length: max(0.5, bias), phase: 0.7 * phase.value(x, y, height) + 0.004 * y)
      return turn * (Complex(waterSignal[index], 0) + fatTurn.multiplied(by: shifted))
    }
    return (grid, values)
  }
}
