import Foundation
import Layers
import Testing

/// Layers against values computed by PyTorch (`Tests/PeerChecks/pytorch_fixtures.py`; the fixture
/// names the version).
@Suite struct PyTorchLayerTests {
  struct Fixture: Decodable {
    struct Layer: Decodable {
      let inputs: Int
      let outputs: Int
      let kernel: Int
      let rows: Int
      let columns: Int
      let upsampled: Bool
      let forward: [Float]
      let input: [Float]
      let weights: [Float]
      let bias: [Float]
    }
    let torch: String
    let layers: [Layer]
  }

  static func fixture() throws -> Fixture {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: tests.appendingPathComponent("Fixtures/pytorch.json"))
    return try JSONDecoder().decode(Fixture.self, from: data)
  }

  static func wave(_ count: Int, seed: Int) -> [Float] {
    (0..<count).map {
      Float(sin(0.7548776662 * Double($0) * Double(seed + 1) + 0.31 * Double(seed)))
    }
  }

  /// `[batch, channels, rows, columns]` to features.
  static func features(_ values: [Float], channels: Int, rows: Int, columns: Int) -> Features {
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

  @Test(arguments: 0..<5) func layerMatches(_ index: Int) throws {
    let fixture = try Self.fixture()
    #expect(fixture.layers.count == 5)
    let layer = fixture.layers[index]
    let shape = ConvolutionShape(inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel)
    let convolution = Convolution(
      shape: shape, weights: Self.wave(shape.weightCount, seed: 2),
      bias: Self.wave(layer.outputs, seed: 3))
    let input = Self.features(
      Self.wave(2 * layer.inputs * layer.rows * layer.columns, seed: 1), channels: layer.inputs,
      rows: layer.rows, columns: layer.columns)
    let padded = PaddedFeatures(
      input, border: shape.border, slope: 0.2, upsampled: layer.upsampled)
    let output = convolution.forward(padded)
    func expectClose(_ ours: [Float], _ theirs: [Float], _ what: String) {
      let scale = theirs.map(abs).max() ?? 1
      #expect(largestDifference(ours, theirs) < 3e-5 * scale, "\(what)")
    }
    let expected = Self.features(
      layer.forward, channels: layer.outputs, rows: output.rows, columns: output.columns)
    expectClose(output.values, expected.values, "forward")

    let gradient = Self.features(
      Self.wave(output.values.count, seed: 4), channels: layer.outputs, rows: output.rows,
      columns: output.columns)
    let activated = padded.backward(convolution.backwardToInput(gradient))
    let toInput = layer.upsampled ? upsamplingAdjoint(activated) : activated
    let expectedInput = Self.features(
      layer.input, channels: layer.inputs, rows: layer.rows, columns: layer.columns)
    expectClose(toInput.values, expectedInput.values, "backward to the input")

    var weights = [Float](repeating: 0, count: shape.weightCount)
    var bias = [Float](repeating: 0, count: layer.outputs)
    weights.withUnsafeMutableBufferPointer { w in
      bias.withUnsafeMutableBufferPointer { b in
        shape.addWeightGradient(input: padded, gradient: gradient, weights: w, bias: b)
      }
    }
    expectClose(weights, layer.weights, "backward to the weights")
    expectClose(bias, layer.bias, "backward to the bias")
  }
}
