import Arrays
import Kernels
import LinearOperators
import Numerics
import Testing

@Suite("SENSE operator")
struct SENSEOperatorTests {
  static let shapes = [[7, 13, 17], [4, 16, 22], [1, 8, 8], [3, 1, 10], [2, 25, 1]]

  func oracle(_ maps: ComplexArray, _ mask: [Bool]) -> ComposedOperator {
    ComposedOperator(
      SamplingOperator(shape: maps.shape, mask: mask),
      after: ComposedOperator(
        FourierOperator(shape: maps.shape), after: SensitivityOperator(maps: maps)))
  }

  @Test("agrees with sampling, Fourier and sensitivity in turn", arguments: shapes)
  func composed(shape: [Int]) {
    let (maps, mask) = (randomArray(shape), randomMask(shape[2]))
    let (fused, slow) = (SENSEOperator(maps: maps, mask: mask), oracle(maps, mask))
    let x = randomArray([shape[1], shape[2]], seed: 5)
    let kspace = slow.forward(x)
    #expect(relativeDifference(fused.forward(x), fused.hybrid(kspace)) < 1e-6)
    #expect(relativeDifference(fused.kspace(fused.forward(x)), kspace) < 1e-6)
    let data = randomArray(shape, seed: 6)
    #expect(relativeDifference(fused.adjoint(fused.hybrid(data)), slow.adjoint(data)) < 1e-6)
    #expect(relativeDifference(fused.normal(x), slow.normal(x)) < 1e-6)
  }

  @Test("agrees with them for a mask of points, and so does its loss", arguments: shapes)
  func points(shape: [Int]) {
    let (maps, mask) = (randomArray(shape), randomMask(shape[1] * shape[2]))
    let (fused, slow) = (SENSEOperator(maps: maps, mask: mask), oracle(maps, mask))
    let x = randomArray([shape[1], shape[2]], seed: 5)
    #expect(relativeDifference(fused.kspace(fused.forward(x)), slow.forward(x)) < 1e-6)
    let data = randomArray(shape, seed: 6)
    let y = fused.hybrid(data)
    #expect(relativeDifference(fused.adjoint(y), slow.adjoint(data)) < 1e-6)
    #expect(relativeDifference(fused.normal(x), slow.normal(x)) < 1e-6)
    var residual = fused.forward(x)
    residual.add(-1, times: y)
    var gradient = randomArray(fused.domain, seed: 7)
    let loss = fused.dataLoss(x, measurements: y, into: &gradient)
    #expect(abs(loss / (residual.squaredNorm / 2) - 1) < 1e-6)
    #expect(relativeDifference(gradient, fused.adjoint(residual)) < 1e-6)
    let fewer = mask.indices.map { mask[$0] && $0 % 3 != 0 }
    #expect(
      relativeDifference(
        fused.resampled(by: fewer).normal(x), oracle(maps, fewer).normal(x)) < 1e-6)
  }

  @Test("several sets are the sum of each", arguments: shapes)
  func sets(shape: [Int]) {
    let maps = [randomArray(shape), randomArray(shape, seed: 4), randomArray(shape, seed: 11)]
    let mask = randomMask(shape[2])
    let joint = SENSEOperator(sets: maps, mask: mask)
    let parts = maps.map { oracle($0, mask) }
    #expect(joint.domain == [3, shape[1], shape[2]] && joint.mask == mask)
    let x = randomArray(joint.domain, seed: 5)
    let size = shape[1] * shape[2]
    var sum = ComplexArray(zeros: shape)
    for (index, part) in parts.enumerated() {
      let values = Array(x.values[index * size..<(index + 1) * size])
      sum.add(1, times: part.forward(ComplexArray(shape: [shape[1], shape[2]], values: values)))
    }
    #expect(relativeDifference(joint.kspace(joint.forward(x)), sum) < 1e-6)
    let data = randomArray(shape, seed: 6)
    let slow = ComplexArray(
      shape: joint.domain, values: parts.flatMap { $0.adjoint(data).values })
    #expect(relativeDifference(joint.adjoint(joint.hybrid(data)), slow) < 1e-6)
    let fewer = mask.indices.map { mask[$0] && $0 % 3 != 0 }
    let again = SENSEOperator(sets: maps, mask: fewer)
    #expect(relativeDifference(joint.resampled(by: fewer).normal(x), again.normal(x)) < 1e-6)
  }

  @Test("the number of threads changes no bit for a mask of points")
  func pointThreads() {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    let op = OperatorCase.points([5, 37, 46])
    let (x, y) = (randomArray(op.domain, seed: 5), randomArray(op.codomain, seed: 6))
    let results = [1, 3].map { threads in
      Parallelism.threads = threads
      var gradient = ComplexArray(zeros: op.domain)
      let loss = op.dataLoss(x, measurements: y, into: &gradient)
      return (loss, gradient, op.normal(x))
    }
    #expect(results[0] == results[1])
  }

  /// Sizes whose first and last passes are of each kind: one codelet, two, a prime before a codelet,
  /// a prime alone, a prime by convolution.
  @Test(
    "all instruction sets agree with it",
    arguments: [[2, 9, 12], [3, 11, 60], [2, 8, 46], [2, 5, 29], [2, 10, 74], [1, 17, 41]])
  func instructionSets(shape: [Int]) throws {
    let (maps, mask) = (randomArray(shape), randomMask(shape[2]))
    let slow = oracle(maps, mask)
    let x = randomArray([shape[1], shape[2]], seed: 5)
    let data = randomArray(shape, seed: 6)
    for name in ["avx512", "avx2", "plain"] where fourier_kernels_named(name) != nil {
      let fused = try #require(SENSEOperator(maps: maps, mask: mask, kernelSet: name))
      let y = fused.hybrid(data)
      #expect(relativeDifference(fused.kspace(fused.forward(x)), slow.forward(x)) < 1e-6)
      #expect(relativeDifference(fused.adjoint(y), slow.adjoint(data)) < 1e-6)
      #expect(relativeDifference(fused.normal(x), slow.normal(x)) < 1e-6)
      var residual = fused.forward(x)
      residual.add(-1, times: y)
      var gradient = ComplexArray(zeros: fused.domain)
      let loss = fused.dataLoss(x, measurements: y, into: &gradient)
      #expect(abs(loss / (residual.squaredNorm / 2) - 1) < 1e-6)
      #expect(relativeDifference(gradient, fused.adjoint(residual)) < 1e-6)
    }
  }

  @Test("the number of threads changes no bit")
  func threads() {
    let before = Parallelism.threads
    defer { Parallelism.threads = before }
    let op = OperatorCase.sense([3, 37, 46])
    let (x, y) = (randomArray(op.domain, seed: 5), randomArray(op.codomain, seed: 6))
    let results = [1, 3].map { threads in
      Parallelism.threads = threads
      var gradient = ComplexArray(zeros: op.domain)
      let loss = op.dataLoss(x, measurements: y, into: &gradient)
      return (loss, gradient, op.normal(x))
    }
    #expect(results[0] == results[1])
  }

  @Test("the fused loss and gradient are those of the definition", arguments: shapes)
  func loss(shape: [Int]) {
    let op = OperatorCase.sense(shape)
    let x = randomArray(op.domain, seed: 5)
    let y = randomArray(op.codomain, seed: 6)
    var residual = op.forward(x)
    residual.add(-1, times: y)
    var gradient = randomArray(op.domain, seed: 7)
    let loss = op.dataLoss(x, measurements: y, into: &gradient)
    #expect(abs(loss / (residual.squaredNorm / 2) - 1) < 1e-6)
    #expect(relativeDifference(gradient, op.adjoint(residual)) < 1e-6)
  }

  @Test("an empty mask measures nothing")
  func emptyMask() {
    let op = SENSEOperator(maps: randomArray([2, 5, 6]), mask: Array(repeating: false, count: 6))
    #expect(op.codomain == [2, 5, 0])
    #expect(op.forward(randomArray([5, 6])).count == 0)
    #expect(op.normal(randomArray([5, 6])).squaredNorm == 0)
    #expect(op.hybrid(randomArray([2, 5, 6])).count == 0)
  }

  @Test("a phase in the maps is a phase on the image")
  func phase() {
    let op = OperatorCase.sense([3, 9, 14])
    let phase = OperatorCase.phase([9, 14])
    let x = randomArray([9, 14], seed: 5)
    var product = x
    for index in x.values.indices { product.values[index] *= phase.values[index] }
    #expect(relativeDifference(op.modulated(by: phase).forward(x), op.forward(product)) < 1e-6)
  }

  @Test("another mask gives what a new operator gives, to the last bit")
  func resampled() {
    let maps = randomArray([3, 9, 15])
    let op = SENSEOperator(maps: maps, mask: randomMask(15))
    let other = (0..<15).map { $0 % 4 == 1 }
    let (shared, new) = (op.resampled(by: other), SENSEOperator(maps: maps, mask: other))
    let x = randomArray([9, 15], seed: 5)
    #expect(shared.mask == other && shared.codomain == new.codomain)
    #expect(shared.forward(x) == new.forward(x))
    #expect(shared.normal(x) == new.normal(x))
  }

  @Test("normalised maps give a norm of at most one")
  func norm() {
    var maps = randomArray([5, 12, 15])
    let size = 12 * 15
    for pixel in 0..<size {
      let energy = (0..<5).reduce(Float(0)) { $0 + maps.values[$1 * size + pixel].lengthSquared }
      for coil in 0..<5 { maps.values[coil * size + pixel] /= Complex(energy.squareRoot(), 0) }
    }
    let op = SENSEOperator(maps: maps, mask: randomMask(15))
    let norm = operatorNorm(of: op)
    #expect(norm <= 1 + 1e-6)
    #expect(norm > 0.8)
  }
}
