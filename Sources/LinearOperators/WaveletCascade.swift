import Arrays
import Kernels

/// The levels of a wavelet transform of an image, or of a block of its rows, by the C kernels.
struct WaveletCascade: Sendable {
  /// Where in an image the transformed rows lie: row i is row (i + `rowOffset`) mod `imageRows`, and
  /// columns likewise, so that a shift of the wavelets needs no copy.
  struct Place {
    var image: UnsafeMutablePointer<Float>
    var imageRows: Int
    var rowOffset = 0
    var columnOffset = 0
  }

  private let filter: WaveletFilter
  /// Rows and columns of the image of each level, finest first.
  private let sizes: [(rows: Int, columns: Int)]
  private let table: image_kernel_table

  /// About the complex samples that one thread takes through a level in one go.
  private static let chunk = 8192

  /// A transform of `levels` levels, at least 1, of `rows` and `columns`.
  ///
  /// `kernelSet` names the kernels, for tests; nil takes the best for this processor.
  init(filter: WaveletFilter, rows: Int, columns: Int, levels: Int, kernelSet: String? = nil) {
    guard let table = kernelSet.map({ image_kernels_named($0) }) ?? image_kernels() else {
      fatalError("this processor has no kernels called \(kernelSet ?? "")")
    }
    self.table = table.pointee
    self.filter = filter
    var size = (rows: rows, columns: columns)
    sizes = (0..<levels).map { _ in
      defer { size = ((size.rows + 1) / 2, (size.columns + 1) / 2) }
      return size
    }
  }

  /// Complex samples of the transformed rows.
  var count: Int { sizes[0].rows * sizes[0].columns }
  /// Floats of memory that keeps approximations from one level to the next.
  var workFloats: Int { sizes.dropFirst().reduce(0) { $0 + 2 * $1.rows * $1.columns } }

  /// Writes the coefficients of the rows at `place`, laid out as by `WaveletOperator`.
  func analyse(
    _ place: Place, into coefficients: UnsafeMutablePointer<Float>,
    work: UnsafeMutablePointer<Float>, sharedOut: Bool
  ) {
    forEachLevel(place, coefficients, work, sizes.indices.map { $0 }, sharedOut) {
      table.wavelet_analyse($0, $1, $2, $3)
    }
  }

  /// Writes the rows at `place` that have the `coefficients`.
  func synthesise(
    _ coefficients: UnsafeMutablePointer<Float>, into place: Place,
    work: UnsafeMutablePointer<Float>, sharedOut: Bool
  ) {
    forEachLevel(place, coefficients, work, sizes.indices.reversed(), sharedOut) {
      table.wavelet_synthesise($0, $1, $2, $3)
    }
  }

  private func forEachLevel(
    _ place: Place, _ coefficients: UnsafeMutablePointer<Float>,
    _ work: UnsafeMutablePointer<Float>, _ order: [Int], _ sharedOut: Bool,
    _ body:
      @Sendable (UnsafePointer<wavelet_level>, Int32, Int32, UnsafeMutablePointer<Float>) -> Void
  ) {
    let (low, high) = (filter.lowPass, filter.highPass)
    let stride = 2 * sizes[0].columns
    low.withUnsafeBufferPointer { low in
      high.withUnsafeBufferPointer { high in
        for index in order {
          let (rows, columns) = sizes[index]
          var level = wavelet_level()
          (level.rows, level.columns) = (Int32(rows), Int32(columns))
          level.taps = Int32(low.count)
          (level.low, level.high) = (low.baseAddress, high.baseAddress)
          if index == 0 {
            (level.image, level.image_stride) = (place.image, stride)
            level.image_rows = Int32(place.imageRows)
            level.row_offset = Int32(place.rowOffset)
            level.column_offset = Int32(place.columnOffset)
          } else {
            (level.image, level.image_stride) = (work + start(of: index), 2 * columns)
            level.image_rows = Int32(rows)
          }
          if index + 1 < sizes.count {
            level.approximation = work + start(of: index + 1)
            level.approximation_stride = 2 * sizes[index + 1].columns
          } else {
            (level.approximation, level.approximation_stride) = (coefficients, stride)
          }
          (level.details, level.details_stride) = (coefficients, stride)
          forEachChunk(of: level, sharedOut, body)
        }
      }
    }
  }

  /// Where the image of a level after the first lies in the working memory.
  private func start(of level: Int) -> Int {
    sizes[1..<level].reduce(0) { $0 + 2 * $1.rows * $1.columns }
  }

  private func forEachChunk(
    of level: wavelet_level, _ sharedOut: Bool,
    _ body:
      @Sendable (UnsafePointer<wavelet_level>, Int32, Int32, UnsafeMutablePointer<Float>) -> Void
  ) {
    let rows = (Int(level.rows) + 1) / 2
    let step = sharedOut ? max(1, Self.chunk / (2 * Int(level.columns))) : rows
    nonisolated(unsafe) let level = level
    parallelFor((rows + step - 1) / step) { chunk in
      let scratch = UnsafeMutablePointer<Float>.allocate(
        capacity: kernels_wavelet_scratch(level.columns, level.taps))
      defer { scratch.deallocate() }
      withUnsafePointer(to: level) {
        body($0, Int32(chunk * step), Int32(min(rows, (chunk + 1) * step)), scratch)
      }
    }
  }
}
