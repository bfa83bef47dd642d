import Acquisition
import Arrays
import Numerics
import Reconstruction
import TestSupport
import Testing

@testable import Experiments

@Suite("Convergence study")
struct ConvergenceTests {
  private func study(iterations: Int) throws -> ConvergenceStudy {
    let (coils, rows, columns) = (5, 48, 40)
    let maps = SyntheticCoils(coils: coils, rows: rows, columns: columns).maps
    var image = RealArray(zeros: [rows, columns])
    for row in 8..<40 {
      for column in 6..<33 { image.values[row * columns + column] = row < 20 ? 1 : 0.6 }
    }
    var kspace = ComplexArray(zeros: [coils, rows, columns])
    for index in kspace.values.indices {
      kspace.values[index] = maps.values[index].multiplied(by: image.values[index % image.count])
    }
    FourierTransform(rows: rows, columns: columns).forward(&kspace)
    let mask = try SamplingMask(
      pattern: .random, columns: columns, acceleration: 4, centerFraction: 0.08, seed: .integer(4))
    let problem = try ReconstructionProblem(
      kspace: kspace, mask: mask,
      maps: CoilMaps(
        sensitivities: maps, eigenvalues: RealArray(shape: [rows, columns], repeating: 1)))
    for index in image.values.indices { image.values[index] /= problem.intensityScale }
    return ConvergenceStudy(problem: problem, reference: image, iterations: iterations)
  }

  @Test("every solver comes near one minimum, and the images near the truth")
  func converges() throws {
    let result = try study(iterations: 120).run()
    #expect(Set(result.runs.map(\.method)) == ["sense", "l1-wavelet", "tv"])
    for run in result.runs {
      #expect(run.points.map(\.iteration) == Array(1...run.points.count))
      #expect(zip(run.points, run.points.dropFirst()).allSatisfy { $0.seconds <= $1.seconds })
      let last = try #require(run.points.last)
      let first = try #require(run.points.first)
      #expect(last.nmse < first.nmse)
      // A shifted variant minimises another function in every iteration.
      if run.variant.hasSuffix("(shifted)") { continue }
      #expect(result.distance(last, of: run.method) >= 0)
      #expect(
        result.distance(last, of: run.method) < (run.variant == "primal-dual" ? 0.2 : 0.02),
        "\(run.method), \(run.variant)")
    }
  }

  @Test("the table has a row for each point")
  func table() throws {
    let result = try study(iterations: 3).run()
    let lines = result.csv.split(separator: "\n")
    #expect(lines.count == 1 + result.runs.reduce(0) { $0 + $1.points.count })
    #expect(lines[0] == "method,variant,iteration,seconds,objective,relative_distance,nmse")
    #expect(lines.allSatisfy { $0.split(separator: ",").count == 7 })
  }
}
