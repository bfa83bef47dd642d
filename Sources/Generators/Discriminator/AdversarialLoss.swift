import Arrays
public import Layers

/// The losses of a discriminator and of what it judges, as means over all scores of a batch, with their
/// gradients.
///
/// D is a score, x a real image, x̂ a drawn one. The hinge loss (Lim & Ye 2017; Miyato et al. 2018) is
/// max(0, 1 − D(x)) + max(0, 1 + D(x̂)) for the discriminator and −D(x̂) for the generator. The
/// penalty is R1 (Mescheder et al. 2018), γ/2 ‖∇D(x)‖², by finite differences: for u of independent standard
/// normal values, E (u · ∇D)² = ‖∇D‖², and u · ∇D is taken to be (D(x + h u) − D(x)) / h, whose gradient
/// with respect to the weights needs no second derivative (the approximated R1 of Lin et al. 2025,
/// arXiv 2501.08316, divided by h²).
public enum AdversarialLoss {
  /// A loss, and its gradient with respect to the scores.
  public struct Value: Sendable {
    public let loss: Double
    public let gradient: Features
  }

  /// max(0, 1 − D) for real images and max(0, 1 + D) for drawn ones.
  public static func hinge(_ scores: Features, areReal: Bool) -> Value {
    let sign: Float = areReal ? -1 : 1
    return mean(of: scores) { score in
      let excess = 1 + sign * score
      // What is not a number stays none.
      return excess <= 0 ? (0, 0) : (Double(excess), sign)
    }
  }

  /// −D, what the generator lowers.
  public static func generator(_ scores: Features) -> Value {
    mean(of: scores) { (-Double($0), -1) }
  }

  /// The penalty, with its gradients with respect to the scores of x and of x + h u.
  ///
  /// - Parameters:
  ///   - scores: D(x).
  ///   - moved: D(x + h u), shaped like it.
  ///   - step: h.
  ///   - weight: γ.
  public static func penalty(
    _ scores: Features, moved: Features, step: Float, weight: Float
  ) -> (loss: Double, toScores: Features, toMoved: Features) {
    guard scores.shape == moved.shape else {
      shapeError("scores \(scores.shape) and \(moved.shape)")
    }
    let factor = weight / (step * step * Float(scores.values.count))
    var (toScores, toMoved) = (scores, moved)
    var loss = 0.0
    for index in scores.values.indices {
      let difference = moved.values[index] - scores.values[index]
      loss += 0.5 * Double(factor) * Double(difference) * Double(difference)
      toMoved.values[index] = factor * difference
      toScores.values[index] = -factor * difference
    }
    return (loss, toScores, toMoved)
  }

  private static func mean(
    of scores: Features, _ term: (Float) -> (loss: Double, slope: Float)
  ) -> Value {
    let share = 1 / Float(scores.values.count)
    var gradient = scores
    var sum = 0.0
    for index in scores.values.indices {
      let (loss, slope) = term(scores.values[index])
      sum += loss
      gradient.values[index] = slope * share
    }
    return Value(loss: sum * Double(share), gradient: gradient)
  }
}
