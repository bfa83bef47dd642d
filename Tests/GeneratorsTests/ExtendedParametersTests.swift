import Arrays
import Generators
import Layers
import Testing

/// Parameters of a network of real images as the start of one of complex images.
@Suite struct ExtendedParametersTests {
  private let file: WeightsFile = {
    let network = EvidenceGradientTests.network(seed: 5)
    return WeightsFile(
      architecture: network.architecture, parameters: network.parameters, notes: [:])
  }()

  @Test func theRealPartStaysAsItWas() throws {
    let complex = EvidenceGradientTests.complexArchitecture
    let extended = LadderNetwork(
      architecture: complex, parameters: try file.parameters(extendedTo: complex))
    let image = EvidenceGradientTests.image(rows: 12, columns: 20, seed: 3)
    let real = Features(
      batch: 2, rows: 12, columns: 20, channels: 1,
      values: image.values.indices.filter { $0 % 2 == 0 }.map { image.values[$0] })
    let before = file.network
    // The imaginary part that the encoder sees counts for nothing yet.
    let (ours, theirs) = (extended.encode(image), before.encode(real))
    for (a, b) in zip(ours, theirs) {
      #expect(zip(a.values, b.values).allSatisfy { abs($0 - $1) < 1e-5 })
    }
    let drawn = extended.generator.forward(theirs, rows: 12, columns: 20).output
    let expected = before.generator.forward(theirs, rows: 12, columns: 20).output
    for pixel in expected.values.indices {
      #expect(abs(drawn.values[2 * pixel] - expected.values[pixel]) < 1e-5)
      #expect(drawn.values[2 * pixel + 1] == 0)
    }
  }

  @Test func anotherArchitectureIsRefused() {
    var wider = file.architecture
    wider.widths[0] += 1
    var deeper = file.architecture
    deeper.widths.append(4)
    deeper.latents.append(1)
    deeper.encoderWidths.append(4)
    var shallower = file.architecture
    shallower.widths.removeLast()
    shallower.latents.removeLast()
    shallower.encoderWidths.removeLast()
    for other in [wider, deeper, shallower] {
      #expect(throws: WeightsError.self) { try file.parameters(extendedTo: other) }
    }
  }

  @Test func thePosteriorsScaleIsThatOfItsDeviations() {
    let values = LatentValues(logScale: -6...1)
    let statistics = EvidenceGradientTests.image(rows: 4, columns: 6, seed: 8)
    let ones = Features(batch: 2, rows: 4, columns: 6, channels: 1, repeating: 1)
    let (with, without) = (
      values.values(statistics, deviations: ones), values.values(statistics, deviations: nil)
    )
    for (index, scale) in values.scales(statistics).values.enumerated() {
      #expect(abs(with.values[index] - without.values[index] - scale) < 1e-5)
    }
  }
}
