import Arrays
import Foundation
import Generators
import Layers
import Testing

/// The gradient of what the decoder draws with respect to its weights, tensor by tensor.
@Suite struct DecoderGradientTests {
  @Test(arguments: [0, 1]) func matchesFiniteDifferencesInEveryTensor(first: Int) {
    let network = EvidenceGradientTests.network(
      seed: 3, of: EvidenceGradientTests.complexArchitecture)
    let (rows, columns) = (12, 20)
    var stream = RandomStream(seed: 5)
    let deviations = network.latentNoise(batch: 1, rows: rows, columns: columns) {
      stream.normal()
    }
    let before = network.generator.prefix(first)
    let features: Features? =
      first == 0
      ? nil
      : before.forward(Array(deviations.prefix(first)), rows: rows, columns: columns).output
    func pass(_ parameters: [Float]) -> (Generator, Generator.Pass) {
      let generator = network.replacing(parameters: parameters).generator.suffix(from: first)
      return (
        generator,
        generator.forward(
          Array(deviations.dropFirst(first)), from: features, rows: rows, columns: columns)
      )
    }
    let (generator, drawn) = pass(network.parameters)
    var weights = drawn.output
    weights = Features(
      batch: 1, rows: rows, columns: columns, channels: 2,
      values: weights.values.map { _ in stream.normal() })
    func loss(_ parameters: [Float]) -> Double {
      zip(pass(parameters).1.output.values, weights.values).reduce(0.0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    let gradient = ParameterGradient(count: network.parameters.count)
    let plain = generator.backward(weights, pass: drawn)
    // A second time, so that sums of the first would show.
    for _ in 0..<2 {
      let with = generator.backward(weights, pass: drawn, parameterGradient: gradient)
      for (a, b) in zip(plain.deviations, with.deviations) {
        #expect(Array(a.values) == Array(b.values))
      }
    }
    for entry in network.layout.entries {
      let part = Array(gradient.values[entry.range])
      let norm = part.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
      let isOfSlice =
        entry.name.hasPrefix("decoder.")
        && (first == 0 || (entry.name != "decoder.root" && !entry.name.contains("level0")))
      guard isOfSlice else {
        #expect(norm == 0, "\(entry.name)")
        continue
      }
      guard norm > 1e-7 else {
        Issue.record("\(entry.name) has no gradient")
        continue
      }
      let h = 4e-4
      var (up, down) = (network.parameters, network.parameters)
      for (i, g) in zip(entry.range, part) {
        up[i] += Float(h * Double(g) / norm)
        down[i] -= Float(h * Double(g) / norm)
      }
      let numeric = (loss(up) - loss(down)) / (2 * h)
      #expect(abs(numeric - norm) < 0.02 * norm + 2e-3, "\(entry.name): \(numeric), not \(norm)")
    }
  }
}
