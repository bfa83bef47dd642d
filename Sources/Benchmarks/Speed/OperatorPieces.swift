import Acquisition
import Arrays
import LinearOperators
import Numerics

extension SpeedPiece {
  /// Fourier transforms, the SENSE operator and wavelets.
  static func operators(_ data: BenchmarkData) -> [SpeedPiece] {
    let matrices = [(data.sizes.matrix, false), (data.sizes.oversampled, true)]
    let pieces = matrices.flatMap { matrix, oversampled in
      transforms(data, matrix, oversampled: oversampled)
    }
    let (rows, columns) = data.sizes.matrix
    let levels = WaveletOperator.usefulLevels(shape: [rows, columns])
    let wavelets = [(WaveletFilter.haar, 2), (.daubechies4, 8)].map { filter, taps in
      SpeedPiece(
        "wavelet forward+adjoint \(filter.rawValue) \(rows)×\(columns)",
        .wavelet(rows: rows, columns: columns, levels: levels, taps: taps).times(2)
      ) {
        let wavelet = WaveletOperator(shape: [rows, columns], filter: filter, levels: levels)
        let image = normalComplex([rows, columns], seed: 3)
        var (coefficients, back) = (image, image)
        return {
          wavelet.forward(image, into: &coefficients)
          wavelet.adjoint(coefficients, into: &back)
        }
      }
    }
    return pieces + wavelets
  }

  private static func transforms(
    _ data: BenchmarkData, _ matrix: (rows: Int, columns: Int), oversampled: Bool
  ) -> [SpeedPiece] {
    let (coils, rows, columns) = (data.sizes.coils, matrix.rows, matrix.columns)
    let size = "\(coils)×\(rows)×\(columns)"
    let image = Work.fourier(size: rows * columns, count: coils)
    let lines = Work.fourier(size: columns, count: coils * rows)
    return [
      SpeedPiece("FFT 2-D \(size)", image) {
        let transform = FourierTransform(rows: rows, columns: columns)
        var array = normalComplex([coils, rows, columns], seed: 1)
        return { transform.forward(&array) }
      },
      // What the normal operator below cannot do without.
      SpeedPiece("FFT along columns, there and back \(size)", lines.times(2)) {
        let transform = FourierTransform(rows: rows, columns: columns, axes: .columns)
        var array = normalComplex([coils, rows, columns], seed: 1)
        return {
          transform.forward(&array)
          transform.inverse(&array)
        }
      },
      SpeedPiece(
        "SENSE normal \(size)", .senseNormal(coils: coils, rows: rows, columns: columns)
      ) {
        let scan = try data.scan(coils, matrix, oversampled: oversampled)
        let system = SENSEOperator(
          maps: unitMaps([coils, rows, columns]), mask: scan.mask.columns)
        let image = normalComplex([rows, columns], seed: 2)
        var result = image
        return { system.normal(image, into: &result) }
      },
    ]
  }
}

extension Work {
  func times(_ count: Double) -> Work {
    Work(flops: flops.map { $0 * count }, bytes: bytes * count)
  }
}

/// An array of standard normal values in the real and in the imaginary part.
func normalComplex(_ shape: [Int], seed: UInt64) -> ComplexArray {
  var random = RandomStream(seed: seed)
  return ComplexArray(
    shape: shape,
    values: (0..<shape.reduce(1, *)).map { _ in Complex(random.normal(), random.normal()) })
}

/// Random maps `[coils, rows, columns]`, at every pixel of unit length over the coils.
func unitMaps(_ shape: [Int]) -> ComplexArray {
  var maps = normalComplex(shape, seed: 5)
  let pixels = shape[1] * shape[2]
  for pixel in 0..<pixels {
    var sum: Float = 0
    for coil in 0..<shape[0] { sum += maps.values[coil * pixels + pixel].lengthSquared }
    let factor = 1 / sum.squareRoot()
    for coil in 0..<shape[0] {
      let value = maps.values[coil * pixels + pixel]
      maps.values[coil * pixels + pixel] = value.multiplied(by: factor)
    }
  }
  return maps
}
