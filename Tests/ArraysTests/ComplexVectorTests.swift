import Arrays
import Kernels
import Numerics
import Testing

@Suite("Vector arithmetic")
struct ComplexVectorTests {
  static let counts = [0, 1, 7, 8, 9, 40, 1001]

  func array(_ count: Int, seed: UInt64) -> ComplexArray {
    var stream = RandomStream(seed: seed)
    return ComplexArray(
      shape: [count], values: (0..<count).map { _ in Complex(stream.normal(), stream.normal()) })
  }

  @Test("sums are those of the definition", arguments: counts)
  func sums(count: Int) {
    let (a, b) = (array(count, seed: 1), array(count, seed: 2))
    var product = Complex<Double>.zero
    var energy = 0.0
    for (x, y) in zip(a.values, b.values) {
      let wide = Complex<Double>(Double(x.real), Double(x.imaginary))
      product += wide.conjugate * Complex(Double(y.real), Double(y.imaginary))
      energy += wide.lengthSquared
    }
    let scale = max(energy, 1)
    #expect((a.innerProduct(b) - product).length < 1e-13 * scale)
    #expect(abs(a.squaredNorm - energy) < 1e-13 * scale)
    var sum = a
    sum.add(0.5, times: b)
    sum.scale(by: 3)
    for index in 0..<count {
      let expected = (a.values[index] + b.values[index] * Complex(0.5, 0)) * Complex(3, 0)
      #expect((sum.values[index] - expected).length < 2e-6)
    }
  }

  @Test("all instruction sets give the same bits", arguments: counts)
  func instructionSets(count: Int) {
    let (a, b) = (array(count, seed: 3), array(count, seed: 4))
    let sums = FourierKernelCase.kernelSets.map { name in
      var sum = [0.0, 0.0]
      a.values.withInterleaved { a in
        b.values.withInterleaved { b in
          vector_kernels_named(name).pointee.inner_product(count, a, b, &sum)
          sum.append(vector_kernels_named(name).pointee.squared_sum(2 * count, a))
        }
      }
      return sum
    }
    for other in sums { #expect(other == sums[0]) }
  }
}
