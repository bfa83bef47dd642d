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

  /// What goes into one step besides the vectors.
  public struct Step: Sendable {
    public var rate: Float
    public var beta1: Float = 0.9
    public var beta2: Float = 0.99
    public var epsilon: Float = 1e-8
    /// Every gradient is multiplied by this first, to clip it.
    public var gradientFactor: Float = 1
    /// The share of the way that the moving average goes towards the new parameters.
    public var averageShare: Float = 0

    public init(rate: Float, gradientFactor: Float = 1, averageShare: Float = 0) {
      (self.rate, self.gradientFactor, self.averageShare) = (rate, gradientFactor, averageShare)
    }
  }

  /// One step in one pass: clipping, moments, parameters and, if given, their moving average.
  public mutating func update(
    _ parameters: inout [Float], average: inout [Float], gradient: some Collection<Float>,
    step settings: Step
  ) {
    guard average.count == parameters.count else {
      shapeMismatch("\(average.count) averages of \(parameters.count) parameters")
    }
    average.withUnsafeMutableBufferPointer {
      update(&parameters, average: $0.baseAddress, gradient: gradient, settings)
    }
  }

  /// One step in one pass: moments and parameters.
  public mutating func update(
    _ parameters: inout [Float], gradient: some Collection<Float>, rate: Float
  ) {
    update(&parameters, average: nil, gradient: gradient, Step(rate: rate))
  }

  /// The same with a step of other constants.
  public mutating func update(
    _ parameters: inout [Float], gradient: some Collection<Float>, step settings: Step
  ) {
    update(&parameters, average: nil, gradient: gradient, settings)
  }

  private mutating func update(
    _ parameters: inout [Float], average: UnsafeMutablePointer<Float>?,
    gradient: some Collection<Float>, _ settings: Step
  ) {
    let count = parameters.count
    guard gradient.count == count, mean.count == count else {
      shapeMismatch("\(gradient.count) gradients, \(mean.count) moments, \(count) parameters")
    }
    step += 1
    let constants = adam_step(
      gradient_factor: settings.gradientFactor, rate: settings.rate, beta1: settings.beta1,
      beta2: settings.beta2, epsilon: settings.epsilon,
      correction1: Float(1 / (1 - pow(Double(settings.beta1), step))),
      correction2: Float(1 / (1 - pow(Double(settings.beta2), step))),
      average_share: settings.averageShare)
    let table = elements().pointee
    let done: Void? = gradient.withContiguousStorageIfAvailable { g in
      parameters.withUnsafeMutableBufferPointer { p in
        mean.withUnsafeMutableBufferPointer { m in
          square.withUnsafeMutableBufferPointer { s in
            nonisolated(unsafe) let (p, m) = (p.baseAddress, m.baseAddress)
            nonisolated(unsafe) let (s, g, average) = (s.baseAddress, g.baseAddress, average)
            forPieces(of: count, target: 65536) { piece in
              guard let p, let m, let s, let g else { return }
              var constants = constants
              let first = piece.lowerBound
              table.adam(
                piece.count, &constants, p + first, m + first, s + first,
                average.map { $0 + first }, g + first)
            }
          }
        }
      }
    }
    guard done != nil else { shapeMismatch("a gradient that is not contiguous") }
  }
}

private func pow(_ base: Double, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { product, _ in product * base }
}
