import Arrays
import Foundation

/// φ(x + b) with a bias for each channel, and its gradient by what it gave.
public struct BiasActivation: Sendable {
  /// φ.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// The values as they are.
    case none
    /// max(x, 0).
    case relu
    /// x above 0, a fifth of x below.
    case leaky
    /// log(1 + eˣ).
    case softplus
    case tanh
    /// 1 / (1 + e⁻ˣ).
    case sigmoid

    func value(_ x: Float) -> Float {
      switch self {
      case .none: x
      case .relu: max(x, 0)
      case .leaky: x > 0 ? x : 0.2 * x
      case .softplus: max(x, 0) + log1p(exp(-abs(x)))
      case .tanh: Foundation.tanh(x)
      case .sigmoid: x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
      }
    }

    /// φ′ where φ is `y`.
    func slope(_ y: Float) -> Float {
      switch self {
      case .none: 1
      case .relu: y > 0 ? 1 : 0
      case .leaky: y > 0 ? 1 : 0.2
      case .softplus: -expm1(-y)
      case .tanh: 1 - y * y
      case .sigmoid: y * (1 - y)
      }
    }
  }

  public let kind: Kind
  /// b, a value for each channel.
  public let bias: [Float]

  public init(_ kind: Kind, bias: [Float]) { (self.kind, self.bias) = (kind, bias) }

  /// Features of `bias.count` channels to features of the same shape.
  public func forward(_ input: Features) -> Features {
    guard input.channels == bias.count else {
      shapeMismatch("\(bias.count) biases for features \(input.shape)")
    }
    return Self.mapped(input) { [bias, kind] values, index, out in
      let first = index * bias.count
      switch kind {
      // The one that is on large features is a loop without a branch in it.
      case .relu:
        for (channel, b) in bias.enumerated() {
          out[first + channel] = max(values[first + channel] + b, 0)
        }
      default:
        for (channel, b) in bias.enumerated() {
          out[first + channel] = kind.value(values[first + channel] + b)
        }
      }
    }
  }

  /// The gradient with respect to the input, of one with respect to the output.
  public func backward(_ gradient: Features, output: Features) -> Features {
    guard gradient.shape == output.shape, output.channels == bias.count else {
      shapeMismatch("a gradient \(gradient.shape) of features \(output.shape)")
    }
    return output.values.withUnsafeBufferPointer { y in
      nonisolated(unsafe) let y = y
      return Self.mapped(gradient) { [kind, count = bias.count] values, index, out in
        for place in index * count..<(index + 1) * count {
          out[place] = values[place] * kind.slope(y[place])
        }
      }
    }
  }

  /// Features whose pixels `body` writes, from those given: values, the pixel's number, output.
  private static func mapped(
    _ input: Features,
    _ body:
      @Sendable (UnsafeBufferPointer<Float>, Int, UnsafeMutablePointer<Float>) -> Void
  ) -> Features {
    Features(
      batch: input.batch, rows: input.rows, columns: input.columns, channels: input.channels
    ) { out in
      input.values.withUnsafeBufferPointer { values in
        nonisolated(unsafe) let (values, out) = (values, out)
        let count = input.batch * input.pixels
        let piece = max(1, 16384 / input.channels)
        parallelFor((count + piece - 1) / piece) { part in
          for pixel in part * piece..<min(count, (part + 1) * piece) { body(values, pixel, out) }
        }
      }
    }
  }
}
