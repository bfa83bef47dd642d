import Acquisition
import Arrays
import Numerics
import Reconstruction
import TestSupport

/// A piecewise constant slice of 45 × 37 pixels and its problem, with the true maps.
struct UndersampledPhantom {
  /// `[rows, columns]`, in units of the k-space.
  let image: ComplexArray
  let problem: ReconstructionProblem

  static let (coils, rows, columns) = (6, 45, 37)

  /// Noise of standard deviation `noise` per real part; the image has values of 0 to 1.5.
  init(acceleration: Int, noise: Float = 0) throws {
    let (coils, rows, columns) = (Self.coils, Self.rows, Self.columns)
    let maps = SyntheticCoils(coils: coils, rows: rows, columns: columns).maps
    var image = ComplexArray(zeros: [rows, columns])
    for row in 6..<39 {
      for column in 5..<32 {
        let inner = (12..<25).contains(row) && (9..<20).contains(column)
        image.values[row * columns + column] = Complex(inner ? 1.5 : 1, 0)
        if row > 30 && column > 22 { image.values[row * columns + column] = Complex(0.4, 0.2) }
      }
    }
    var kspace = ComplexArray(zeros: [coils, rows, columns])
    for index in kspace.values.indices {
      kspace.values[index] = maps.values[index] * image.values[index % image.count]
    }
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    var random = RandomStream(seed: 3)
    for index in kspace.values.indices {
      kspace.values[index] += Complex(noise * random.normal(), noise * random.normal())
    }
    let mask =
      acceleration == 1
      ? try SamplingMask.fullySampled(columns: columns)
      : try SamplingMask(
        pattern: .random, columns: columns, acceleration: Double(acceleration),
        centerFraction: 0.08, seed: .integer(4))
    self.image = image
    problem = try ReconstructionProblem(
      kspace: kspace, mask: mask,
      maps: CoilMaps(
        sensitivities: maps, eigenvalues: RealArray(shape: [rows, columns], repeating: 1)))
  }

  /// ‖x − truth‖² / ‖truth‖² of an image `[rows, columns]` scaled as the problem.
  func error(_ reconstruction: ComplexArray) -> Double {
    var difference = reconstruction
    difference.add(-1 / problem.intensityScale, times: image)
    let scale = Double(problem.intensityScale)
    return difference.squaredNorm * scale * scale / image.squaredNorm
  }
}

/// What a method gives, with all that it reports.
func run(
  _ method: any ReconstructionMethod, _ problem: ReconstructionProblem
) throws -> (image: ComplexArray, progress: [ReconstructionProgress]) {
  var progress: [ReconstructionProgress] = []
  let result = try method.reconstruct(problem) { progress.append($0) }
  return (result.image, progress)
}
