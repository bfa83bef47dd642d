import Foundation
public import Layers

/// The values that PyTorch computed (`Tests/PeerChecks/pytorch_fixtures.py`), as a `Fixture`.
public func pyTorchFixture<Fixture: Decodable>(_ type: Fixture.Type) throws -> Fixture {
  let data = try Data(contentsOf: URL(fileURLWithPath: fixturePath("pytorch.json")))
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
