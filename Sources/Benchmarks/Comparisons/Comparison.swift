import Arrays
import Layers

/// A piece of work that we and others do on the same data.
struct Comparison {
  /// Our side of it.
  struct OurSide {
    /// Runs once.
    var run: () throws -> Void
    /// How the peer's results differ from ours.
    var agreement: [Agreement]
    /// What else must be known to read the figures, such as our number of iterations.
    var note: String?
  }

  /// The difference between two results of the same thing, and how large it may be.
  struct Agreement {
    var name: String
    var difference: Double
    var tolerance: Double

    /// NaN never agrees.
    var holds: Bool { difference <= tolerance }
  }

  /// What peers are given.
  struct Inputs {
    var arrays: [String: String]
    var texts: [String: String] = [:]
  }

  var piece: String
  /// What each peer is to do; a peer may be asked for several forms of it.
  var jobs: [(peer: PeerName, job: PeerJob)]
  /// Writes what the peers read.
  var inputs: () throws -> Inputs
  /// Makes our side ready from the results of the peer, paths by name.
  var ours: (_ results: [String: String]) throws -> OurSide
}

/// The largest difference over the largest value of `b`; NaN if a value is.
func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, largest) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    let distance = Double(abs(x - y))
    if distance.isNaN { return .nan }
    difference = max(difference, distance)
    largest = max(largest, Double(abs(y)))
  }
  return largest > 0 ? difference / largest : difference
}

/// The norm of the difference over the norm of `b`; infinite for other counts, NaN if a value is.
func relativeNorm(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, size) = (0.0, 0.0)
  for (x, y) in zip(a, b) {
    let distance = Double(x) - Double(y)
    difference += distance * distance
    size += Double(y) * Double(y)
  }
  return (difference / size).squareRoot()
}

/// The norm of the difference over the norm of `b`; infinite for other shapes.
func relativeNorm(_ a: ComplexArray, _ b: ComplexArray) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var difference = a
  difference.add(-1, times: b)
  return (difference.squaredNorm / b.squaredNorm).squareRoot()
}

extension Features {
  /// `[batch, rows, columns, channels]`.
  var array: RealArray { RealArray(shape: shape, values: Array(values)) }
}

extension [String: String] {
  /// The real array of a peer's result; throws `BenchmarkError` if there is none.
  func reals(_ name: String) throws(BenchmarkError) -> RealArray {
    try NPYFile.reals(try path(name))
  }

  func complexes(_ name: String) throws(BenchmarkError) -> ComplexArray {
    try NPYFile.complexes(try path(name))
  }

  private func path(_ name: String) throws(BenchmarkError) -> String {
    guard let path = self[name] else {
      throw BenchmarkError("the peer gave no result '\(name)'")
    }
    return path
  }
}
