import Foundation
import Layers
import TestSupport
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

  @Test(arguments: 0..<5) func layerMatches(_ index: Int) throws {
    let fixture = try pyTorchFixture(Fixture.self)
    #expect(fixture.layers.count == 5)
    let layer = fixture.layers[index]
    let shape = ConvolutionShape(inputs: layer.inputs, outputs: layer.outputs, kernel: layer.kernel)
    let convolution = Convolution(
      shape: shape, weights: wave(shape.weightCount, seed: 2),
      bias: wave(layer.outputs, seed: 3))
    let input = features(
      channelsFirst: wave(2 * layer.inputs * layer.rows * layer.columns, seed: 1),
      channels: layer.inputs,
      rows: layer.rows, columns: layer.columns)
    let read = layer.upsampled ? upsampled(input) : input
    let output = convolution.forward(read, slope: 0.2)
    func expectClose(
      _ ours: some Sequence<Float>, _ theirs: some Sequence<Float>, _ what: String
    ) {
      let scale = theirs.map(abs).max() ?? 1
      #expect(largestDifference(ours, theirs) < 3e-5 * scale, "\(what)")
    }
    let expected = features(
      channelsFirst: layer.forward, channels: layer.outputs, rows: output.rows,
      columns: output.columns)
    expectClose(output.values, expected.values, "forward")

    let gradient = features(
      channelsFirst: wave(output.values.count, seed: 4), channels: layer.outputs, rows: output.rows,
      columns: output.columns)
    let back = convolution.backwardToInput(gradient, activating: read, slope: 0.2)
    let toInput = layer.upsampled ? upsamplingAdjoint(back) : back
    let expectedInput = features(
      channelsFirst: layer.input, channels: layer.inputs, rows: layer.rows, columns: layer.columns)
    expectClose(toInput.values, expectedInput.values, "backward to the input")

    var weights = [Float](repeating: 0, count: shape.weightCount)
    var bias = [Float](repeating: 0, count: layer.outputs)
    weights.withUnsafeMutableBufferPointer { w in
      bias.withUnsafeMutableBufferPointer { b in
        shape.addWeightGradient(
          input: read, slope: 0.2, gradient: gradient, weights: w, bias: b)
      }
    }
    expectClose(weights, layer.weights, "backward to the weights")
    expectClose(bias, layer.bias, "backward to the bias")
  }
}
