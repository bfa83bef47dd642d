import Acquisition
import Arrays
import LinearOperators
import Phantoms
import Reconstruction
import ScanFiles

extension SpeedPiece {
  /// Calibration and the methods for one slice, and reading a slice from a file.
  static func reconstructions(_ data: BenchmarkData) -> [SpeedPiece] {
    let (coils, rows, columns) = (
      data.sizes.coils, data.sizes.matrix.rows, data.sizes.matrix.columns
    )
    let size = "\(coils)×\(rows)×\(columns)"
    let samples = 8 * Double(coils * rows * columns)
    let normal = Work.senseNormal(coils: coils, rows: rows, columns: columns).flops ?? 0
    let pixels = Double(rows * columns)
    let levels = WaveletOperator.usefulLevels(shape: [rows, columns])
    let wavelets =
      2 * (Work.wavelet(rows: rows, columns: columns, levels: levels, taps: 2).flops ?? 0)
    let (sense, sparse) = (SENSE(), L1Wavelet())
    func method(
      _ name: String, _ flops: Double?, _ method: some ReconstructionMethod
    ) -> SpeedPiece {
      SpeedPiece(name, Work(flops: flops, bytes: 2 * samples)) {
        let problem = try data.scan().problem()
        return { _ = try method.reconstruct(problem) { _ in } }
      }
    }
    let slice = data.sizes.slice
    return [
      SpeedPiece("ESPIRiT \(size)", Work(flops: nil, bytes: 2 * samples)) {
        let scan = try data.scan()
        return { _ = try ESPIRiT().coilMaps(kspace: scan.sampled, mask: scan.mask) }
      },
      // An iteration of conjugate gradients adds about five complex vector passes of 4 operations.
      method(
        "SENSE \(sense.iterations) iterations \(size)",
        Double(sense.iterations) * (normal + 20 * pixels), sense),
      // One of FISTA adds about ten for the step, the shrinkage and the extrapolation.
      method(
        "L1-wavelet \(sparse.iterations) iterations \(size)",
        Double(sparse.iterations) * (normal + wavelets + 40 * pixels), sparse),
      SpeedPiece(
        "ILO slice \(slice.coils)×\(slice.rows)×\(slice.columns)",
        Work(flops: nil, bytes: 16 * Double(slice.coils * slice.rows * slice.columns))
      ) {
        let problem = try data.scan(
          slice.coils, (slice.rows, slice.columns), oversampled: false
        ).problem()
        let ilo = try ILO(weights: data.weights())
        return { _ = try ilo.reconstruct(problem) { _ in } }
      },
      SpeedPiece("file reading \(size)", Work(flops: nil, bytes: samples)) {
        let path = data.folder.file("scan.h5")
        let kspace = try data.scan().kspace
        let file = try SimulatedScanFile(
          path: path, slices: 1, coils: coils, rows: rows, columns: columns, header: ScanHeader())
        try file.write(kspace, slice: 0)
        try file.commit()
        let scan = try ScanFile.open(path)
        return { _ = try scan.kspace(slice: 0) }
      },
    ]
  }

  /// Every piece, in the order in which they are timed.
  public static func all(_ data: BenchmarkData) -> [SpeedPiece] {
    convolutions(data) + generator(data) + operators(data) + reconstructions(data)
  }
}
