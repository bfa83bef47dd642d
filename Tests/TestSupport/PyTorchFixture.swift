import Foundation
public import Layers

/// The values that PyTorch computed (`Tests/PeerChecks/pytorch_fixtures.py`, or the script of another
/// file), as a `Fixture`.
public func pyTorchFixture<Fixture: Decodable>(
  _ type: Fixture.Type, _ name: String = "pytorch.json"
) throws -> Fixture {
  let data = try Data(contentsOf: URL(fileURLWithPath: fixturePath(name)))
  return try JSONDecoder().decode(type, from: data)
}

/// The path of a file in `Tests/Fixtures`.
public func fixturePath(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/\(name)").path
}

/// The inputs and weights of the fixture: reproducible, of mean about 0, different for each seed.
public func wave(_ count: Int, seed: Int) -> [Float] {
  (0..<count).map {
    Float(sin(0.7548776662 * Double($0) * Double(seed + 1) + 0.31 * Double(seed)))
  }
}

/// Values `[batch, channels, rows, columns]`, PyTorch's order, as features.
public func features(
  channelsFirst values: [Float], channels: Int, rows: Int, columns: Int
) -> Features {
  let batch = values.count / (channels * rows * columns)
  var out = Features(batch: batch, rows: rows, columns: columns, channels: channels, repeating: 0)
  for n in 0..<batch {
    for c in 0..<channels {
      for p in 0..<rows * columns {
        out.values[(n * rows * columns + p) * channels + c] =
          values[(n * channels + c) * rows * columns + p]
      }
    }
  }
  return out
}

/// The largest absolute difference of two sequences, and not a number where one value is none.
public func largestDifference(_ a: some Sequence<Float>, _ b: some Sequence<Float>) -> Float {
  zip(a, b).reduce(0) { largest, pair in
    let difference = abs(pair.0 - pair.1)
    // Not a number must not pass for a small difference.
    return difference.isNaN || largest.isNaN ? .nan : max(largest, difference)
  }
}
