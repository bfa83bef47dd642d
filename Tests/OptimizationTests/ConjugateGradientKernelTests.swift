import Arrays
import Kernels
import Testing

@Suite("Passes of conjugate gradients")
struct ConjugateGradientKernelTests {
  static let kernelSets: [String] = ["avx512", "avx2", "plain"].filter { (name: String) in
    image_kernels_named(name) != nil
  }
  /// Below, at and beyond the width of a vector.
  static let counts = [0, 1, 7, 8, 16, 31, 1000, 4099]

  private func floats(_ count: Int, seed: UInt64) -> [Float] {
    var random = RandomStream(seed: seed)
    return (0..<count).map { _ in random.normal() }
  }

  private func close(_ a: [Float], _ b: [Double]) -> Bool {
    zip(a, b).allSatisfy { abs(Double($0) - $1) <= 3e-7 * (1 + abs($1)) }
  }

  @Test("curvature equals the slow sum in double precision", arguments: kernelSets)
  func curvature(kernelSet: String) throws {
    let table = try #require(image_kernels_named(kernelSet)).pointee
    for count in Self.counts {
      let direction = floats(count, seed: 1)
      var image = floats(count, seed: 2)
      let expected = zip(image, direction).map { Double($0) + 0.3 * Double($1) }
      let sum = zip(expected, direction).reduce(0) { $0 + $1.0 * Double($1.1) }
      let found = table.curvature(count, 0.3, direction, &image)
      #expect(close(image, expected))
      #expect(abs(found - sum) <= 1e-6 * Double(max(1, count)).squareRoot())
    }
  }

  @Test("descend equals the slow vectors and norms in double precision", arguments: kernelSets)
  func descend(kernelSet: String) throws {
    let table = try #require(image_kernels_named(kernelSet)).pointee
    for count in Self.counts {
      let (direction, image) = (floats(count, seed: 3), floats(count, seed: 4))
      var (solution, residual) = (floats(count, seed: 5), floats(count, seed: 6))
      let x = zip(solution, direction).map { Double($0) + 0.7 * Double($1) }
      let r = zip(residual, image).map { Double($0) - 0.7 * Double($1) }
      var sums = [Double](repeating: .nan, count: 2)
      table.descend(count, 0.7, direction, image, &solution, &residual, &sums)
      #expect(close(solution, x) && close(residual, r))
      for (found, expected) in [(sums[0], r), (sums[1], x)] {
        let energy = expected.reduce(0) { $0 + $1 * $1 }
        #expect(abs(found - energy) <= 3e-7 * energy)
      }
    }
  }

  @Test("a value that is not finite shows in the sums", arguments: kernelSets)
  func notFinite(kernelSet: String) throws {
    let table = try #require(image_kernels_named(kernelSet)).pointee
    for place in [0, 18] {
      var (a, b) = (floats(19, seed: 7), floats(19, seed: 8))
      a[place] = .nan
      #expect(table.curvature(19, 0.5, a, &b).isNaN)
      var (c, d) = (floats(19, seed: 9), floats(19, seed: 10))
      var sums = [0.0, 0.0]
      table.descend(19, 0.5, a, floats(19, seed: 8), &c, &d, &sums)
      #expect(sums[1].isNaN)
    }
  }
}
