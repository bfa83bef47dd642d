import Foundation
import TestSupport
import Testing

@testable import Generators

/// Networks as PyTorch exports them, layer by layer against the values that PyTorch computed
/// (`Tests/PeerChecks/pytorch_fixtures.py`).
@Suite struct LayerCheckTests {
  static func network(_ channels: Int) throws -> LadderNetwork {
    try ImportedWeights(contentsOf: fixturePath("ladder-\(channels).safetensors")).weights.network
  }

  static func values(_ channels: Int) -> String {
    fixturePath("ladder-\(channels)-values.safetensors")
  }

  @Test(arguments: [1, 2]) func everyLayerMatches(channels: Int) throws {
    let network = try Self.network(channels)
    let check = try LayerCheck(network, valuesFile: Self.values(channels))
    #expect(check.program.hasPrefix("PyTorch 2"))
    #expect(check.layers.count == 1 + network.layout.entries.count / 2)
    for layer in check.layers {
      #expect(layer.input < 2e-6, "\(layer.name): \(layer.input)")
      #expect(layer.output < 2e-6, "\(layer.name): \(layer.output)")
      #expect(layer.gradient < 2e-5, "\(layer.name): \(layer.gradient)")
      #expect(layer.parameters < 2e-5, "\(layer.name): \(layer.parameters)")
      #expect(layer.agrees)
    }
  }

  @Test func anotherWeightIsNoticedWhereItIs() throws {
    let network = try Self.network(2)
    let entry = try #require(
      network.layout.entries.first { $0.name == "decoder.level2.exit.first.weight" })
    var parameters = network.parameters
    parameters[entry.offset] += 0.1
    let changed = LadderNetwork(architecture: network.architecture, parameters: parameters)
    let check = try LayerCheck(changed, valuesFile: Self.values(2))
    let layer = { (name: String) in try #require(check.layers.first { $0.name == name }) }
    // What lies before the change is as it was, what lies behind is not; with gradients it is the other
    // way round.
    #expect(try layer("decoder.level2.latent").output < 2e-6)
    #expect(try layer("decoder.level2.exit.first").input < 2e-6)
    #expect(try layer("decoder.level2.exit.first").output > LayerCheck.valueTolerance)
    #expect(try !layer("decoder.output").agrees)
    #expect(try layer("decoder.level1.prior").gradient > 1e-3)
  }

  @Test func valuesThatDoNotFitAreRefused() throws {
    let network = try Self.network(1)
    let whole = try TensorFile(contentsOf: Self.values(1))
    let cases: [(change: (inout TensorFile) -> Void, words: String)] = [
      ({ $0.metadata["format"] = "other" }, "does not hold the values"),
      ({ $0.metadata["image_scale"] = nil }, "state no image_scale"),
      ({ $0.tensors["images"] = nil }, "'images' are []"),
      ({ $0.tensors["noise.1"] = nil }, "noise.1 should be [2, 2, 4, 6], and are missing"),
      ({ $0.tensors["inputs"]?.values[3] = .nan }, "inputs are not finite"),
      (
        { $0.tensors["decoder.output.output"] = nil },
        "decoder.output.output should be [2, 1, 8, 12], and are missing"
      ),
    ]
    for (change, words) in cases {
      try WeightsFileTests.withPath { path in
        var file = whole
        change(&file)
        try file.write(to: path, names: file.tensors.keys.sorted(), precision: .single)
        let error = try #require(
          #expect(throws: WeightsError.self) { try LayerCheck(network, valuesFile: path) })
        #expect(error.problem.contains(words), "\(error)")
      }
    }
    let complex = try Self.network(2)
    #expect(throws: WeightsError.self) { try LayerCheck(complex, valuesFile: Self.values(1)) }
  }

  @Test func valuesThatAreNoNumberDoNotAgree() throws {
    let network = try Self.network(1)
    try WeightsFileTests.withPath { path in
      var file = try TensorFile(contentsOf: Self.values(1))
      for name in ["decoder.output.output", "encoder.input.bias.gradient"] {
        file.tensors[name]?.values[0] = .nan
      }
      try file.write(to: path, names: file.tensors.keys.sorted(), precision: .single)
      let layers = try LayerCheck(network, valuesFile: path).layers
      #expect(layers.filter { !$0.agrees }.map(\.name) == ["decoder.output", "encoder.input"])
    }
  }
}
