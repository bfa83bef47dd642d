import Arrays
import Kernels

/// The moments of Adam (Kingma & Ba 2015, algorithm 1) for one flat vector of parameters.
public struct AdamMoments: Sendable, Equatable {
  public var mean: [Float]
  public var square: [Float]
  public var step: Int

  public init(count: Int) {
    mean = Array(repeating: 0, count: count)
    square = Array(repeating: 0, count: count)
    step = 0
  }

  /// One fused step: moments and parameters are read and written once.
  public mutating func update(
    _ parameters: inout [Float], gradient: [Float], rate: Float, beta1: Float = 0.9,
    beta2: Float = 0.99, epsilon: Float = 1e-8
  ) {
    let count = parameters.count
    guard gradient.count == count, mean.count == count else {
      shapeMismatch("\(gradient.count) gradients, \(mean.count) moments, \(count) parameters")
    }
    step += 1
    let correction1 = Float(1 / (1 - pow(Double(beta1), step)))
    let correction2 = Float(1 / (1 - pow(Double(beta2), step)))
    let table = kernels().pointee
    let chunk = 65536
    parameters.withUnsafeMutableBufferPointer { p in
      mean.withUnsafeMutableBufferPointer { m in
        square.withUnsafeMutableBufferPointer { s in
          gradient.withUnsafeBufferPointer { g in
            nonisolated(unsafe) let (p, m) = (p.baseAddress, m.baseAddress)
            nonisolated(unsafe) let (s, g) = (s.baseAddress, g.baseAddress)
            parallelFor((count + chunk - 1) / chunk) { index in
              guard let p, let m, let s, let g else { return }
              let first = index * chunk
              table.adam(
                min(chunk, count - first), p + first, m + first, s + first, g + first, rate,
                beta1, beta2, epsilon, correction1, correction2)
            }
          }
        }
      }
    }
  }
}

private func pow(_ base: Double, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { product, _ in product * base }
}
